//! Relay's `Node`: whatever has a global id, so that clients refetch anything by it.
//! <https://graphql.org/learn/global-object-identification/>

use async_graphql::{ID, Interface};

use crate::model::AnyEntity;

use super::object::{CommentObject, OrganizationObject, ProjectObject, TaskObject, UserObject};

/// Something with a global id: ask for it again with `node(id)`, for many with `nodes(ids)`.
#[derive(Clone, Interface)]
#[graphql(
    name = "Node",
    field(name = "id", ty = "ID", desc = "The global id: unique across all types, and opaque.")
)]
pub enum Node {
    /// An organisation.
    Organization(OrganizationObject),
    /// A person.
    User(UserObject),
    /// A project.
    Project(ProjectObject),
    /// A task.
    Task(TaskObject),
    /// A comment.
    Comment(CommentObject),
}

impl Node {
    /// The node that this entity is; `None` when clients see none of its kind.
    pub fn wrap(entity: AnyEntity) -> Option<Node> {
        Some(match entity {
            AnyEntity::Organization(organization) => OrganizationObject(organization).into(),
            AnyEntity::User(user) => UserObject(user).into(),
            AnyEntity::Project(project) => ProjectObject(project).into(),
            AnyEntity::Task(task) => TaskObject(task).into(),
            AnyEntity::Comment(comment) => CommentObject(comment).into(),
            AnyEntity::Session(_) => return None,
        })
    }
}
