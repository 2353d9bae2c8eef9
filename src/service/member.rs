//! The people of a project and what they are in it. Nobody hands out more than they may themselves.

use std::sync::Arc;

use crate::model::{Id, Permission, PermissionSet, Project, ProjectRole, ProjectRoleEntry, Viewer, permission};

use super::access::expect;
use super::check::Check;
use super::project::{MOST_MEMBERS, belongs};
use super::{ServiceError, Services, UserErrorCode as Code};

impl Services {
    /// Adds a person to the project's team, with an explicit role if one is given.
    pub async fn add_project_member(
        &self,
        viewer: &Viewer,
        project: Id,
        user: Id,
        role: Option<ProjectRole>,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        self.change_member(viewer, project, user, expected, |project| {
            join(project, user);
            if let Some(role) = role {
                put_role(project, user, role);
            }
        })
        .await
    }

    /// Gives a person an explicit role in the project; who doesn't belong to it yet joins the team.
    pub async fn set_project_role(
        &self,
        viewer: &Viewer,
        project: Id,
        user: Id,
        role: ProjectRole,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        self.add_project_member(viewer, project, user, Some(role), expected)
            .await
    }

    /// Takes a person from the project's team, with their explicit role.
    pub async fn remove_project_member(
        &self,
        viewer: &Viewer,
        project: Id,
        user: Id,
        expected: Option<i64>,
    ) -> Result<Arc<Project>, ServiceError> {
        self.retried(|| async {
            let before = self.project_for(viewer, project, Permission::ProjectManageTeam).await?;
            expect(&before, expected)?;
            let mut check = Check::default();
            if before.created_by == user || before.client == Some(user) {
                let message =
                    "made the project or is its client, and so belongs to it; change their role, or the client";
                check.fail("userId", Code::Invalid, message);
            } else if !before.team_members.contains(&user) {
                check.fail("userId", Code::NotFound, "does not belong to the project");
            }
            check.done()?;
            let mut after = Project::clone(&before);
            after.team_members.retain(|member| *member != user);
            after.project_roles.retain(|entry| entry.user != user);
            self.save(&before, after).await
        })
        .await
    }

    async fn change_member(
        &self,
        viewer: &Viewer,
        project: Id,
        user: Id,
        expected: Option<i64>,
        change: impl Fn(&mut Project),
    ) -> Result<Arc<Project>, ServiceError> {
        self.retried(|| async {
            let before = self.project_for(viewer, project, Permission::ProjectManageTeam).await?;
            expect(&before, expected)?;
            let mut after = Project::clone(&before);
            change(&mut after);
            let mut check = Check::default();
            match self.people(before.organization, &[user]).await?.pop() {
                Some(user) => within_own_rights(viewer, &before, permission::project_role(user.id, user.role, &after))?,
                None => check.fail("userId", Code::NotFound, "is no active user of the organisation"),
            }
            if after.team_members.len() > MOST_MEMBERS {
                let message = format!("would be one too many; {MOST_MEMBERS} members are allowed");
                check.fail("userId", Code::OutOfRange, message);
            }
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }
}

/// Refuses when `role` may what the viewer may not, in this project.
fn within_own_rights(viewer: &Viewer, project: &Project, role: Option<ProjectRole>) -> Result<(), ServiceError> {
    let of = |role: Option<ProjectRole>| role.map_or(PermissionSet::default(), ProjectRole::permissions);
    let own = of(permission::project_role(viewer.user(), viewer.role(), project)).with(viewer.permissions());
    match of(role).without(own).iter().next() {
        Some(beyond) => Err(ServiceError::Forbidden(beyond)),
        None => Ok(()),
    }
}

fn join(project: &mut Project, user: Id) {
    if !belongs(project, user) {
        project.team_members.push(user);
    }
}

fn put_role(project: &mut Project, user: Id, role: ProjectRole) {
    match project.project_roles.iter_mut().find(|entry| entry.user == user) {
        Some(entry) => entry.role = role,
        None => project.project_roles.push(ProjectRoleEntry { user, role }),
    }
}
