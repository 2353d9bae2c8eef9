//! Who asks: resolved once per request from the session, then passed to every rule.

use super::{Id, Permission, PermissionSet, Role, Session, User};

/// The signed-in person of a request and what they may in their organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Viewer {
    /// Who.
    pub user: Id,
    /// Whose member: the tenant of everything they see.
    pub organization: Id,
    /// The session they came by.
    pub session: Id,
    /// What they are in the organisation.
    pub role: Role,
    /// What they may in the organisation.
    pub permissions: PermissionSet,
}

impl Viewer {
    /// The viewer that this user is in this session.
    pub fn new(user: &User, session: &Session) -> Viewer {
        Viewer {
            user: user.id,
            organization: user.organization,
            session: session.id,
            role: user.role,
            permissions: user.role.permissions(),
        }
    }

    /// Whether they may this anywhere in the organisation.
    pub fn has(&self, permission: Permission) -> bool {
        self.permissions.has(permission)
    }
}
