//! Two organisations with a person of every role, and projects that some of them belong to in one way or another.

use kanvaro::model::{
    AnyEntity, Budget, CustomRole, EntityRef, Kind, Money, Organization, Priority, Project, ProjectRole,
    ProjectRoleEntry, Role, Task, User,
};
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;

use super::app::TestApp;
use super::queries::Names;
use super::sample::{self, after_noon};

/// Everybody, and the names of everything.
pub struct Crowd {
    pub people: Vec<User>,
    pub names: Names,
}

const ROLES: [Role; 12] = [
    Role::Admin,
    Role::Admin,
    Role::ProjectManager,
    Role::ProjectManager,
    Role::HumanResource,
    Role::TeamMember,
    Role::TeamMember,
    Role::Client,
    Role::Viewer,
    Role::QaEngineer,
    Role::Tester,
    Role::AccountManager,
];
const PROJECT_ROLES: [ProjectRole; 4] = [
    ProjectRole::ProjectManager,
    ProjectRole::ProjectMember,
    ProjectRole::ProjectViewer,
    ProjectRole::ProjectClient,
];
const STATUSES: [&str; 3] = ["todo", "in_progress", "done"];

impl Crowd {
    /// Seeds them into this app.
    pub async fn seed(app: &TestApp, dice: &mut StdRng) -> Crowd {
        let mut crowd = Crowd {
            people: Vec::new(),
            names: Names {
                statuses: STATUSES.map(str::to_owned).into(),
                words: ["web", "text", "ada", "nothing"].map(str::to_owned).into(),
                moments: [-5_000, 0, 5_000].map(|seconds| after_noon(seconds).to_string()).into(),
                ..Names::default()
            },
        };
        for _ in 0..2 {
            let all = crowd.organization(dice);
            app.seed(all).await;
        }
        for kind in [
            Kind::User,
            Kind::Project,
            Kind::Task,
            Kind::Comment,
            Kind::Organization,
            Kind::Session,
            Kind::Asset,
            Kind::CustomRole,
        ] {
            let of = crowd.names.ids.entry(kind.code()).or_default();
            of.push(EntityRef::new(kind, sample::id()).global());
        }
        crowd
    }

    fn organization(&mut self, dice: &mut StdRng) -> Vec<AnyEntity> {
        let organization: Organization = sample::organization();
        let rate = |amount| Money {
            amount,
            currency: "EUR".into(),
        };
        let person = |role| User {
            role,
            hourly_rate: Some(rate(4_000)),
            billing_rate: Some(rate(8_000)),
            ..sample::user(organization.id)
        };
        let mut people: Vec<User> = ROLES.map(person).into();
        let mut all: Vec<AnyEntity> = vec![organization.clone().into()];
        let role = CustomRole {
            permissions: ["project:view_all", "financial:read"].map(str::to_owned).into(),
            ..sample::custom_role(organization.id)
        };
        for user in people.iter_mut().skip(1).step_by(5) {
            user.custom_role = Some(role.id);
        }
        all.push(role.into());
        for user in people.iter_mut().step_by(2) {
            let avatar = sample::avatar(user);
            user.avatar = Some(avatar.id);
            all.push(avatar.into());
        }
        for _ in 0..5 {
            let project = project(dice, &people);
            for _ in 0..3 {
                let mut task = task(dice, &project, &people);
                let file = sample::attachment(&task, project.created_by);
                task.attachments.push(file.id);
                all.push(file.into());
                all.push(sample::comment(&task, people.choose(dice).unwrap().id).into());
                all.push(task.into());
            }
            all.push(project.into());
        }
        all.extend(people.iter().cloned().map(AnyEntity::from));
        for entity in &all {
            let reference = entity.reference();
            let of = self.names.ids.entry(reference.kind.code()).or_default();
            of.push(reference.global());
        }
        self.people.extend(people);
        all
    }
}

fn project(dice: &mut StdRng, people: &[User]) -> Project {
    let creator = people.choose(dice).unwrap();
    let some = |dice: &mut StdRng, count| -> Vec<&User> { people.choose_multiple(dice, count).collect() };
    let roles = some(dice, 2).into_iter().map(|user| ProjectRoleEntry {
        user: user.id,
        role: *PROJECT_ROLES.choose(dice).unwrap(),
    });
    let mut project = Project {
        project_roles: roles.collect(),
        client: dice.random_bool(0.5).then(|| people.choose(dice).unwrap().id),
        budget: Some(Budget {
            total: dice.random_range(0..1_000),
            spent: 5,
            currency: "EUR".into(),
        }),
        is_archived: dice.random_bool(0.2),
        ..sample::project(creator)
    };
    // Whoever has a role of their own is in the team, and some more are.
    project.team_members = project.project_roles.iter().map(|entry| entry.user).collect();
    project
        .team_members
        .extend(some(dice, 2).into_iter().map(|user| user.id));
    project.team_members.sort_unstable();
    project.team_members.dedup();
    project.refresh();
    project
}

fn task(dice: &mut StdRng, project: &Project, people: &[User]) -> Task {
    let assigned = people.choose_multiple(dice, 2).map(|user| user.id).collect();
    let mut task = Task {
        status: (*STATUSES.choose(dice).unwrap()).into(),
        priority: if dice.random_bool(0.5) {
            Priority::High
        } else {
            Priority::Low
        },
        assigned_to: assigned,
        due_date: dice
            .random_bool(0.7)
            .then(|| after_noon(dice.random_range(-9_000..9_000))),
        ..sample::task(project)
    };
    task.refresh();
    task
}
