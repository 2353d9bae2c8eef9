//! The mutation root, put together from its nouns. In two halves: each noun nests the compiler's types one deeper.

use async_graphql::MergedObject;

use super::{
    asset, board, bulk, cache, comment, custom_role, dependency, identity, invitation, member, organization,
    password_reset, preferences, profile, project, rate, relocation, rights, session, task, upload,
};

/// What can be changed. Every payload has the changed object and `userErrors`: what the sender can mend. Whatever else
/// goes wrong is a GraphQL error.
#[derive(MergedObject, Default)]
pub struct Mutation(PeopleMutation, WorkMutation);

/// Who is here, how they sign in, and what they may.
#[derive(MergedObject, Default)]
struct PeopleMutation(
    identity::IdentityMutation,
    session::SessionMutation,
    password_reset::PasswordResetMutation,
    invitation::InvitationMutation,
    profile::ProfileMutation,
    preferences::PreferencesMutation,
    organization::OrganizationMutation,
    rights::RightsMutation,
    rate::RateMutation,
    custom_role::CustomRoleMutation,
);

/// What they work on.
#[derive(MergedObject, Default)]
struct WorkMutation(
    project::ProjectMutation,
    member::MemberMutation,
    board::BoardMutation,
    task::TaskMutation,
    dependency::DependencyMutation,
    relocation::RelocationMutation,
    bulk::BulkMutation,
    comment::CommentMutation,
    asset::AssetMutation,
    upload::UploadMutation,
    cache::CacheMutation,
);
