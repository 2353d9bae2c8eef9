//! Who asks: resolved once per request from the session, then passed to every rule. What is read of them is recorded.

use std::sync::{Arc, OnceLock};

use super::{Consulted, ConsultedRecord, CustomRole, Id, Permission, PermissionSet, Role, Session, User};

/// The signed-in person of a request and what they may in their organisation.
///
/// Its fields are read through accessors alone, each of which records how much was consulted.
#[derive(Clone, Debug)]
pub struct Viewer {
    user: Id,
    organization: Id,
    session: Id,
    role: Role,
    permissions: PermissionSet,
    record: ConsultedRecord,
    /// By level; worked out once for all requests of a viewer who is remembered.
    keys: Arc<OnceLock<[String; Consulted::ALL.len()]>>,
}

impl Viewer {
    /// The viewer that this user is in this session, by their role alone.
    pub fn new(user: &User, session: &Session) -> Viewer {
        Viewer {
            user: user.id,
            organization: user.organization,
            session: session.id,
            role: user.role,
            permissions: user.role.permissions(),
            record: ConsultedRecord::default(),
            keys: Arc::default(),
        }
    }

    /// The same viewer, who may also what this role of their organisation gives.
    #[must_use]
    pub fn bearing(mut self, role: &CustomRole) -> Viewer {
        if role.organization == self.organization {
            self.permissions = self.permissions.with(role.rights());
            self.keys = Arc::default();
        }
        self
    }

    /// The same viewer, who from now on is recorded here.
    pub fn recorded(mut self, record: ConsultedRecord) -> Viewer {
        self.record = record;
        self
    }

    /// Whose member they are: the tenant of everything they see.
    pub fn organization(&self) -> Id {
        self.record.note(Consulted::Organization);
        self.organization
    }

    /// Whether they may this anywhere in the organisation.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions().has(permission)
    }

    /// What they may in the organisation.
    pub fn permissions(&self) -> PermissionSet {
        self.record.note(Consulted::Permissions);
        self.permissions
    }

    /// Who.
    pub fn user(&self) -> Id {
        self.record.note(Consulted::Person);
        self.user
    }

    /// What they are in the organisation. Roles tell apart more than permissions do: two may give the same.
    pub fn role(&self) -> Role {
        self.record.note(Consulted::Person);
        self.role
    }

    /// The session they came by.
    pub fn session(&self) -> Id {
        self.record.note(Consulted::Session);
        self.session
    }

    /// How much has been consulted so far, of this viewer and whoever shares the record.
    pub fn consulted(&self) -> Consulted {
        self.record.highest()
    }

    /// What of them tells apart answers that consulted this much; asking for it records nothing.
    pub fn key(&self, level: Consulted) -> &str {
        let keys = || Consulted::ALL.map(|level| self.written(level));
        &self.keys.get_or_init(keys)[level as usize]
    }

    fn written(&self, level: Consulted) -> String {
        let (organization, permissions) = (self.organization, self.permissions.bits());
        let person = || format!("{organization}:{permissions:x}:{:?}:{}", self.role, self.user);
        match level {
            Consulted::Nothing => "all".into(),
            Consulted::SignedIn => "signed-in".into(),
            Consulted::Organization => format!("organization:{organization}"),
            Consulted::Permissions => format!("permissions:{organization}:{permissions:x}"),
            Consulted::Person => format!("person:{}", person()),
            Consulted::Session => format!("session:{}:{}", person(), self.session),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Timestamp;

    fn id(count: u32) -> Id {
        Id::from_parts(Timestamp::from_millis(0), [0; 5], count)
    }

    fn viewer(user: u32, organization: u32, session: u32, role: Role) -> Viewer {
        Viewer {
            user: id(user),
            organization: id(organization),
            session: id(session),
            role,
            permissions: role.permissions(),
            record: ConsultedRecord::default(),
            keys: Arc::default(),
        }
    }

    #[test]
    fn each_accessor_records_its_level() {
        let after = |read: fn(&Viewer) -> String| {
            let viewer = viewer(1, 2, 3, Role::Tester);
            assert_eq!(viewer.consulted(), Consulted::Nothing);
            read(&viewer);
            viewer.consulted()
        };
        assert_eq!(
            after(|viewer| viewer.organization().to_string()),
            Consulted::Organization
        );
        assert_eq!(
            after(|viewer| viewer.has(Permission::TaskRead).to_string()),
            Consulted::Permissions
        );
        assert_eq!(
            after(|viewer| viewer.permissions().bits().to_string()),
            Consulted::Permissions
        );
        assert_eq!(after(|viewer| viewer.user().to_string()), Consulted::Person);
        assert_eq!(after(|viewer| format!("{:?}", viewer.role())), Consulted::Person);
        assert_eq!(after(|viewer| viewer.session().to_string()), Consulted::Session);
    }

    #[test]
    fn a_custom_role_of_the_own_organisation_adds_what_it_gives() {
        let time = Timestamp::from_millis(0);
        let role = |organization| CustomRole {
            id: id(7),
            name: "Auditor".into(),
            permissions: vec!["user:invite".into()],
            version: 1,
            created_at: time,
            updated_at: time,
            organization: id(organization),
        };
        let plain = viewer(1, 2, 3, Role::Tester);
        let before = plain.key(Consulted::Permissions).to_owned();
        let bearing = plain.clone().bearing(&role(2));
        assert!(bearing.has(Permission::UserInvite) && bearing.has(Permission::TaskRead));
        assert_ne!(bearing.key(Consulted::Permissions), before);
        let foreign = plain.bearing(&role(9));
        assert!(!foreign.has(Permission::UserInvite));
        assert_eq!(foreign.key(Consulted::Permissions), before);
    }

    #[test]
    fn asking_for_a_key_records_nothing() {
        let viewer = viewer(1, 2, 3, Role::Tester);
        for level in Consulted::ALL {
            viewer.key(level);
        }
        assert_eq!(viewer.consulted(), Consulted::Nothing);
    }

    #[test]
    fn keys_differ_from_the_level_on_where_the_viewers_do() {
        let one = viewer(1, 2, 3, Role::Tester);
        let others = [
            (viewer(1, 9, 3, Role::Tester), Consulted::Organization),
            (viewer(1, 2, 3, Role::Admin), Consulted::Permissions),
            // The same permissions as a tester.
            (viewer(1, 2, 3, Role::QaEngineer), Consulted::Person),
            (viewer(9, 2, 3, Role::Tester), Consulted::Person),
            (viewer(1, 2, 9, Role::Tester), Consulted::Session),
        ];
        for (other, from) in others {
            for level in Consulted::ALL {
                assert_eq!(
                    one.key(level) == other.key(level),
                    level < from,
                    "{other:?} at {level:?}"
                );
            }
        }
    }

    #[test]
    fn an_anonymous_request_shares_with_no_signed_in_one_but_what_consulted_nothing() {
        let one = viewer(1, 2, 3, Role::Tester);
        for level in Consulted::ALL {
            let equal = level.key(None) == level.key(Some(&one));
            assert_eq!(equal, level == Consulted::Nothing, "{level:?}");
        }
    }

    #[test]
    fn keys_of_different_levels_are_never_equal() {
        let one = viewer(1, 2, 3, Role::Tester);
        let mut keys: Vec<String> = Consulted::ALL.iter().map(|level| one.key(*level).to_owned()).collect();
        keys.push(Consulted::SignedIn.key(None).to_owned());
        let count = keys.len();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), count);
    }
}
