//! The mutation root, put together from its nouns.

use async_graphql::MergedObject;

use super::{
    asset, board, bulk, cache, comment, custom_role, dependency, identity, invitation, member, organization,
    password_reset, preferences, profile, project, rate, relocation, rights, session, task, upload,
};

/// What can be changed. Every payload has the changed object and `userErrors`: what the sender can mend. Whatever else
/// goes wrong is a GraphQL error.
#[derive(MergedObject, Default)]
pub struct Mutation(
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
