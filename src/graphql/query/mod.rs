//! The query root, a file per noun. Roots are nullable: one that fails leaves the others be.

mod node;
mod project;
mod root;
mod search;
mod stored;
mod task;
mod user;
mod viewer;

pub use root::{Query, declare};
pub use task::{TaskListArgs, tasks_of};
