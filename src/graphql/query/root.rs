//! The query root: what the nouns' files offer, in one type.

use async_graphql::MergedObject;

use super::node::NodeQuery;
use super::project::ProjectQuery;
use super::task::TaskQuery;
use super::user::UserQuery;
use super::viewer::ViewerQuery;

/// What can be read. Everything but `viewer` needs somebody signed in; what the viewer doesn't see,
/// or another organisation has, answers as if it didn't exist.
#[derive(Default, MergedObject)]
pub struct Query(ViewerQuery, UserQuery, ProjectQuery, TaskQuery, NodeQuery);
