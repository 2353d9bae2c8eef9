//! Who is what in a project.

use std::collections::HashSet;

use async_graphql::SimpleObject;

use crate::model::{Id, Project, ProjectRole, permission};

use super::super::cache_control::Inherit;
use super::UserObject;

/// A person who belongs to a project, and as what.
#[derive(Clone, SimpleObject)]
#[graphql(directive = Inherit::apply())]
pub struct ProjectMember {
    /// The person.
    user: UserObject,
    /// What they are in the project: what was set for them, else manager as its creator, client as its
    /// client, member as one of its team.
    role: ProjectRole,
}

impl ProjectMember {
    /// What this user is in the project; `None` when they don't belong to it.
    pub fn of(project: &Project, user: UserObject) -> Option<ProjectMember> {
        let role = permission::project_role(user.0.id, user.0.role, project)?;
        Some(ProjectMember { user, role })
    }

    /// Everybody who belongs to the project: creator, client, team; each once.
    pub fn ids(project: &Project) -> Vec<Id> {
        let lead = [Some(project.created_by), project.client].into_iter().flatten();
        let mut known = HashSet::new();
        let team = project.team_members.iter().copied();
        lead.chain(team).filter(|id| known.insert(*id)).collect()
    }
}
