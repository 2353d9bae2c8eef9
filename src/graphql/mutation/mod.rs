//! The mutation root. (Branch `write` fills this.)

use async_graphql::Object;

/// What can be changed.
#[derive(Default)]
pub struct Mutation;

#[Object]
impl Mutation {
    /// PLACEHOLDER.
    async fn nothing(&self) -> bool {
        true
    }
}
