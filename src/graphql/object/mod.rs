//! The object types: each a thin face on a model type.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::model::{Comment, Kind, Organization, Project, Task, User};

use super::scalar::global_id;

macro_rules! placeholder {
    ($($object:ident $name:literal $model:ident),*) => { $(
        /// PLACEHOLDER, replaced by branch `read`.
        pub struct $object(pub Arc<$model>);

        #[Object(name = $name)]
        impl $object {
            /// Its global id.
            async fn id(&self) -> ID {
                global_id(Kind::$model, self.0.id)
            }
        }
    )* };
}
placeholder!(OrganizationObject "Organization" Organization, UserObject "User" User, ProjectObject "Project" Project, TaskObject "Task" Task, CommentObject "Comment" Comment);
