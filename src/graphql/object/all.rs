//! Every object type, in the order of their nouns.

use crate::graphql::declare::Declarations;
use crate::graphql::{connection, search};
use crate::model::Kind;

use super::{
    asset, board, comment, custom_role, dashboard, image, invitation, money, node, organization, preferences, project,
    project_member, session, task, task_progress, user, viewer,
};

/// Declares all of them.
pub fn declare(to: &mut Declarations) {
    node::declare(to);
    organization::declare(to);
    user::declare(to);
    custom_role::declare(to);
    project::declare(to);
    money::declare(to);
    project_member::declare(to);
    task_progress::declare(to);
    board::declare(to);
    task::declare(to);
    comment::declare(to);
    asset::declare(to);
    image::declare(to);
    viewer::declare(to);
    preferences::declare(to);
    dashboard::declare(to);
    session::declare(to);
    invitation::declare(to);
    connection::declare(to);
    search::declare(to);
    for kind in [
        Kind::User,
        Kind::Project,
        Kind::Task,
        Kind::Comment,
        Kind::Session,
        Kind::Invitation,
        Kind::CustomRole,
    ] {
        connection::declare_for(to, kind);
    }
}
