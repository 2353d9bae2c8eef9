//! Who may what: roles and permission names as data, and the pure rules over them. Reads feed these rules
//! from the loader, writes from the store; there is no other place that says yes or no.

use super::{Comment, Id, Project, ProjectRole, ProjectRoleEntry, Role, Row, Task, Viewer};

macro_rules! permissions {
    ($($name:ident = $text:literal),* $(,)?) => {
        /// A right, named `resource:verb`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Permission {
            $(#[doc = concat!("`", $text, "`")] $name),*
        }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Permission] = &[$(Permission::$name),*];

            /// Its `resource:verb` name.
            pub const fn name(self) -> &'static str {
                match self { $(Permission::$name => $text),* }
            }

            /// The permission of this name; `None`: there is none.
            pub fn parse(name: &str) -> Option<Permission> {
                Permission::ALL.iter().copied().find(|permission| permission.name() == name)
            }
        }
    };
}

permissions! {
    UserCreate = "user:create", UserRead = "user:read", UserUpdate = "user:update", UserDelete = "user:delete",
    UserInvite = "user:invite", UserActivate = "user:activate", UserManageRoles = "user:manage_roles",
    OrganizationRead = "organization:read", OrganizationUpdate = "organization:update",
    OrganizationManageSettings = "organization:manage_settings",
    ProjectCreate = "project:create", ProjectRead = "project:read", ProjectUpdate = "project:update",
    ProjectDelete = "project:delete", ProjectManageTeam = "project:manage_team",
    ProjectManageBudget = "project:manage_budget", ProjectArchive = "project:archive",
    ProjectViewAll = "project:view_all",
    TaskCreate = "task:create", TaskRead = "task:read", TaskUpdate = "task:update", TaskDelete = "task:delete",
    TaskAssign = "task:assign", TaskChangeStatus = "task:change_status",
    TaskManageComments = "task:manage_comments", TaskManageAttachments = "task:manage_attachments",
    TaskViewAll = "task:view_all", TaskEditAll = "task:edit_all", TaskDeleteAll = "task:delete_all",
    TeamRead = "team:read", TeamEdit = "team:edit", TeamViewActivity = "team:view_activity",
    TimeCreate = "time_tracking:create", TimeRead = "time_tracking:read", TimeUpdate = "time_tracking:update",
    TimeDelete = "time_tracking:delete", TimeApprove = "time_tracking:approve", TimeViewAll = "time_tracking:view_all",
    FinancialRead = "financial:read", FinancialCreateExpense = "financial:create_expense",
    FinancialApproveExpense = "financial:approve_expense", FinancialCreateInvoice = "financial:create_invoice",
    FinancialSendInvoice = "financial:send_invoice", FinancialManagePayments = "financial:manage_payments",
    CacheInspect = "cache:inspect", CachePurge = "cache:purge",
}

/// A set of permissions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct PermissionSet(u64);

impl PermissionSet {
    /// The set of these.
    pub const fn of(permissions: &[Permission]) -> PermissionSet {
        let (mut bits, mut at) = (0, 0);
        while at < permissions.len() {
            bits |= 1 << permissions[at] as u64;
            at += 1;
        }
        PermissionSet(bits)
    }

    /// The set of those with these names; a name that is none adds nothing.
    pub fn named(names: &[String]) -> PermissionSet {
        let known = names.iter().filter_map(|name| Permission::parse(name));
        PermissionSet(known.fold(0, |bits, permission| bits | (1 << permission as u64)))
    }

    /// What is in either.
    pub const fn with(self, other: PermissionSet) -> PermissionSet {
        PermissionSet(self.0 | other.0)
    }

    /// What is in this and not in the other.
    pub const fn without(self, other: PermissionSet) -> PermissionSet {
        PermissionSet(self.0 & !other.0)
    }

    /// Whether it holds this one.
    pub const fn has(self, permission: Permission) -> bool {
        self.0 & (1 << permission as u64) != 0
    }

    /// As one number, in which each permission has a bit of its own.
    pub const fn bits(self) -> u64 {
        self.0
    }

    /// The permissions in it, in the order of the catalogue.
    pub fn iter(self) -> impl Iterator<Item = Permission> {
        Permission::ALL
            .iter()
            .copied()
            .filter(move |permission| self.has(*permission))
    }
}

use Permission as P;

const READ: PermissionSet = PermissionSet::of(&[
    P::UserRead,
    P::OrganizationRead,
    P::ProjectRead,
    P::TaskRead,
    P::TeamRead,
]);
const OWN_TIME: PermissionSet = PermissionSet::of(&[P::TimeCreate, P::TimeRead, P::TimeUpdate, P::TimeDelete]);
const ALL_TIME: PermissionSet = OWN_TIME.with(PermissionSet::of(&[P::TimeApprove, P::TimeViewAll]));
const TESTING: PermissionSet = PermissionSet::of(&[
    P::TaskCreate,
    P::TaskUpdate,
    P::TaskChangeStatus,
    P::TaskManageComments,
    P::TaskManageAttachments,
]);
const ALL_TASK: PermissionSet = TESTING.with(PermissionSet::of(&[
    P::TaskRead,
    P::TaskDelete,
    P::TaskAssign,
    P::TaskViewAll,
    P::TaskEditAll,
    P::TaskDeleteAll,
]));
const ALL_PROJECT: PermissionSet = PermissionSet::of(&[
    P::ProjectCreate,
    P::ProjectRead,
    P::ProjectUpdate,
    P::ProjectDelete,
    P::ProjectManageTeam,
    P::ProjectManageBudget,
    P::ProjectArchive,
    P::ProjectViewAll,
]);
const ALL_TEAM: PermissionSet = PermissionSet::of(&[P::TeamRead, P::TeamEdit, P::TeamViewActivity]);
const MANAGER_FINANCIAL: PermissionSet = PermissionSet::of(&[
    P::FinancialRead,
    P::FinancialCreateExpense,
    P::FinancialApproveExpense,
    P::FinancialCreateInvoice,
    P::FinancialSendInvoice,
]);
const PEOPLE: PermissionSet = PermissionSet::of(&[
    P::UserCreate,
    P::UserRead,
    P::UserUpdate,
    P::UserDelete,
    P::UserInvite,
    P::UserActivate,
    P::UserManageRoles,
]);

impl Role {
    /// What a person of this role may in the whole organisation.
    pub const fn permissions(self) -> PermissionSet {
        match self {
            Role::Admin => PermissionSet::of(Permission::ALL),
            Role::ProjectManager => READ
                .with(ALL_PROJECT.without(PermissionSet::of(&[P::ProjectDelete])))
                .with(ALL_TASK.without(PermissionSet::of(&[P::TaskDelete, P::TaskDeleteAll])))
                .with(ALL_TEAM)
                .with(ALL_TIME.without(PermissionSet::of(&[P::TimeDelete])))
                .with(MANAGER_FINANCIAL)
                .with(PermissionSet::of(&[P::UserInvite])),
            Role::HumanResource => READ.with(PEOPLE).with(ALL_TEAM).with(ALL_TIME),
            Role::TeamMember => READ
                .with(PermissionSet::of(&[P::TaskChangeStatus, P::TaskManageComments]))
                .with(OWN_TIME),
            Role::QaEngineer | Role::Tester => READ.with(TESTING),
            Role::AccountManager => READ.with(PermissionSet::of(&[P::FinancialRead, P::FinancialCreateInvoice])),
            Role::Client | Role::Viewer => {
                PermissionSet::of(&[P::UserRead, P::OrganizationRead, P::ProjectRead, P::TaskRead])
            }
        }
    }
}

impl ProjectRole {
    /// What a person of this role may in the one project.
    pub const fn permissions(self) -> PermissionSet {
        let read = PermissionSet::of(&[P::ProjectRead, P::TaskRead]);
        match self {
            ProjectRole::ProjectManager => read.with(ALL_TASK).with(PermissionSet::of(&[
                P::ProjectUpdate,
                P::ProjectManageTeam,
                P::ProjectManageBudget,
                P::ProjectArchive,
                P::ProjectDelete,
            ])),
            ProjectRole::ProjectMember => read.with(TESTING).with(PermissionSet::of(&[P::TaskAssign])),
            ProjectRole::ProjectViewer => read,
            ProjectRole::ProjectClient => read.with(PermissionSet::of(&[P::TaskManageComments])),
        }
    }
}

/// The first right of these that nobody with `own` rights may hand out: nobody grants more than they hold. What every
/// ordinary member has may be handed out by whoever may make members at all.
pub fn beyond(granted: PermissionSet, own: PermissionSet) -> Option<Permission> {
    let ordinary = Role::TeamMember.permissions();
    granted.without(own.with(ordinary)).iter().next()
}

/// What `user` is in `project`, if they belong to it: the explicit entry, else creator, client, team member.
/// Global clients and viewers who were merely added to the team read and no more.
pub fn project_role(user: Id, role: Role, project: &Project) -> Option<ProjectRole> {
    let explicit = project.project_roles.iter().find(|entry| entry.user == user);
    if let Some(entry) = explicit {
        return Some(entry.role);
    }
    if project.created_by == user {
        return Some(ProjectRole::ProjectManager);
    }
    if project.client == Some(user) {
        return Some(ProjectRole::ProjectClient);
    }
    project.team_members.contains(&user).then_some(match role {
        Role::Client => ProjectRole::ProjectClient,
        Role::Viewer => ProjectRole::ProjectViewer,
        _ => ProjectRole::ProjectMember,
    })
}

/// Whether the user is anything in the project, read off the slots of its row: whether `project_role` finds something.
pub fn belongs(user: Id, project: &Row) -> bool {
    let slots = Project::SLOTS;
    let is = |slot| project.one(slot) == Some(user);
    is(slots.created_by)
        || is(slots.client)
        || project.many(slots.team_members).any(|member| member == user)
        || project
            .get::<Vec<ProjectRoleEntry>>(slots.project_roles)
            .is_some_and(|entries| entries.iter().any(|entry| entry.user == user))
}

/// Whether the viewer sees the project at all.
pub fn sees_project(viewer: &Viewer, project: &Project) -> bool {
    viewer.organization() == project.organization
        && (viewer.has(P::ProjectViewAll) || project_role(viewer.user(), viewer.role(), project).is_some())
}

/// Whether the viewer sees the task, whose project this is.
pub fn sees_task(viewer: &Viewer, task: &Task, project: &Project) -> bool {
    task.project == project.id && sees_project(viewer, project)
}

/// Whether the viewer sees the comment, whose task and project these are.
pub fn sees_comment(viewer: &Viewer, comment: &Comment, task: &Task, project: &Project) -> bool {
    comment.task == task.id && sees_task(viewer, task, project)
}

/// Whether the viewer may do this in the project: by the role in the organisation or in the project.
pub fn may_in_project(viewer: &Viewer, permission: Permission, project: &Project) -> bool {
    let within = || project_role(viewer.user(), viewer.role(), project);
    sees_project(viewer, project)
        && (viewer.has(permission) || within().is_some_and(|role| role.permissions().has(permission)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_permission_has_its_own_bit() {
        assert!(Permission::ALL.len() <= 64);
        assert_eq!(Role::Admin.permissions().iter().count(), Permission::ALL.len());
    }

    #[test]
    fn nobody_hands_out_more_than_they_hold_but_what_every_member_has() {
        let people = Role::HumanResource.permissions();
        for (role, beyond_them) in [
            (Role::TeamMember, None),
            (Role::Viewer, None),
            (Role::HumanResource, None),
            (Role::Tester, Some(P::TaskCreate)),
            (Role::Admin, Some(P::OrganizationUpdate)),
        ] {
            assert_eq!(beyond(role.permissions(), people), beyond_them, "{role:?}");
        }
        assert_eq!(
            beyond(Role::TeamMember.permissions(), Role::ProjectManager.permissions()),
            None
        );
    }

    #[test]
    fn a_project_manager_deletes_nothing_and_moves_no_money() {
        let may = Role::ProjectManager.permissions();
        let denied = [
            P::ProjectDelete,
            P::TaskDelete,
            P::TaskDeleteAll,
            P::TimeDelete,
            P::FinancialManagePayments,
        ];
        assert!(denied.iter().all(|permission| !may.has(*permission)));
    }
}
