//! The data that both sides answer from: three organisations with people of every role, references to what is gone or
//! another organisation's, and texts that are hard to write as JSON. The same seed makes the same world.

mod people;

use std::path::Path;

use kanvaro::model::{
    AnyEntity, Asset, Budget, Comment, Filter, Id, Kind, Priority, Project, ProjectRole, ProjectRoleEntry,
    ProjectStatus, Rank, Role, Task, TaskType, Timestamp, User,
};
use kanvaro::store::Store;
use rand::Rng;
use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use serde_json::{Value, json};

use super::person::Person;
use crate::support::sample::{self, NOON, after_noon};

/// All that is in the store.
pub struct World {
    pub entities: Vec<AnyEntity>,
    /// Whoever asks.
    pub people: Vec<Person>,
    /// What each organisation has, by its number; the last has lost its own document.
    pub organizations: Vec<Id>,
}

const ROLES: [&[Role]; 3] = [
    &[
        Role::Admin,
        Role::ProjectManager,
        Role::HumanResource,
        Role::TeamMember,
        Role::TeamMember,
        Role::Client,
        Role::Viewer,
        Role::QaEngineer,
        Role::AccountManager,
    ],
    &[Role::Admin, Role::TeamMember, Role::Client, Role::Tester],
    &[Role::ProjectManager, Role::TeamMember],
];
const PROJECTS: [usize; 3] = [5, 2, 1];
const TASKS: usize = 11;
const STATUSES: [&str; 6] = ["backlog", "todo", "in_progress", "done", "cancelled", "no_such_column"];
const RANKS: [&str; 6] = ["A", "V", "Vz", "b", "z9", "0001"];
const TEXTS: [&str; 8] = [
    "",
    "Write the text",
    "Crème brûlée, ÜBER-fein!",
    "Zoë \"Zed\" \\ 👩‍🚀",
    "שלום\r\n\tעולם 100 % \u{202e}",
    "a\u{0}b\u{1f}c\u{7f}d\u{2028}e\u{ffff}",
    "</script><!-- ' & -->",
    "web web2 WEBSITE Straße ﬁn",
];

impl World {
    /// The world of these dice.
    pub fn new(dice: &mut StdRng) -> World {
        let mut maker = Maker::new(dice);
        for (home, roles) in ROLES.iter().enumerate() {
            maker.people(home, roles);
        }
        for (home, count) in PROJECTS.into_iter().enumerate() {
            for number in 1..=count {
                maker.project(home, number);
            }
        }
        maker.lost();
        World {
            people: maker.sessions(),
            entities: maker.all,
            organizations: maker.organizations,
        }
    }

    /// All that the store holds, as the oracle takes it.
    pub async fn dump(store: &Store, now: Timestamp, to: &Path) {
        let mut entities = serde_json::Map::new();
        for kind in Kind::ALL {
            let ids = store.ids(*kind, &Filter::everything(), 100_000).await.unwrap();
            let found = store.get_many(*kind, &ids).await.unwrap();
            let found: Vec<Value> = found.iter().map(|any| serde_json::to_value(any).unwrap()).collect();
            entities.insert(kind.name().into(), found.into());
        }
        let dump = json!({ "now": now, "entities": entities });
        std::fs::write(to, dump.to_string()).unwrap();
    }
}

/// Makes entities with ids that depend on the dice alone.
struct Maker<'d> {
    dice: &'d mut StdRng,
    count: u32,
    process: [u8; 5],
    organizations: Vec<Id>,
    users: Vec<Vec<User>>,
    /// Of people, whose pictures may be wrongly pointed at too.
    pictures: Vec<Id>,
    /// Of all organisations.
    roles: Vec<Id>,
    projects: Vec<(usize, Project)>,
    all: Vec<AnyEntity>,
}

impl Maker<'_> {
    fn new(dice: &mut StdRng) -> Maker<'_> {
        Maker {
            process: dice.random(),
            dice,
            count: 0,
            organizations: Vec::new(),
            users: Vec::new(),
            pictures: Vec::new(),
            roles: Vec::new(),
            projects: Vec::new(),
            all: Vec::new(),
        }
    }

    fn id(&mut self) -> Id {
        self.count += 1;
        Id::from_parts(NOON, self.process, self.count)
    }

    fn flip(&mut self, chance: f64) -> bool {
        self.dice.random_bool(chance)
    }

    fn text(&mut self) -> String {
        (*TEXTS.choose(self.dice).unwrap()).to_owned()
    }

    /// One of few moments, so that many agree.
    fn moment(&mut self) -> Timestamp {
        after_noon(self.dice.random_range(-6..=6) * 1_800)
    }

    fn sometimes<T>(&mut self, chance: f64, make: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.flip(chance).then(|| make(self))
    }

    /// Somebody of this organisation; seldom of another, or somebody who is gone.
    fn somebody(&mut self, home: usize) -> Id {
        let home = if self.flip(0.05) {
            (home + 1) % ROLES.len()
        } else {
            home
        };
        if self.flip(0.05) {
            return self.id();
        }
        self.users[home].choose(self.dice).unwrap().id
    }

    fn several(&mut self, home: usize, most: usize) -> Vec<Id> {
        let count = self.dice.random_range(0..=most);
        let mut several: Vec<Id> = (0..count).map(|_| self.somebody(home)).collect();
        several.sort_unstable();
        several.dedup();
        several
    }

    /// A file on a task; seldom one that is gone.
    fn attachment(&mut self, task: &Task) -> Id {
        let id = self.id();
        if self.flip(0.1) {
            return id;
        }
        let name = (*["plan.pdf", "Über uns (2).txt", "a'b~c!.csv"]
            .choose(self.dice)
            .unwrap())
        .to_owned();
        let mut asset = Asset {
            id,
            name,
            file: Some(format!("files/aa/{id}.txt")),
            created_at: self.moment(),
            ..sample::attachment(task, task.created_by)
        };
        asset.refresh();
        self.all.push(asset.into());
        id
    }

    fn project(&mut self, home: usize, number: usize) {
        let creator = self.users[home].choose(self.dice).unwrap().clone();
        let project_roles = self
            .several(home, 2)
            .into_iter()
            .map(|user| self.role(user))
            .collect::<Vec<_>>();
        let mut team_members = self.several(home, 4);
        team_members.extend(project_roles.iter().map(|entry| entry.user));
        team_members.dedup();
        let mut project = Project {
            id: self.id(),
            version: self.dice.random_range(1..9),
            number: i64::try_from(number).unwrap(),
            name: self.text(),
            description: self.text(),
            status: *[ProjectStatus::Active, ProjectStatus::OnHold, ProjectStatus::Draft]
                .choose(self.dice)
                .unwrap(),
            priority: self.priority(),
            created_by: if self.flip(0.15) { self.id() } else { creator.id },
            client: self.sometimes(0.6, |maker| maker.somebody(home)),
            project_roles,
            team_members,
            tags: self.labels(),
            start_date: self.sometimes(0.5, Maker::moment),
            end_date: self.sometimes(0.5, Maker::moment),
            budget: self.sometimes(0.7, Maker::budget),
            is_archived: self.flip(0.15),
            created_at: self.moment(),
            updated_at: self.moment(),
            ..sample::project(&creator)
        };
        project.board_columns.truncate(self.dice.random_range(3..=7));
        project.refresh();
        for number in 1..=TASKS {
            self.task(home, &project, number);
        }
        self.all.push(project.clone().into());
        self.projects.push((home, project));
    }

    fn role(&mut self, user: Id) -> ProjectRoleEntry {
        let roles = [
            ProjectRole::ProjectManager,
            ProjectRole::ProjectMember,
            ProjectRole::ProjectViewer,
            ProjectRole::ProjectClient,
        ];
        let role = *roles.choose(self.dice).unwrap();
        ProjectRoleEntry { user, role }
    }

    fn budget(&mut self) -> Budget {
        Budget {
            total: self.dice.random_range(0..=9_007_199_254_740_991),
            spent: self.dice.random_range(0..100_000),
            currency: "EUR".into(),
        }
    }

    fn priority(&mut self) -> Priority {
        Priority::from(self.dice.random_range(0..4))
    }

    fn labels(&mut self) -> Vec<String> {
        let count = self.dice.random_range(0..=3);
        (0..count).map(|_| self.text()).collect()
    }

    fn task(&mut self, home: usize, project: &Project, number: usize) {
        let parents: Vec<Id> = self.tasks().map(|task| task.id).collect();
        let mut task = Task {
            id: self.id(),
            version: self.dice.random_range(1..9),
            number: i64::try_from(number).unwrap(),
            display_id: format!("{}.{number}", project.number),
            // Of projects that aren't there.
            former_display_ids: self
                .sometimes(0.3, |_| format!("{}.{number}", project.number + 5))
                .into_iter()
                .collect(),
            title: self.text(),
            description: self.text(),
            status: (*STATUSES.choose(self.dice).unwrap()).into(),
            priority: self.priority(),
            task_type: *[TaskType::Bug, TaskType::Task, TaskType::Subtask]
                .choose(self.dice)
                .unwrap(),
            created_by: self.somebody(home),
            assigned_to: self.several(home, 3),
            parent: self.sometimes(0.5, |maker| parents.choose(maker.dice).copied().unwrap_or(project.id)),
            dependencies: self.before(&parents, project),
            labels: self.labels(),
            story_points: self.sometimes(0.5, |maker| maker.dice.random_range(-3..1_000)),
            estimated_minutes: self.sometimes(0.5, |maker| maker.dice.random()),
            start_date: self.sometimes(0.3, Maker::moment),
            due_date: self.sometimes(0.7, Maker::moment),
            completed_at: self.sometimes(0.2, Maker::moment),
            rank: Rank::parse(RANKS.choose(self.dice).unwrap()).unwrap(),
            is_archived: self.flip(0.15),
            created_at: self.moment(),
            updated_at: self.moment(),
            ..sample::task(project)
        };
        task.attachments = (0..self.dice.random_range(0..=2))
            .map(|_| self.attachment(&task))
            .collect();
        task.refresh();
        for _ in 0..self.dice.random_range(0..=3) {
            self.comment(home, &task);
        }
        self.all.push(task.into());
    }

    /// What a task depends on: others of any organisation, or what is no task at all.
    fn before(&mut self, tasks: &[Id], project: &Project) -> Vec<Id> {
        let count = self.dice.random_range(0..=3);
        (0..count)
            .map(|_| *tasks.choose(self.dice).unwrap_or(&project.id))
            .collect()
    }

    fn tasks(&self) -> impl Iterator<Item = &Task> {
        self.all.iter().filter_map(|any| match any {
            AnyEntity::Task(task) => Some(&**task),
            _ => None,
        })
    }

    fn comment(&mut self, home: usize, task: &Task) {
        let author = self.somebody(home);
        let mut comment = Comment {
            id: self.id(),
            version: self.dice.random_range(1..9),
            body: self.text(),
            edited_at: self.sometimes(0.3, Maker::moment),
            parent: self.last_comment(),
            mentions: self.several(home, 2),
            created_at: self.moment(),
            updated_at: self.moment(),
            ..sample::comment(task, author)
        };
        comment.refresh();
        self.all.push(comment.into());
    }

    /// What may be answered: mostly said of another task, as no client could.
    fn last_comment(&mut self) -> Option<Id> {
        let last = self.all.iter().rev().find(|any| matches!(any, AnyEntity::Comment(_)));
        last.map(|any| any.reference().id)
            .filter(|_| self.dice.random_bool(0.4))
    }

    /// What hangs in the air: tasks of a project that is gone or another organisation's, comments on a task that is gone,
    /// and on one that is in another project than they say.
    fn lost(&mut self) {
        for (home, project) in self.projects.clone() {
            let (gone, abroad) = (self.id(), self.organizations[(home + 1) % ROLES.len()]);
            let nowhere = Project {
                id: gone,
                ..project.clone()
            };
            self.task(home, &nowhere, TASKS + 1);
            let foreign = Project {
                organization: abroad,
                ..project.clone()
            };
            self.task(home, &foreign, TASKS + 2);
            let known = sample::task(&project);
            self.comment(
                home,
                &Task {
                    id: gone,
                    ..known.clone()
                },
            );
            let tasks: Vec<Id> = self
                .tasks()
                .filter(|task| task.project == project.id)
                .map(|task| task.id)
                .collect();
            let id = *tasks.choose(self.dice).unwrap();
            self.comment(
                home,
                &Task {
                    id,
                    project: gone,
                    ..known
                },
            );
        }
    }
}
