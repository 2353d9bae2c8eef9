//! Fields that not everybody may read who sees their object: a declaration names the rule, here stands what it asks
//! for. Whoever may not gets null and FORBIDDEN in place of the value.

use super::{AnyEntity, Permission, Role, Row, User, Viewer, permission};

/// Who may read a field, of those who see its object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FieldRule {
    /// The money of a project: who looks after it in the project or in the organisation.
    Budget,
    /// An address of a person: everybody, but that of a client only who deals with clients, and they themselves.
    Address,
    /// What clients are billed for a person: who reads money, or looks after people.
    Rate,
    /// What a person costs: the same, and they themselves.
    OwnRate,
}

impl FieldRule {
    /// What the schema says of a field with it.
    pub const fn docs(self) -> &'static str {
        match self {
            FieldRule::Budget => "FORBIDDEN without `project:manage_budget` or `financial:read`.",
            FieldRule::Address => {
                "Of a client, FORBIDDEN without `user:invite` or `financial:read`; one's own is always there."
            }
            FieldRule::Rate => "FORBIDDEN without `financial:read` or `user:update`, one's own too.",
            FieldRule::OwnRate => "FORBIDDEN without `financial:read` or `user:update`; one's own is always there.",
        }
    }

    /// Whether the viewer may read the field of this object, which they see; else the permission that they lack.
    pub fn judge(self, viewer: &Viewer, row: &Row) -> Result<(), Permission> {
        let (may, lacking) = match self {
            FieldRule::Budget => (may_read_budget(viewer, row), Permission::ProjectManageBudget),
            FieldRule::Address => (
                !is_client(row) || may_read_addresses(viewer) || is_own(viewer, row),
                Permission::UserInvite,
            ),
            FieldRule::Rate => (may_read_rates(viewer), Permission::FinancialRead),
            FieldRule::OwnRate => (may_read_rates(viewer) || is_own(viewer, row), Permission::FinancialRead),
        };
        may.then_some(()).ok_or(lacking)
    }
}

/// Whether the viewer may read the addresses of all clients, and so find clients by them.
pub fn may_read_addresses(viewer: &Viewer) -> bool {
    viewer.has(Permission::UserInvite) || viewer.has(Permission::FinancialRead)
}

fn may_read_rates(viewer: &Viewer) -> bool {
    viewer.has(Permission::FinancialRead) || viewer.has(Permission::UserUpdate)
}

fn may_read_budget(viewer: &Viewer, row: &Row) -> bool {
    let Some(AnyEntity::Project(project)) = row.entity() else {
        return false;
    };
    let may = |permission| permission::may_in_project(viewer, permission, &project);
    may(Permission::ProjectManageBudget) || may(Permission::FinancialRead)
}

/// Also one whose role nobody can tell.
fn is_client(row: &Row) -> bool {
    row.get::<Role>(User::SLOTS.role)
        .is_none_or(|role| role == Role::Client)
}

fn is_own(viewer: &Viewer, row: &Row) -> bool {
    row.reference().is_some_and(|person| person.id == viewer.user())
}

#[cfg(test)]
mod tests {
    use crate::model::{Column, Kind};

    #[test]
    fn the_fields_with_a_rule_are_these() {
        let ruled = |kind: &Kind| {
            let kind = *kind;
            let ruled = kind.columns().iter().filter(|column| column.rule.is_some());
            ruled.map(move |column| format!("{}.{}", kind.name(), Column::name(column)))
        };
        let all: Vec<String> = Kind::ALL.iter().flat_map(ruled).collect();
        assert_eq!(
            all,
            ["User.email", "User.hourlyRate", "User.billingRate", "Project.budget"]
        );
    }
}
