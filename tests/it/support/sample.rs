//! Sample entities with sensible fields; a test changes what it is about: `Task { title, ..sample::task(&project) }`.
//! Ids are fresh, and so is what must be unique.

use std::sync::atomic::{AtomicI64, Ordering};

use kanvaro::model::{
    AnyEntity, Asset, AssetKind, BoardColumn, Budget, Category, Comment, CustomRole, DateFormat, Id, Invitation, Mail,
    Money, Organization, PasswordReset, Picture, PictureVariant, Preferences, Priority, Project, ProjectRole,
    ProjectRoleEntry, ProjectStatus, Rank, Role, Session, Task, TaskType, Theme, TimeFormat, Timestamp, Topic, User,
};

/// How long a write of a test may take.
pub const LIMIT: std::time::Duration = std::time::Duration::from_secs(10);

/// 2026-01-01T12:00:00Z: when every sample was made.
pub const NOON: Timestamp = Timestamp::from_millis(1_767_268_800_000);

/// So many seconds after `NOON`.
pub fn after_noon(seconds: i64) -> Timestamp {
    Timestamp::from_millis(NOON.millis() + seconds * 1_000)
}

/// An id that nothing has yet.
pub fn id() -> Id {
    Id::generate(NOON)
}

/// A number that no sample has yet.
pub fn number() -> i64 {
    static LAST: AtomicI64 = AtomicI64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed) + 1
}

pub fn organization() -> Organization {
    Organization {
        id: id(),
        version: 0,
        name: "Acme".into(),
        domain: None,
        timezone: "Europe/Berlin".into(),
        currency: "EUR".into(),
        language: "en".into(),
        logo: None,
        created_at: NOON,
        updated_at: NOON,
    }
}

/// A team member of this organisation.
pub fn user(organization: Id) -> User {
    let mut user = User {
        id: id(),
        organization,
        version: 0,
        first_name: "Ada".into(),
        last_name: "Lovelace".into(),
        email: format!("ada{}@acme.test", number()),
        password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$aGFzaA".into(),
        role: Role::TeamMember,
        custom_role: None,
        is_active: true,
        timezone: "UTC".into(),
        language: "en".into(),
        currency: "USD".into(),
        hourly_rate: None,
        billing_rate: None,
        last_login_at: None,
        avatar: None,
        preferences: Preferences::default(),
        search_terms: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    user.refresh();
    user
}

/// A role that this organisation has made, which gives the right to see all projects.
pub fn custom_role(organization: Id) -> CustomRole {
    CustomRole {
        id: id(),
        organization,
        version: 0,
        name: format!("Auditor {}", number()),
        permissions: vec!["project:view_all".into()],
        created_at: NOON,
        updated_at: NOON,
    }
}

/// An active project that this user has made.
pub fn project(creator: &User) -> Project {
    let mut project = Project {
        id: id(),
        organization: creator.organization,
        version: 0,
        number: number(),
        name: "Website".into(),
        description: String::new(),
        status: ProjectStatus::Active,
        priority: Priority::Medium,
        created_by: creator.id,
        client: None,
        team_members: Vec::new(),
        project_roles: Vec::new(),
        start_date: None,
        end_date: None,
        tags: Vec::new(),
        board_columns: BoardColumn::standard(),
        budget: None,
        is_archived: false,
        cover: None,
        search_terms: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    project.refresh();
    project
}

/// A task to do in this project, made by its creator, assigned to nobody.
pub fn task(project: &Project) -> Task {
    let number = number();
    let mut task = Task {
        id: id(),
        organization: project.organization,
        version: 0,
        project: project.id,
        number,
        display_id: format!("{}.{number}", project.number),
        former_display_ids: Vec::new(),
        title: "Write the text".into(),
        description: String::new(),
        status: "todo".into(),
        priority: Priority::Medium,
        task_type: TaskType::Task,
        created_by: project.created_by,
        assigned_to: Vec::new(),
        parent: None,
        labels: Vec::new(),
        dependencies: Vec::new(),
        attachments: Vec::new(),
        story_points: None,
        estimated_minutes: None,
        actual_minutes: None,
        start_date: None,
        due_date: None,
        due_sort: Timestamp::MAX,
        completed_at: None,
        rank: Rank::default(),
        is_archived: false,
        search_terms: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    task.refresh();
    task
}

/// What this user says of the task.
pub fn comment(task: &Task, author: Id) -> Comment {
    let mut comment = Comment {
        id: id(),
        organization: task.organization,
        version: 0,
        project: task.project,
        task: task.id,
        author,
        body: "Looks good.".into(),
        edited_at: None,
        parent: None,
        mentions: Vec::new(),
        search_terms: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    comment.refresh();
    comment
}

/// A session of this user that ends 30 days after `NOON`.
pub fn session(user: &User) -> Session {
    Session {
        id: id(),
        organization: user.organization,
        version: 0,
        user_id: user.id,
        token_hash: format!("{:064x}", number()),
        user_agent: "Firefox".into(),
        last_seen_at: NOON,
        expires_at: after_noon(30 * 86_400),
        created_at: NOON,
        updated_at: NOON,
    }
}

/// Somebody whom this user has asked to join, for seven days from `NOON`.
pub fn invitation(by: &User) -> Invitation {
    Invitation {
        id: id(),
        organization: by.organization,
        version: 0,
        email: format!("grace{}@acme.test", number()),
        role: Role::TeamMember,
        invited_by: by.id,
        token_hashes: vec![format!("{:064x}", number())],
        expires_at: after_noon(7 * 86_400),
        created_at: NOON,
        updated_at: NOON,
    }
}

/// A request of this user for a new password.
pub fn password_reset(user: &User) -> PasswordReset {
    PasswordReset {
        id: id(),
        organization: user.organization,
        version: 0,
        user_id: Some(user.id),
        token_hashes: vec![format!("{:064x}", number())],
        expires_at: after_noon(1_800),
        created_at: NOON,
        updated_at: NOON,
    }
}

/// The mail about it, which has been tried once.
pub fn mail(reset: &PasswordReset) -> Mail {
    Mail {
        id: id(),
        organization: reset.organization,
        version: 0,
        topic: Topic::PasswordReset,
        subject: reset.id,
        attempts: 1,
        due_at: after_noon(5),
        expires_at: reset.expires_at,
        created_at: NOON,
        updated_at: NOON,
    }
}

/// A text file that hangs on this task.
pub fn attachment(task: &Task, uploaded_by: Id) -> Asset {
    let mut asset = Asset {
        id: id(),
        organization: task.organization,
        version: 0,
        kind: AssetKind::Attachment,
        owner: task.id,
        project: Some(task.project),
        name: "notes.txt".into(),
        content_type: "text/plain".into(),
        bytes: 5,
        uploaded_by,
        picture: None,
        file: Some(format!("files/aa/{:062x}.txt", number())),
        sha256: "aa".repeat(32),
        keys: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    asset.refresh();
    asset
}

/// A picture of this user in some sizes.
pub fn avatar(user: &User) -> Asset {
    let variant = |name: &str, side: i32, format: &str| PictureVariant {
        name: name.into(),
        width: side,
        height: side,
        bytes: 1_000 + i64::from(side),
        content_type: format!("image/{format}"),
        key: format!("images/bb/{:062x}.{format}", number()),
    };
    let mut asset = Asset {
        id: id(),
        organization: user.organization,
        version: 0,
        kind: AssetKind::Avatar,
        owner: user.id,
        project: None,
        name: "me.jpg".into(),
        content_type: "image/jpeg".into(),
        bytes: 12_345,
        uploaded_by: user.id,
        picture: Some(Picture {
            width: 700,
            height: 700,
            placeholder: Some("3OcRJYB4d3h/iIeHeEh3eIhw+j2w".into()),
            variants: vec![
                variant("optimized", 600, "webp"),
                variant("thumbnail", 150, "jpeg"),
                variant("w320", 320, "webp"),
                variant("w640", 640, "webp"),
            ],
        }),
        file: None,
        sha256: "bb".repeat(32),
        keys: Vec::new(),
        created_at: NOON,
        updated_at: NOON,
    };
    asset.refresh();
    asset
}

/// One entity of every kind, with whatever is optional left out.
pub fn bare() -> Vec<AnyEntity> {
    let organization = organization();
    let user = user(organization.id);
    let project = project(&user);
    let task = task(&project);
    let reset = PasswordReset {
        user_id: None,
        token_hashes: Vec::new(),
        ..password_reset(&user)
    };
    let bare = Asset {
        project: None,
        file: None,
        keys: Vec::new(),
        sha256: String::new(),
        ..attachment(&task, user.id)
    };
    vec![
        bare.into(),
        comment(&task, user.id).into(),
        session(&user).into(),
        Invitation {
            token_hashes: Vec::new(),
            ..invitation(&user)
        }
        .into(),
        mail(&reset).into(),
        reset.into(),
        custom_role(organization.id).into(),
        organization.into(),
        user.into(),
        project.into(),
        task.into(),
    ]
}

/// One entity of every kind, with every field set to something of its own.
pub fn full() -> Vec<AnyEntity> {
    let organization = Organization {
        domain: Some("acme.test".into()),
        logo: Some(id()),
        ..organization()
    };
    let mut user = User {
        first_name: "Zoë \"Zed\" \\ 👩‍🚀".into(),
        role: Role::ProjectManager,
        custom_role: Some(id()),
        avatar: Some(id()),
        hourly_rate: Some(Money {
            amount: i64::MAX,
            currency: "JPY".into(),
        }),
        billing_rate: Some(Money {
            amount: -1,
            currency: "JPY".into(),
        }),
        preferences: Preferences {
            theme: Theme::Dark,
            sidebar_collapsed: true,
            date_format: DateFormat::YmdDash,
            time_format: TimeFormat::Hours24,
        },
        last_login_at: Some(after_noon(1)),
        ..user(organization.id)
    };
    user.refresh();
    let project = full_project(&user);
    let task = full_task(&project);
    let comment = Comment {
        body: "שלום\r\n\tעולם 100 % \u{202e}".into(),
        edited_at: Some(after_noon(7)),
        parent: Some(id()),
        mentions: vec![id(), id()],
        ..comment(&task, user.id)
    };
    let asset = Asset {
        project: Some(project.id),
        file: Some("files/cc/plan.pdf".into()),
        ..avatar(&user)
    };
    vec![
        asset.into(),
        comment.into(),
        session(&user).into(),
        invitation(&user).into(),
        mail(&password_reset(&user)).into(),
        password_reset(&user).into(),
        custom_role(organization.id).into(),
        organization.into(),
        user.into(),
        project.into(),
        task.into(),
    ]
}

fn full_project(creator: &User) -> Project {
    let member = id();
    let mut project = Project {
        description: "Relaunch".into(),
        status: ProjectStatus::OnHold,
        priority: Priority::Critical,
        client: Some(id()),
        team_members: vec![member, id()],
        project_roles: vec![ProjectRoleEntry {
            user: member,
            role: ProjectRole::ProjectViewer,
        }],
        start_date: Some(after_noon(2)),
        end_date: Some(after_noon(3)),
        tags: vec!["web".into(), "2026".into()],
        board_columns: vec![BoardColumn {
            key: "only".into(),
            title: "Only".into(),
            color: "#000000".into(),
            category: Category::Done,
        }],
        budget: Some(Budget {
            total: i64::MAX,
            spent: -1,
            currency: "JPY".into(),
        }),
        is_archived: true,
        cover: Some(id()),
        ..project(creator)
    };
    project.refresh();
    project
}

fn full_task(project: &Project) -> Task {
    let mut task = Task {
        description: "Down to the last line".into(),
        status: "only".into(),
        priority: Priority::High,
        task_type: TaskType::Bug,
        assigned_to: vec![id(), id()],
        parent: Some(id()),
        labels: vec!["näh".into()],
        dependencies: vec![id(), id()],
        attachments: vec![id(), id()],
        story_points: Some(i32::MIN),
        estimated_minutes: Some(90),
        actual_minutes: Some(0),
        start_date: Some(after_noon(4)),
        due_date: Some(after_noon(5)),
        completed_at: Some(after_noon(6)),
        rank: Rank::between(Some(&Rank::default()), None),
        is_archived: true,
        ..task(project)
    };
    task.refresh();
    task
}
