//! A small organisation that is the same each time, ids included: what the playground's examples are answered from.

use std::time::Duration;

use kanvaro::model::{
    AnyEntity, Budget, Change, Comment, Id, Money, Organization, Priority, Project, ProjectRole, ProjectRoleEntry,
    ProjectStatus, Rank, Role, Task, TaskType, Timestamp, User,
};
use kanvaro::service::Password;

use super::sample;
use super::server::{PASSWORD, TestServer};
use super::world::gid;

/// The people, the project that most examples are about, and what else they name.
pub struct Studio {
    pub viewer: User,
    pub project: Project,
    pub other_project: Project,
    /// All of them, those of the project first.
    pub tasks: Vec<Task>,
}

const DAY: Duration = Duration::from_secs(86_400);

impl Studio {
    /// Makes it in this server's store, days before its clock's time.
    pub async fn seed(server: &TestServer) -> Studio {
        let now = server.clock.now();
        let hash = server
            .app
            .services
            .hash_password(&Password::new(PASSWORD))
            .await
            .unwrap();
        let organization = Organization {
            id: id(now, 1),
            name: "Brightwater Studio".into(),
            created_at: now.minus(DAY * 90),
            updated_at: now.minus(DAY * 90),
            ..sample::organization()
        };
        let people = people(&organization, now, &hash);
        let [website, app] = projects(&people, now);
        let tasks = tasks([&website, &app], &people, now);
        let comments = comments(&tasks[1], &people, now);
        let viewer = people[0].clone();
        let mut all: Vec<AnyEntity> = vec![organization.into(), website.clone().into(), app.clone().into()];
        all.extend(people.into_iter().map(Into::into));
        all.extend(tasks.iter().cloned().map(Into::into));
        all.extend(comments.into_iter().map(Into::into));
        let changes = all.into_iter().map(Change::Insert).collect();
        server.app.store.write(changes).await.unwrap();
        Studio {
            viewer,
            project: website,
            other_project: app,
            tasks,
        }
    }

    /// A token of the viewer's.
    pub async fn token(&self, server: &TestServer) -> String {
        let password = Password::new(PASSWORD);
        let login = server.app.services.login(&self.viewer.email, &password, "test");
        login.await.unwrap().0.text()
    }

    /// What an example's variables call this; `None`: nothing has the name.
    pub fn named(&self, name: &str, now: Timestamp) -> Option<String> {
        Some(match name {
            "$viewer" => gid(&self.viewer),
            "$project" => gid(&self.project),
            "$otherProject" => gid(&self.other_project),
            "$task" => gid(&self.tasks[1]),
            "$otherTask" => gid(&self.tasks[2]),
            "$ownTask" => gid(&self.tasks[3]),
            "$now" => now.to_string(),
            "$inAWeek" => now.plus(DAY * 7).to_string(),
            _ => return None,
        })
    }
}

/// The id of this number, of something made 90 days ago.
fn id(now: Timestamp, number: u32) -> Id {
    Id::from_parts(now.minus(DAY * 90), [0; 5], number)
}

fn people(organization: &Organization, now: Timestamp, hash: &str) -> Vec<User> {
    let names = [
        ("Ada", "Sato", Role::Admin),
        ("Ben", "Okafor", Role::TeamMember),
        ("Cleo", "Marín", Role::ProjectManager),
        ("Dora", "Lind", Role::Client),
    ];
    let numbered = (10..).zip(names);
    let person = |(number, (first, last, role)): (u32, (&str, &str, Role))| {
        let mut user = User {
            id: id(now, number),
            first_name: first.into(),
            last_name: last.into(),
            email: format!("{}@brightwater.example", first.to_lowercase()),
            password_hash: hash.into(),
            role,
            hourly_rate: rate(role, 4_800),
            billing_rate: rate(role, 9_600),
            created_at: now.minus(DAY * (100 - number)),
            updated_at: now.minus(DAY * (100 - number)),
            ..sample::user(organization.id)
        };
        user.refresh();
        user
    };
    numbered.map(person).collect()
}

/// Of a client none.
fn rate(role: Role, amount: i64) -> Option<Money> {
    let currency = "EUR".into();
    (role != Role::Client).then_some(Money { amount, currency })
}

fn projects(people: &[User], now: Timestamp) -> [Project; 2] {
    let [ada, ben, cleo, dora] = people else {
        panic!("four people")
    };
    let made = |number: u32, creator: &User, name: &str| Project {
        id: id(now, 20 + number),
        number: number.into(),
        name: name.into(),
        created_at: now.minus(DAY * (60 - number)),
        updated_at: now.minus(DAY * (10 - number)),
        ..sample::project(creator)
    };
    let mut website = Project {
        description: "The public pages, with the shop, on one platform.".into(),
        priority: Priority::High,
        client: Some(dora.id),
        team_members: vec![ben.id, cleo.id],
        project_roles: vec![ProjectRoleEntry {
            user: cleo.id,
            role: ProjectRole::ProjectManager,
        }],
        start_date: Some(now.minus(DAY * 50)),
        end_date: Some(now.plus(DAY * 40)),
        tags: vec!["web".into(), "2026".into()],
        budget: Some(Budget {
            total: 4_500_000,
            spent: 1_275_000,
            currency: "EUR".into(),
        }),
        ..made(1, ada, "Website relaunch")
    };
    website.refresh();
    let mut app = Project {
        status: ProjectStatus::Planning,
        team_members: vec![ada.id],
        ..made(2, cleo, "App for field crews")
    };
    app.refresh();
    [website, app]
}

fn tasks(projects: [&Project; 2], people: &[User], now: Timestamp) -> Vec<Task> {
    let [website, app] = projects;
    let rows = [
        (
            website,
            "Draft the start page",
            "done",
            Priority::Medium,
            TaskType::Task,
            1,
            -5,
        ),
        (
            website,
            "Show invoices in the account",
            "in_progress",
            Priority::High,
            TaskType::Feature,
            2,
            3,
        ),
        (
            website,
            "Focus is lost in the menu",
            "todo",
            Priority::Critical,
            TaskType::Bug,
            1,
            -1,
        ),
        (
            website,
            "Import the inventory",
            "backlog",
            Priority::Low,
            TaskType::Improvement,
            0,
            20,
        ),
        (
            website,
            "Check the texts with legal",
            "review",
            Priority::Medium,
            TaskType::Task,
            2,
            5,
        ),
        (
            app,
            "Invite three crews to the pilot",
            "todo",
            Priority::High,
            TaskType::Task,
            0,
            6,
        ),
    ];
    let mut rank = None;
    let numbered = (1..).zip(rows);
    let task = |(number, (project, title, status, priority, task_type, assignee, due)): (u32, Row<'_>)| {
        let next = Rank::between(rank.as_ref(), None);
        rank = Some(next.clone());
        let made = now.minus(DAY * (30 - number));
        let due = if due < 0 {
            now.minus(DAY * due.unsigned_abs())
        } else {
            now.plus(DAY * due.unsigned_abs())
        };
        let mut task = Task {
            id: id(now, 40 + number),
            number: number.into(),
            display_id: format!("{}.{number}", project.number),
            title: title.into(),
            description: format!("{title}, as agreed on Monday."),
            status: status.into(),
            priority,
            task_type,
            assigned_to: people.get(assignee).map(|user| user.id).into_iter().collect(),
            labels: vec!["sample".into()],
            story_points: Some(3),
            estimated_minutes: Some(90),
            due_date: Some(due),
            completed_at: (status == "done").then(|| now.minus(DAY * 6)),
            rank: next,
            created_at: made,
            updated_at: made.plus(DAY * 2),
            ..sample::task(project)
        };
        task.refresh();
        task
    };
    numbered.map(task).collect()
}

/// Project, title, status, priority, type, place of the assignee among the people, days until it is due.
type Row<'p> = (&'p Project, &'p str, &'p str, Priority, TaskType, usize, i32);

fn comments(task: &Task, people: &[User], now: Timestamp) -> Vec<Comment> {
    let said = [
        (1, "First version is on the test server."),
        (2, "Looks good, one small remark."),
    ];
    let numbered = (60..).zip(said);
    let comment = |(number, (author, body)): (u32, (usize, &str))| Comment {
        id: id(now, number),
        body: body.into(),
        created_at: now.minus(DAY * (70 - number)),
        updated_at: now.minus(DAY * (70 - number)),
        ..sample::comment(task, people[author].id)
    };
    numbered.map(comment).collect()
}
