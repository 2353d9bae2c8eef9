//! What people are in the organisation and whether they may sign in. Nobody grants more than they may themselves, only
//! administrators change administrators, and the last active one stays.

use std::sync::Arc;

use crate::model::{
    Change, CustomRole, Filter, Id, Kind, Organization, Permission, PermissionSet, Role, User, Value, Viewer,
    permission,
};

use super::access::expect;
use super::check::{Check, Patch};
use super::custom_role::{above, needs};
use super::{FieldError, ServiceError, Services, UserErrorCode as Code};

/// What a person is to be.
#[derive(Clone, Copy, Debug, Default)]
pub struct RoleFields {
    /// Their role.
    pub role: Patch<Role>,
    /// The custom role that they bear besides.
    pub custom_role: Patch<Id>,
}

impl Services {
    /// Makes somebody something else: their role, and the custom role that they bear.
    pub async fn set_user_role(
        &self,
        viewer: &Viewer,
        id: Id,
        fields: RoleFields,
        expected: Option<i64>,
    ) -> Result<Arc<User>, ServiceError> {
        self.retried(|| async {
            let before = self.changeable_user(viewer, id, Permission::UserManageRoles).await?;
            expect(&before, expected)?;
            let (mut after, mut check) = (User::clone(&before), Check::default());
            if let Some(role) = check.filled("role", &fields.role) {
                after.role = *role;
            }
            after.custom_role = fields.custom_role.unwrap_or(before.custom_role);
            // Clients are not found by their address by everybody.
            after.refresh();
            let given = self.given_role(&before, &after, &mut check).await?;
            let had = self.rights_of(&before).await?;
            within(viewer, &after, given.as_deref(), had, &mut check);
            check.done()?;
            if *before == after {
                return self.unchanged(before).await;
            }
            let mut changes = Vec::new();
            if is_active_admin(&before) && !is_active_admin(&after) {
                changes.push(self.one_admin_less(&before, "role").await?);
            }
            // Written unchanged, so that it can't be removed or widened in the same moment.
            let given = given.map(|role| self.store.updating(&role, CustomRole::clone(&role)).0);
            let (change, after) = self.store.updating(&before, after);
            changes.extend(given.into_iter().chain([change]));
            self.store.write(changes).await?;
            Ok(after)
        })
        .await
    }

    /// Lets somebody sign in again, or no more: then all their sessions end.
    pub async fn set_user_active(
        &self,
        viewer: &Viewer,
        id: Id,
        active: bool,
        expected: Option<i64>,
    ) -> Result<Arc<User>, ServiceError> {
        let user = self
            .retried(|| async {
                let before = self.changeable_user(viewer, id, Permission::UserActivate).await?;
                expect(&before, expected)?;
                if before.is_active == active {
                    return self.unchanged(before).await;
                }
                if id == viewer.user() {
                    return Err(oneself());
                }
                let mut changes = Vec::new();
                if !active {
                    changes = self.sessions_of(id, None).await?;
                }
                if is_active_admin(&before) {
                    changes.push(self.one_admin_less(&before, "active").await?);
                }
                let mut after = User::clone(&before);
                after.is_active = active;
                let (change, after) = self.store.updating(&before, after);
                changes.push(change);
                self.store.write(changes).await?;
                Ok(after)
            })
            .await?;
        if !user.is_active {
            // Those beyond what one unit of work takes, and of sign-ins that slipped in between.
            self.end_sessions(user.id, None).await?;
        }
        Ok(user)
    }

    /// The colleague, if the viewer has this right, and all rights where they are an administrator.
    async fn changeable_user(&self, viewer: &Viewer, id: Id, right: Permission) -> Result<Arc<User>, ServiceError> {
        let user = self.colleague(viewer, id).await?;
        needs(viewer, right)?;
        if user.role == Role::Admin {
            let lacking = Role::Admin.permissions().without(viewer.permissions());
            lacking.iter().try_for_each(|right| needs(viewer, right))?;
        }
        Ok(user)
    }

    /// The custom role that the person newly bears.
    async fn given_role(
        &self,
        before: &User,
        after: &User,
        check: &mut Check,
    ) -> Result<Option<Arc<CustomRole>>, ServiceError> {
        let Some(id) = after.custom_role.filter(|id| before.custom_role != Some(*id)) else {
            return Ok(None);
        };
        let role = self.custom_role(before.organization, id).await?;
        if role.is_none() {
            check.fail("customRoleId", Code::NotFound, "is no custom role of the organisation");
        }
        Ok(role)
    }

    /// What is written along when an active administrator becomes none, who may not be the last. It writes the organisation
    /// as it was, so that of two who decide so at the same time, each for another, the second decides anew.
    async fn one_admin_less(&self, admin: &User, field: &str) -> Result<Change, ServiceError> {
        let home: Option<Arc<Organization>> = self.store.get(admin.organization).await?;
        // Read before the others are: who becomes none from here on comes into the way of this write.
        let home = home.ok_or(ServiceError::NotFound(Kind::Organization))?;
        let admins = Filter::All(vec![
            Filter::Eq("organization", Value::Id(home.id)),
            Filter::Eq("role", Value::Text("admin".into())),
            Filter::Eq("isActive", Value::Bool(true)),
        ]);
        let admins = self.store.ids(Kind::User, &admins, 2).await?;
        if admins.iter().all(|other| *other == admin.id) {
            let message = "can't change: they are the last active administrator; make somebody else one first";
            return Err(FieldError::new(field, Code::Invalid, message).into());
        }
        Ok(self.store.updating(&home, Organization::clone(&home)).0)
    }
}

fn is_active_admin(user: &User) -> bool {
    user.role == Role::Admin && user.is_active
}

/// Notes when somebody would get more, beside what they had, than the viewer may hand out.
fn within(viewer: &Viewer, after: &User, given: Option<&CustomRole>, had: PermissionSet, check: &mut Check) {
    let own = viewer.permissions();
    let role = after.role.permissions();
    if let Some(beyond) = permission::beyond(role.without(had), own) {
        check.fail("role", Code::OutOfRange, above(beyond));
    }
    let custom = given.map_or(PermissionSet::default(), CustomRole::rights);
    if let Some(beyond) = permission::beyond(custom.without(had), own) {
        check.fail("customRoleId", Code::OutOfRange, above(beyond));
    }
}

fn oneself() -> ServiceError {
    FieldError::new("userId", Code::Invalid, "is you: somebody else has to do that").into()
}
