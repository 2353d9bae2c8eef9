//! Demo data: organisations with people, projects, tasks and comments that look like real ones. The same plan,
//! seed and day give the same documents.

mod dice;
mod make;
mod mint;
mod organization;
mod plan;
mod project;
mod stream;
mod task;
mod text;

pub use make::{Made, make};
pub use plan::DemoPlan;
