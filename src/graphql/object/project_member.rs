//! Who is what in a project.

use std::collections::HashSet;
use std::task::{Poll, ready};

use crate::execute::{Call, Object, Output, Seen};
use crate::graphql::cache_control::Inherit;
use crate::graphql::declare::{Declarations, FieldDeclaration, Resolved, Ty, json};
use crate::model::{AnyEntity, EntityRef, Id, Kind, Project, ProjectRole, Row, User, permission};

/// A person who belongs to a project, and as what.
struct ProjectMember {
    user: Seen,
    role: ProjectRole,
}

/// Everybody who belongs to a project and is there, with what they are in it.
pub fn members(call: &mut Call<'_>, row: &Row) -> Resolved {
    let Some(AnyEntity::Project(project)) = row.entity() else {
        return Poll::Ready(Ok(Output::Null));
    };
    let people = everybody(&project).into_iter().map(|id| EntityRef::new(Kind::User, id));
    let people = ready!(call.see_many(people))?;
    let of = call.type_of("ProjectMember");
    let members = people.into_iter().flatten().filter_map(|user| {
        let id = user.reference()?.id;
        let role = permission::project_role(id, user.get(User::SLOTS.role)?, &project)?;
        Some(Some(Object::made(of, ProjectMember { user, role })))
    });
    Poll::Ready(Ok(Output::Objects(members.collect())))
}

/// Creator, client, team; each once.
fn everybody(project: &Project) -> Vec<Id> {
    let lead = [Some(project.created_by), project.client].into_iter().flatten();
    let mut known = HashSet::new();
    let team = project.team_members.iter().copied();
    lead.chain(team).filter(|id| known.insert(*id)).collect()
}

/// Declares it.
pub fn declare(to: &mut Declarations) {
    to.object("ProjectMember", "A person who belongs to a project, and as what.")
        .hint(Inherit::apply())
        .field(FieldDeclaration::made(
            "user",
            Ty::of("User!"),
            "The person.",
            |member: &ProjectMember, call| {
                let user = Object::seen(call.type_of("User"), member.user.clone());
                Poll::Ready(Ok(Output::Object(user)))
            },
        ))
        .field(FieldDeclaration::made(
            "role",
            Ty::leaf::<ProjectRole>(),
            "What they are in the project: what was set for them, else manager as its creator, client as its\n\
             client, member as one of its team.",
            |member: &ProjectMember, call| json(call, &member.role),
        ));
}
