//! The object types: each a thin face on a model type. To add one: a file here, its line in `node.rs` if it
//! has an id of its own.

mod board;
mod comment;
mod entity;
mod member;
mod money;
mod organization;
mod progress;
mod project;
mod task;
mod user;
mod viewer;

pub use board::{BoardColumnObject, BoardObject};
pub use comment::CommentObject;
pub use entity::{EntityObject, Nullable, find, one, several};
pub use member::ProjectMember;
pub use money::{BudgetObject, Money};
pub use organization::OrganizationObject;
pub use progress::TaskProgress;
pub use project::ProjectObject;
pub use task::TaskObject;
pub use user::UserObject;
pub use viewer::ViewerObject;
