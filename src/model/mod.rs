//! Plain data and pure rules of the product: entities, permissions, filters, time. Knows no store, cache or schema.

mod change;
mod clock;
mod comment;
mod entity;
mod filter;
mod id;
mod kind;
mod moment;
mod organization;
pub mod permission;
mod project;
mod rank;
pub mod search;
mod session;
mod tag;
mod task;
mod user;
mod viewer;

pub use change::Change;
pub use clock::{Clock, Timestamp};
pub use comment::Comment;
pub use entity::{Direction, Entity, Index};
pub use filter::{Field, Filter, Query, Seek, Sort, Value};
pub use id::{Id, IdError};
pub use kind::{AnyEntity, EntityRef, Kind};
pub use moment::Moment;
pub use organization::Organization;
pub use permission::{Permission, PermissionSet};
pub use project::{BoardColumn, Budget, Category, Priority, Project, ProjectRole, ProjectRoleEntry, ProjectStatus};
pub use rank::Rank;
pub use session::Session;
pub use tag::Tag;
pub use task::{Task, TaskType};
pub use user::{Role, User};
pub use viewer::Viewer;
