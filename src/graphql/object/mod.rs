//! The object types: what each has beyond the columns of its entity. To add one: a file here, its line in `all.rs`.

mod all;
mod asset;
mod board;
mod comment;
mod connect;
mod custom_role;
mod dashboard;
mod image;
mod invitation;
mod money;
mod node;
mod organization;
mod preferences;
mod project;
mod project_member;
mod session;
mod task;
mod task_counts;
mod task_progress;
mod user;
mod viewer;

pub use all::declare;
pub use connect::{find, viewer_of};
pub use dashboard::Dashboard;
pub use viewer::{asking, one};
