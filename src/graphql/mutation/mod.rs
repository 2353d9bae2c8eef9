//! The mutation root: a file per noun, each a thin face on the services. A mutation reads its ids, calls one verb
//! and answers through `payload::settled`; it decides nothing itself. Roots are nullable: one that fails leaves the others be.

mod board;
mod comment;
mod cookie;
mod identity;
mod member;
mod patch;
mod payload;
mod profile;
mod project;
mod task;

use async_graphql::MergedObject;

pub use cookie::{SESSION_COOKIE, session_cookie};

/// What can be changed. Every payload has the changed object and `userErrors`: what the sender can mend. Whatever else
/// goes wrong is a GraphQL error.
#[derive(MergedObject, Default)]
pub struct Mutation(
    identity::IdentityMutation,
    profile::ProfileMutation,
    project::ProjectMutation,
    member::MemberMutation,
    board::BoardMutation,
    task::TaskMutation,
    comment::CommentMutation,
);
