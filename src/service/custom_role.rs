//! Roles that an organisation makes itself: named sets of rights. Nobody puts a right into one that they may not hand
//! out, and one that somebody bears stays.

use std::sync::Arc;

use crate::model::{CustomRole, Filter, Id, Kind, Permission, PermissionSet, User, Value, Viewer, permission};
use crate::store::StoreError;

use super::access::expect;
use super::check::{Check, Patch};
use super::{FieldError, ServiceError, Services, UserErrorCode as Code};

/// What is said of a custom role.
#[derive(Clone, Debug, Default)]
pub struct CustomRoleFields {
    /// What it is called.
    pub name: Patch<String>,
    /// What it gives, as `resource:verb`.
    pub permissions: Patch<Vec<String>>,
}

/// The most characters of a name.
const LONGEST: usize = 100;
/// The most permissions that are looked at.
const MOST: usize = 100;
/// How much is repeated of a name that is no permission's.
const SHOWN: usize = 50;

impl CustomRoleFields {
    fn apply(&self, viewer: &Viewer, role: &mut CustomRole, check: &mut Check) {
        if let Some(name) = check.filled("name", &self.name) {
            role.name = check.line("name", name, LONGEST);
        }
        if let Some(names) = check.filled("permissions", &self.permissions) {
            let rights = catalogued(names, check);
            within(rights, role.rights(), viewer, check);
            role.permissions = rights.iter().map(|right| right.name().to_owned()).collect();
        }
    }
}

impl Services {
    /// Makes a custom role of the viewer's organisation.
    pub async fn create_custom_role(
        &self,
        viewer: &Viewer,
        fields: &CustomRoleFields,
    ) -> Result<Arc<CustomRole>, ServiceError> {
        needs(viewer, Permission::UserManageRoles)?;
        let now = self.now();
        let mut role = CustomRole {
            id: Id::generate(now),
            name: String::new(),
            permissions: Vec::new(),
            version: 0,
            created_at: now,
            updated_at: now,
            organization: viewer.organization(),
        };
        let mut check = Check::default();
        fields.apply(viewer, &mut role, &mut check);
        check.done()?;
        self.told(self.store.insert(role).await.map_err(taken)).await
    }

    /// Changes a custom role, and with it what everybody may who bears it.
    pub async fn update_custom_role(
        &self,
        viewer: &Viewer,
        id: Id,
        fields: &CustomRoleFields,
        expected: Option<i64>,
    ) -> Result<Arc<CustomRole>, ServiceError> {
        self.retried(|| async {
            let before = self.manageable_role(viewer, id).await?;
            expect(&before, expected)?;
            let (mut after, mut check) = (CustomRole::clone(&before), Check::default());
            fields.apply(viewer, &mut after, &mut check);
            check.done()?;
            if *before == after {
                return self.unchanged(before).await;
            }
            self.store.update(&before, after).await.map_err(taken)
        })
        .await
    }

    /// Removes a custom role that nobody bears. It is not taken off people along with it: they may be thousands, and
    /// whoever removes it is told first from how many they would take rights.
    pub async fn delete_custom_role(&self, viewer: &Viewer, id: Id, expected: Option<i64>) -> Result<Id, ServiceError> {
        self.retried(|| async {
            // Whoever gives it to somebody writes it too, so that it isn't removed on a count that no longer holds.
            let role = self.manageable_role(viewer, id).await?;
            expect(&role, expected)?;
            match self.bearers(&role).await? {
                0 => self.store.remove(&role).await?,
                count => return Err(borne(count)),
            }
            Ok(id)
        })
        .await
    }

    /// The custom role of this organisation.
    pub(super) async fn custom_role(&self, organization: Id, id: Id) -> Result<Option<Arc<CustomRole>>, ServiceError> {
        let role: Option<Arc<CustomRole>> = self.store.get(id).await?;
        Ok(role.filter(|role| role.organization == organization))
    }

    /// What this person may in the organisation: by their role and by the custom one that they bear.
    pub(super) async fn rights_of(&self, user: &User) -> Result<PermissionSet, ServiceError> {
        let own = user.role.permissions();
        let Some(id) = user.custom_role else { return Ok(own) };
        let custom = self.custom_role(user.organization, id).await?;
        Ok(custom.map_or(own, |custom| own.with(custom.rights())))
    }

    async fn manageable_role(&self, viewer: &Viewer, id: Id) -> Result<Arc<CustomRole>, ServiceError> {
        let role = self.custom_role(viewer.organization(), id).await?;
        let role = role.ok_or(ServiceError::NotFound(Kind::CustomRole))?;
        needs(viewer, Permission::UserManageRoles)?;
        Ok(role)
    }

    async fn bearers(&self, role: &CustomRole) -> Result<u64, ServiceError> {
        let bearing = Filter::All(vec![
            Filter::Eq("organization", Value::Id(role.organization)),
            Filter::Eq("customRole", Value::Id(role.id)),
        ]);
        Ok(self.store.count(Kind::User, &[bearing]).await?.into_iter().sum())
    }
}

/// Refuses unless the viewer may this in the organisation.
pub(super) fn needs(viewer: &Viewer, right: Permission) -> Result<(), ServiceError> {
    match viewer.has(right) {
        true => Ok(()),
        false => Err(ServiceError::Forbidden(right)),
    }
}

/// The permissions of these names; the first that is none is told which there are.
fn catalogued(names: &[String], check: &mut Check) -> PermissionSet {
    if names.len() > MOST {
        let message = format!("{} are too many; {MOST} are looked at", names.len());
        check.fail("permissions", Code::TooLong, message);
        return PermissionSet::default();
    }
    let mut is_told = false;
    for (place, name) in names.iter().enumerate() {
        if Permission::parse(name).is_some() {
            continue;
        }
        let shown: String = name.chars().take(SHOWN).collect();
        let mut message = format!("{shown:?} is no permission");
        if !is_told {
            let all: Vec<&str> = Permission::ALL.iter().map(|permission| permission.name()).collect();
            message = format!("{message}; there are {}", all.join(", "));
            is_told = true;
        }
        check.fail(&format!("permissions.{place}"), Code::Invalid, message);
    }
    PermissionSet::named(names)
}

/// Notes when these rights hold more, beside those that were there, than the viewer may hand out.
fn within(rights: PermissionSet, before: PermissionSet, viewer: &Viewer, check: &mut Check) {
    if let Some(beyond) = permission::beyond(rights.without(before), viewer.permissions()) {
        check.fail("permissions", Code::OutOfRange, above(beyond));
    }
}

/// What is said of a right that the viewer may not hand out.
pub(super) fn above(beyond: Permission) -> String {
    let name = beyond.name();
    format!("gives {name}, which you don't have yourself: nobody gives more than they may")
}

fn borne(count: u64) -> ServiceError {
    let people = if count == 1 {
        "1 person".into()
    } else {
        format!("{count} people")
    };
    let message = format!("is borne by {people}; take it from them first (users(filter: {{customRoleId}}) lists them)");
    FieldError::new("customRoleId", Code::Invalid, message).into()
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Duplicate { .. } => {
            FieldError::new("name", Code::Taken, "is what another custom role is called").into()
        }
        other => other.into(),
    }
}
