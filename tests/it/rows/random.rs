//! Entities that hold anything that their types can hold.

use kanvaro::model::{
    Asset, AssetKind, BoardColumn, Budget, Category, Comment, DateFormat, Id, Money, Organization, Picture,
    PictureVariant, Preferences, Priority, Project, ProjectRole, ProjectRoleEntry, ProjectStatus, Rank, Role, Session,
    Task, TaskType, Theme, TimeFormat, Timestamp, User,
};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn text() -> impl Strategy<Value = String> {
    let odd = [
        "",
        "null",
        "\"",
        "\\",
        "\u{0}\u{1f}\u{7f}",
        "\u{2028}\u{202e}",
        "👩‍🚀 שלום",
        "</script>",
    ];
    prop_oneof![select(odd.to_vec()).prop_map(str::to_owned), any::<String>()]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    vec(text(), 0..4)
}

fn id() -> impl Strategy<Value = Id> {
    any::<[u8; 12]>().prop_map(Id::from_bytes)
}

fn ids() -> impl Strategy<Value = Vec<Id>> {
    vec(id(), 0..4)
}

fn time() -> impl Strategy<Value = Timestamp> {
    let ours = Timestamp::MIN.millis()..=Timestamp::MAX.millis();
    prop_oneof![ours, -8_000_000_000_000_000..8_000_000_000_000_000_i64].prop_map(Timestamp::from_millis)
}

/// What all entities have: id, organisation, version, when made, when written.
fn common() -> impl Strategy<Value = (Id, Id, i64, Timestamp, Timestamp)> {
    (id(), id(), any::<i64>(), time(), time())
}

pub fn organizations() -> impl Strategy<Value = Organization> {
    let texts = (text(), option::of(text()), text(), text(), text());
    (common(), texts).prop_map(|((id, _, version, created_at, updated_at), texts)| {
        let (name, domain, timezone, currency, language) = texts;
        Organization {
            id,
            name,
            domain,
            timezone,
            currency,
            language,
            logo: None,
            version,
            created_at,
            updated_at,
        }
    })
}

fn money() -> impl Strategy<Value = Option<Money>> {
    option::of((any::<i64>(), text()).prop_map(|(amount, currency)| Money { amount, currency }))
}

fn preferences() -> impl Strategy<Value = Preferences> {
    let themes = select(vec![Theme::Light, Theme::Dark, Theme::System]);
    let dates = select(vec![DateFormat::MdySlash, DateFormat::DmyDot, DateFormat::YmdDash]);
    let times = select(vec![TimeFormat::Hours12, TimeFormat::Hours24]);
    (themes, any::<bool>(), dates, times).prop_map(|(theme, sidebar_collapsed, date_format, time_format)| Preferences {
        theme,
        sidebar_collapsed,
        date_format,
        time_format,
    })
}

pub fn users() -> impl Strategy<Value = User> {
    let roles = [Role::Admin, Role::HumanResource, Role::QaEngineer, Role::AccountManager];
    let rest = (select(roles.to_vec()), any::<bool>(), option::of(time()), texts());
    let more = (money(), money(), preferences());
    (common(), [(); 7].map(|()| text()), rest, more).prop_map(
        |((id, organization, version, created_at, updated_at), texts, rest, more)| {
            let [
                first_name,
                last_name,
                email,
                password_hash,
                timezone,
                language,
                currency,
            ] = texts;
            let (role, is_active, last_login_at, search_terms) = rest;
            let (hourly_rate, billing_rate, preferences) = more;
            User {
                id,
                first_name,
                last_name,
                email,
                role,
                custom_role: (!is_active).then_some(organization),
                is_active,
                timezone,
                language,
                currency,
                hourly_rate,
                billing_rate,
                last_login_at,
                organization,
                version,
                created_at,
                updated_at,
                avatar: is_active.then_some(id),
                preferences,
                password_hash,
                search_terms,
            }
        },
    )
}

fn columns() -> impl Strategy<Value = Vec<BoardColumn>> {
    let categories = [Category::Backlog, Category::Active, Category::Done, Category::Cancelled];
    let column = (text(), text(), text(), select(categories.to_vec()));
    let column = column.prop_map(|(key, title, color, category)| BoardColumn {
        key,
        title,
        color,
        category,
    });
    vec(column, 0..4)
}

fn budgets() -> impl Strategy<Value = Option<Budget>> {
    let budget = (any::<i64>(), any::<i64>(), text());
    option::of(budget.prop_map(|(total, spent, currency)| Budget { total, spent, currency }))
}

fn roles() -> impl Strategy<Value = Vec<ProjectRoleEntry>> {
    let roles = [
        ProjectRole::ProjectManager,
        ProjectRole::ProjectMember,
        ProjectRole::ProjectClient,
    ];
    vec(
        (id(), select(roles.to_vec())).prop_map(|(user, role)| ProjectRoleEntry { user, role }),
        0..4,
    )
}

pub fn projects() -> impl Strategy<Value = Project> {
    let people = (id(), option::of(id()), ids(), roles());
    let words = (text(), text(), texts(), texts());
    let rest = (
        columns(),
        budgets(),
        option::of(time()),
        option::of(time()),
        any::<bool>(),
        any::<i64>(),
    );
    let states = select(vec![ProjectStatus::Draft, ProjectStatus::OnHold]);
    let priorities = select(vec![Priority::Low, Priority::Critical]);
    (common(), people, words, rest, states, priorities).prop_map(|(common, people, words, rest, status, priority)| {
        let (id, organization, version, created_at, updated_at) = common;
        let (created_by, client, team_members, project_roles) = people;
        let (name, description, tags, search_terms) = words;
        let (board_columns, budget, start_date, end_date, is_archived, number) = rest;
        Project {
            id,
            number,
            name,
            description,
            status,
            priority,
            created_by,
            client,
            team_members,
            start_date,
            end_date,
            tags,
            board_columns,
            budget,
            is_archived,
            version,
            created_at,
            updated_at,
            organization,
            cover: client,
            project_roles,
            search_terms,
        }
    })
}

pub fn tasks() -> impl Strategy<Value = Task> {
    let points = (id(), id(), ids(), ids(), option::of(id()));
    let words = ([(); 4].map(|()| text()), texts(), texts());
    let numbers = [(); 3].map(|()| option::of(any::<i32>()));
    let times = ([(); 3].map(|()| option::of(time())), time());
    let rest = (any::<i64>(), any::<bool>(), any::<i64>());
    (common(), points, words, numbers, times, rest).prop_map(|(common, points, words, numbers, times, rest)| {
        let (id, organization, version, created_at, updated_at) = common;
        let (project, created_by, assigned_to, dependencies, parent) = points;
        let ([display_id, title, description, status], labels, search_terms) = words;
        let [story_points, estimated_minutes, actual_minutes] = numbers;
        let ([start_date, due_date, completed_at], due_sort) = times;
        let (number, is_archived, rank) = rest;
        Task {
            id,
            former_display_ids: vec![display_id.clone(), title.clone()],
            display_id,
            number,
            title,
            description,
            status,
            priority: Priority::from(rank),
            task_type: if is_archived { TaskType::Subtask } else { TaskType::Bug },
            project,
            created_by,
            assigned_to,
            parent,
            dependencies,
            labels,
            attachments: parent.into_iter().collect(),
            story_points,
            estimated_minutes,
            actual_minutes,
            start_date,
            due_date,
            completed_at,
            rank: Rank::default().distinct(rank),
            is_archived,
            version,
            created_at,
            updated_at,
            organization,
            due_sort,
            search_terms,
        }
    })
}

pub fn comments() -> impl Strategy<Value = Comment> {
    let rest = (
        text(),
        id(),
        id(),
        id(),
        option::of(time()),
        texts(),
        option::of(id()),
        ids(),
    );
    (common(), rest).prop_map(|((id, organization, version, created_at, updated_at), rest)| {
        let (body, author, task, project, edited_at, search_terms, parent, mentions) = rest;
        Comment {
            id,
            parent,
            mentions,
            search_terms,
            body,
            author,
            task,
            project,
            edited_at,
            version,
            created_at,
            updated_at,
            organization,
        }
    })
}

pub fn sessions() -> impl Strategy<Value = Session> {
    let rest = (id(), text(), text(), time(), time());
    (common(), rest).prop_map(|((id, organization, version, created_at, updated_at), rest)| {
        let (user_id, token_hash, user_agent, last_seen_at, expires_at) = rest;
        Session {
            id,
            organization,
            version,
            user_id,
            token_hash,
            user_agent,
            last_seen_at,
            expires_at,
            created_at,
            updated_at,
        }
    })
}

fn pictures() -> impl Strategy<Value = Picture> {
    let variant = (text(), text(), text(), any::<(i32, i32, i64)>());
    let variant = variant.prop_map(|(name, key, content_type, (width, height, bytes))| PictureVariant {
        name,
        width,
        height,
        bytes,
        content_type,
        key,
    });
    let rest = (any::<(i32, i32)>(), option::of(text()), vec(variant, 0..4));
    rest.prop_map(|((width, height), placeholder, variants)| Picture {
        width,
        height,
        placeholder,
        variants,
    })
}

pub fn assets() -> impl Strategy<Value = Asset> {
    let kinds = [
        AssetKind::Avatar,
        AssetKind::Cover,
        AssetKind::Logo,
        AssetKind::Attachment,
    ];
    let rest = (
        select(kinds.to_vec()),
        [(); 4].map(|()| text()),
        any::<i64>(),
        id(),
        id(),
        texts(),
    );
    let made = (option::of(pictures()), option::of(text()), option::of(id()));
    (common(), rest, made).prop_map(|((id, organization, version, created_at, updated_at), rest, made)| {
        let (kind, [name, content_type, sha256, _], bytes, owner, uploaded_by, keys) = rest;
        let (picture, file, project) = made;
        Asset {
            id,
            kind,
            name,
            content_type,
            bytes,
            uploaded_by,
            version,
            created_at,
            updated_at,
            organization,
            owner,
            picture,
            file,
            project,
            sha256,
            keys,
        }
    })
}
