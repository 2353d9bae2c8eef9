//! The query root, a file per noun. Roots are nullable: one that fails leaves the others be.

mod custom_role;
mod dashboard;
mod invitation;
mod node;
mod one_of;
mod project;
mod root;
mod search;
mod task;
mod user;
mod viewer;

pub use root::{Query, declare};
pub use search::{findable, matching};
pub use task::{TaskListArgs, display_numbers, task_called, task_place, tasks_of};
