//! Plain documents for tests and benches that need some, with nothing in them that matters but what is asked for.

use kanvaro::model::{BoardColumn, Id, Priority, Project, ProjectStatus, Rank, Role, Task, TaskType, Timestamp, User};

/// What every password hash in here begins with: it must never be seen outside the store.
pub const HASH: &str = "$argon2id$secret";

const THEN: Timestamp = Timestamp::from_millis(1_760_000_000_000);

/// An id that nothing else has.
pub fn id() -> Id {
    Id::from_bytes(rand::random())
}

/// A user.
pub fn user(organization: Id) -> User {
    let id = id();
    User {
        id,
        organization,
        version: 0,
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        email: format!("{id}@example.com"),
        password_hash: format!("{HASH}${id}"),
        role: Role::TeamMember,
        is_active: true,
        timezone: "UTC".into(),
        language: "en".into(),
        currency: "EUR".into(),
        last_login_at: None,
        search_terms: vec!["ada".into(), "lovelace".into()],
        created_at: THEN,
        updated_at: THEN,
    }
}

/// The project with this number of the organisation.
pub fn project(organization: Id, number: i64, created_by: Id) -> Project {
    Project {
        id: id(),
        organization,
        version: 0,
        number,
        name: format!("Project {number}"),
        description: "What is to be done".into(),
        status: ProjectStatus::Active,
        priority: Priority::Medium,
        created_by,
        client: None,
        team_members: Vec::new(),
        project_roles: Vec::new(),
        start_date: None,
        end_date: None,
        tags: Vec::new(),
        board_columns: BoardColumn::standard(),
        budget: None,
        is_archived: false,
        search_terms: vec!["project".into()],
        created_at: THEN,
        updated_at: THEN,
    }
}

/// The task with this number of a project.
pub fn task(project: &Project, number: i64, assigned_to: Vec<Id>) -> Task {
    Task {
        id: id(),
        organization: project.organization,
        version: 0,
        project: project.id,
        number,
        display_id: format!("{}.{number}", project.number),
        title: format!("Task {number}"),
        description: "A few words on what is to be done, and why".into(),
        status: "todo".into(),
        priority: Priority::Medium,
        task_type: TaskType::Task,
        created_by: project.created_by,
        assigned_to,
        parent: None,
        labels: vec!["backend".into()],
        story_points: Some(3),
        estimated_minutes: None,
        actual_minutes: None,
        start_date: None,
        due_date: None,
        due_sort: Timestamp::MAX,
        completed_at: None,
        rank: Rank::default(),
        is_archived: false,
        search_terms: vec!["task".into()],
        created_at: THEN,
        updated_at: THEN,
    }
}
