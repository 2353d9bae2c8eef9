//! The one place where reads learn what the viewer sees. Whatever a client reaches by id, list or relation has passed
//! here before any of its fields is read.

use std::any::Any;
use std::task::{Poll, ready};

use crate::execute::{Above, Call, Env, Failure};
use crate::loader::LoadError;
use crate::model::{
    Asset, AssetKind, Comment, EntityRef, Field, FieldRule, Filter, Id, Invitation, Kind, Permission, Row, Session,
    Task, Timestamp, Value, Viewer, permission,
};

use super::{ApiError, Scope};

/// What is noted of a person who has only just shown who they are, and reads their own record.
pub const OWN: u8 = u8::MAX;

impl Env for Scope {
    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }

    /// Another organisation's is dropped before anything above it is loaded, so that not even the number of calls tells
    /// it from what is absent.
    fn sees(&self, row: &Row, above: Above<'_>) -> Poll<Result<bool, Failure>> {
        let (Some(viewer), Some(entity)) = (self.viewer(), row.reference()) else {
            return Poll::Ready(Ok(false));
        };
        if row.organization() != viewer.organization() {
            return Poll::Ready(Ok(false));
        }
        let mut shown = |kind, slot| match row.one(slot) {
            Some(id) => above(EntityRef::new(kind, id)),
            None => Poll::Ready(Ok(false)),
        };
        match entity.kind {
            Kind::Organization | Kind::User | Kind::CustomRole => Poll::Ready(Ok(true)),
            Kind::Project => Poll::Ready(Ok(sees_project(viewer, row))),
            Kind::Task => shown(Kind::Project, Task::SLOTS.project),
            Kind::Comment => {
                // Both are asked for before either is waited for.
                let (task, project) = (
                    shown(Kind::Task, Comment::SLOTS.task),
                    shown(Kind::Project, Comment::SLOTS.project),
                );
                Poll::Ready(Ok(ready!(task)? && ready!(project)?))
            }
            Kind::Asset => match row.get::<AssetKind>(Asset::SLOTS.kind) {
                Some(kind) => shown(kind.owner(), Asset::SLOTS.owner),
                None => Poll::Ready(Ok(false)),
            },
            Kind::Session => Poll::Ready(Ok(sees_session(self, viewer, row))),
            Kind::Invitation => Poll::Ready(Ok(sees_invitation(self, viewer, row))),
            Kind::PasswordReset | Kind::Mail => Poll::Ready(Ok(false)),
        }
    }

    fn may_read(&self, rule: FieldRule, row: &Row, note: u8) -> Result<(), Failure> {
        if note == OWN {
            return Ok(());
        }
        let judged = rule.judge(self.signed_in()?, row);
        judged.map_err(|lacking| ApiError::Forbidden(lacking).into())
    }

    fn failed(&self, error: LoadError) -> Failure {
        ApiError::from(error).into()
    }
}

/// The condition that a list of the viewer's organisation is narrowed by, so that its pages are full;
/// `project` is the field that names the project of what is listed, if it has one.
pub fn listed(call: &mut Call<'_>, viewer: &Viewer, project: Option<Field>) -> Poll<Result<Filter, Failure>> {
    let tenant = Filter::All(vec![Filter::Eq("organization", Value::Id(viewer.organization()))]);
    let Some(field) = project.filter(|_| !viewer.has(Permission::ProjectViewAll)) else {
        return Poll::Ready(Ok(tenant));
    };
    let theirs = ready!(call.memberships(viewer.user()))?;
    let mut theirs: Vec<Id> = theirs.iter().copied().collect();
    theirs.sort_unstable();
    let theirs = theirs.into_iter().map(Value::Id).collect();
    Poll::Ready(Ok(tenant.and(Filter::In(field, theirs))))
}

/// One's own that has not ended; one that nobody has taken away yet may have.
fn sees_session(scope: &Scope, viewer: &Viewer, row: &Row) -> bool {
    let is_own = row.get::<Id>(Session::SLOTS.user_id) == Some(viewer.user());
    let end = row.get::<Timestamp>(Session::SLOTS.expires_at).filter(|_| is_own);
    let Some(end) = end.filter(|end| scope.now() < *end) else {
        return false;
    };
    scope.cache_until(end);
    true
}

/// One of the organisation that may still be accepted, for who may ask people to join.
fn sees_invitation(scope: &Scope, viewer: &Viewer, row: &Row) -> bool {
    let may = viewer.has(Permission::UserInvite);
    let end = row.get::<Timestamp>(Invitation::SLOTS.expires_at).filter(|_| may);
    let Some(end) = end.filter(|end| scope.now() < *end) else {
        return false;
    };
    scope.cache_until(end);
    true
}

/// The rule of `permission`, without decoding the project.
fn sees_project(viewer: &Viewer, row: &Row) -> bool {
    viewer.has(Permission::ProjectViewAll) || permission::belongs(viewer.user(), row)
}
