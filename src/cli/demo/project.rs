//! The projects of an organisation.

use super::dice::Dice;
use super::make::DAY;
use super::mint::Mint;
use super::text::{Texts, parts};
use crate::model::{
    BoardColumn, Budget, Id, Organization, Priority, Project, ProjectRole, ProjectRoleEntry, ProjectStatus, Role,
    Timestamp, User,
};

/// A project, not yet stored, and what its tasks are about.
pub struct Setting {
    /// The project.
    pub project: Project,
    /// The heading of its texts.
    pub theme: &'static str,
    /// Who may be given its tasks.
    pub team: Vec<Id>,
}

/// The states of the first projects of an organisation.
const FIRST: [ProjectStatus; 8] = [
    ProjectStatus::Active,
    ProjectStatus::Active,
    ProjectStatus::Planning,
    ProjectStatus::Active,
    ProjectStatus::OnHold,
    ProjectStatus::Completed,
    ProjectStatus::Draft,
    ProjectStatus::Cancelled,
];

/// How the states of the others are spread.
const LATER: [(ProjectStatus, usize); 6] = [
    (ProjectStatus::Active, 50),
    (ProjectStatus::Completed, 20),
    (ProjectStatus::Planning, 12),
    (ProjectStatus::OnHold, 8),
    (ProjectStatus::Cancelled, 6),
    (ProjectStatus::Draft, 4),
];

/// How urgent things are.
pub const PRIORITIES: [(Priority, usize); 4] = [
    (Priority::Medium, 50),
    (Priority::Low, 22),
    (Priority::High, 22),
    (Priority::Critical, 6),
];

/// The project with this index, counted from 0, and this number.
pub fn project(
    of: &Organization,
    users: &[User],
    (index, number): (usize, i64),
    texts: &Texts,
    today: Timestamp,
    mint: &mut Mint,
    dice: &mut Dice,
) -> Setting {
    let (theme, [name, description, tags]) = subject(texts, index);
    let status = FIRST.get(index).copied().unwrap_or_else(|| dice.weighted(&LATER));
    let (start, end) = dates(status, today, dice);
    let created_at = start
        .minus(DAY * 12)
        .max(of.created_at.plus(DAY * 2))
        .min(today.minus(DAY));
    let staff = Staff::choose(users, dice);
    let total = dice.between(15, 250) * 100_000;
    let ended = matches!(status, ProjectStatus::Completed | ProjectStatus::Cancelled);
    let mut project = Project {
        id: mint.id(created_at),
        organization: of.id,
        version: 1,
        number,
        name: round_name(name, index, texts),
        description: description.to_owned(),
        status,
        priority: dice.weighted(&PRIORITIES),
        created_by: staff.lead,
        client: staff.client,
        team_members: staff.team.clone(),
        project_roles: staff.roles,
        start_date: Some(start),
        end_date: Some(end),
        tags: tags.split(',').map(|tag| tag.trim().to_owned()).collect(),
        board_columns: board(index),
        budget: dice.chance(80).then(|| Budget {
            total,
            spent: total * spent_percent(status, dice) / 100,
            currency: of.currency.clone(),
        }),
        is_archived: ended && (index == 7 || index > 7 && dice.chance(40)),
        cover: None,
        search_terms: Vec::new(),
        created_at,
        updated_at: end.min(today.minus(DAY)).max(created_at),
    };
    project.refresh();
    let mut team = staff.workers;
    team.push(staff.lead);
    Setting { project, theme, team }
}

/// The people of a project.
struct Staff {
    lead: Id,
    client: Option<Id>,
    team: Vec<Id>,
    workers: Vec<Id>,
    roles: Vec<ProjectRoleEntry>,
}

impl Staff {
    fn choose(users: &[User], dice: &mut Dice) -> Staff {
        let of = |roles: &[Role]| -> Vec<Id> {
            let fitting = users.iter().filter(|user| user.is_active && roles.contains(&user.role));
            fitting.map(|user| user.id).collect()
        };
        let leads = of(&[Role::ProjectManager]);
        let lead = if leads.is_empty() {
            users[0].id
        } else {
            dice.pick(&leads)
        };
        let clients = of(&[Role::Client]);
        let client = (!clients.is_empty() && dice.chance(70)).then(|| dice.pick(&clients));
        let size = dice.below(6) + 3;
        let mut workers = dice.some(&of(&[Role::TeamMember, Role::QaEngineer, Role::Tester]), size);
        workers.retain(|worker| *worker != lead);
        let viewers = dice.some(&of(&[Role::Viewer]), 1);
        let mut roles: Vec<ProjectRoleEntry> = viewers
            .iter()
            .map(|user| entry(*user, ProjectRole::ProjectViewer))
            .collect();
        if let Some(deputy) = workers.first().filter(|_| dice.chance(30)) {
            roles.push(entry(*deputy, ProjectRole::ProjectManager));
        }
        Staff {
            lead,
            client,
            team: workers.iter().chain(&viewers).copied().collect(),
            workers,
            roles,
        }
    }
}

fn entry(user: Id, role: ProjectRole) -> ProjectRoleEntry {
    ProjectRoleEntry { user, role }
}

/// Themes take turns, and so do the projects of a theme.
fn subject(texts: &Texts, index: usize) -> (&'static str, [&'static str; 3]) {
    let themes = texts.projects.names();
    let theme = themes[index % themes.len()];
    let lines = texts.projects.get(theme);
    (theme, parts(lines[index / themes.len() % lines.len()]))
}

/// When all projects of the texts have had their turn, the next round bears a number.
fn round_name(name: &str, index: usize, texts: &Texts) -> String {
    let themes = texts.projects.names();
    let lines = texts.projects.get(themes[index % themes.len()]).len();
    match index / themes.len() / lines {
        0 => name.to_owned(),
        round => format!("{name}, phase {}", round + 1),
    }
}

/// Not every team has a column for testing.
fn board(index: usize) -> Vec<BoardColumn> {
    let mut columns = BoardColumn::standard();
    if index % 4 == 3 {
        columns.retain(|column| column.key != "testing");
    }
    columns
}

fn dates(status: ProjectStatus, today: Timestamp, dice: &mut Dice) -> (Timestamp, Timestamp) {
    let (start, length) = match status {
        ProjectStatus::Draft | ProjectStatus::Planning => (dice.between(-45, -7), dice.between(90, 240)),
        ProjectStatus::Active => (dice.between(40, 220), dice.between(200, 330)),
        ProjectStatus::OnHold => (dice.between(100, 250), dice.between(180, 330)),
        ProjectStatus::Completed | ProjectStatus::Cancelled => (dice.between(250, 380), dice.between(90, 240)),
    };
    let start = days(today, -start);
    (start, days(start, length))
}

/// A time this many days later, or earlier when it is negative.
pub fn days(from: Timestamp, count: i64) -> Timestamp {
    Timestamp::from_millis(from.millis() + count * 86_400_000)
}

fn spent_percent(status: ProjectStatus, dice: &mut Dice) -> i64 {
    match status {
        ProjectStatus::Draft => 0,
        ProjectStatus::Planning => dice.between(0, 5),
        ProjectStatus::Active | ProjectStatus::OnHold => dice.between(15, 90),
        ProjectStatus::Completed => dice.between(85, 115),
        ProjectStatus::Cancelled => dice.between(20, 60),
    }
}
