//! `kanvaro import --from-app`: documents of the shapes that the existing app has written, read from a real MongoDB.

use std::path::PathBuf;
use std::sync::Arc;

use bson::oid::ObjectId;
use bson::{DateTime, Document, doc};
use kanvaro::app::App;
use kanvaro::config::Config;
use kanvaro::model::{
    AnyEntity, Comment, CustomRole, Entity, Filter, Id, Money, Preferences, Priority, Project, Role, Task, Theme,
    TimeFormat, User,
};
use kanvaro::service::{project_counter, task_counter};
use tokio::task::block_in_place;

use crate::mongo::Scratch;
use crate::support::process::{Ended, Place};
use crate::transfer::body;

/// The ids of what the app holds.
struct Ids {
    organization: ObjectId,
    ada: ObjectId,
    bo: ObjectId,
    role: ObjectId,
    project: ObjectId,
    task: ObjectId,
}

fn at(day: i64) -> DateTime {
    DateTime::from_millis(1_767_268_800_000 + day * 86_400_000)
}

fn id(of: ObjectId) -> Id {
    Id::from_bytes(of.bytes())
}

/// The app's database with a little of everything.
async fn app_data() -> (Scratch, Ids) {
    let scratch = Scratch::bare().await;
    let new = ObjectId::new;
    let ids = Ids {
        organization: new(),
        ada: new(),
        bo: new(),
        role: new(),
        project: new(),
        task: new(),
    };
    people(&scratch, &ids).await;
    custom_roles(&scratch, &ids).await;
    projects(&scratch, &ids).await;
    tasks(&scratch, &ids).await;
    insert(&scratch, "sprints", vec![doc! { "name": "Sprint 1" }]).await;
    (scratch, ids)
}

async fn insert(scratch: &Scratch, collection: &str, documents: Vec<Document>) {
    let collection = scratch.database.collection::<Document>(collection);
    collection.insert_many(documents).await.unwrap();
}

async fn people(scratch: &Scratch, ids: &Ids) {
    let organization = doc! {
        "_id": ids.organization, "name": "Brightwater", "timezone": "Europe/Vienna", "currency": "EUR",
        "emailConfig": { "smtp": { "password": "geheim" } }, "createdAt": at(0), "__v": 0,
    };
    insert(scratch, "organizations", vec![organization]).await;
    let user = |id, email: &str, role: &str| {
        doc! {
            "_id": id, "firstName": "Ada", "lastName": "Lovelace", "email": email, "role": role,
            "password": "$2a$12$abcdefghijklmnopqrstuuK", "organization": ids.organization, "createdAt": at(0),
        }
    };
    let mut nowhere = user(ObjectId::new(), "nowhere@a.example", "viewer");
    nowhere.insert("organization", ObjectId::new());
    let mut bo = user(ids.bo, "bo@a.example", "Scrum Master");
    bo.insert("customRole", ids.role);
    bo.extend(doc! {
        "hourlyRate": 42.5, "billingRate": 1e12, "currency": "eur",
        "preferences": {
            "theme": "dark", "sidebarCollapsed": true, "dateFormat": "D MMM YY", "timeFormat": "24h",
            "notifications": { "email": true },
        },
    });
    let mut ada = user(ids.ada, "Ada@A.example", "admin");
    ada.insert("customRole", ObjectId::new());
    ada.extend(doc! { "hourlyRate": 5_000, "billingRate": 9_000.4, "currency": "JPY" });
    let users = vec![ada, bo, user(ObjectId::new(), "ADA@a.example", "viewer"), nowhere];
    insert(scratch, "users", users).await;
}

async fn custom_roles(scratch: &Scratch, ids: &Ids) {
    let role = |id, name: &str, active: bool| {
        doc! {
            "_id": id, "name": name, "organization": ids.organization, "isActive": active,
            "permissions": ["task:create", "sprint:plan", "task:create", "project:view_all"],
        }
    };
    let mut nowhere = role(ObjectId::new(), "Auditor", true);
    nowhere.insert("organization", ObjectId::new());
    let roles = vec![
        role(ids.role, "Auditor", true),
        role(ObjectId::new(), "Auditor", true),
        role(ObjectId::new(), "Retired", false),
        nowhere,
    ];
    insert(scratch, "customroles", roles).await;
}

async fn projects(scratch: &Scratch, ids: &Ids) {
    let project = doc! {
        "_id": ids.project, "name": "Harbour", "status": "active", "priority": "high", "projectNumber": 7,
        "organization": ids.organization, "createdBy": ids.ada, "startDate": at(1), "archived": false,
        "teamMembers": [{ "memberId": ids.bo, "hourlyRate": 80.5 }, { "memberId": ObjectId::new() }],
        "projectRoles": [{ "user": ids.bo, "role": "project_qa_lead", "assignedBy": ids.ada }],
        "budget": { "total": 1999.99, "spent": 12.5, "currency": "EUR" },
        "tags": ["water", "water", " ships "], "createdAt": at(1), "updatedAt": at(2),
    };
    let orphan = doc! { "_id": ObjectId::new(), "name": "Orphan", "organization": ObjectId::new() };
    insert(scratch, "projects", vec![project, orphan]).await;
}

async fn tasks(scratch: &Scratch, ids: &Ids) {
    let task = |id, title: &str, status: &str, number: i32| {
        doc! {
            "_id": id, "title": title, "status": status, "taskNumber": number, "project": ids.project,
            "organization": ids.organization, "createdBy": ids.ada, "priority": "urgent", "type": "bug", "position": 2,
            "createdAt": at(3), "updatedAt": at(4),
        }
    };
    let mut first = task(ids.task, "Dredge the basin", "In Progress", 41);
    first.extend(doc! {
        "assignedTo": [{ "user": ids.bo, "firstName": "Bo" }, { "user": ObjectId::new() }],
        "position": 1, "estimatedHours": 1.5, "labels": ["mud"], "sprint": ObjectId::new(), "dueDate": at(9),
        "subtasks": [{ "title": "Measure it", "status": "todo", "isCompleted": true }],
        "comments": [
            { "content": "It is deep.", "author": ids.bo, "createdAt": at(4), "updatedAt": at(5) },
            { "author": ids.bo },
        ],
    });
    let lost = doc! { "_id": ObjectId::new(), "title": "Lost", "project": ObjectId::new() };
    let all = vec![
        task(ObjectId::new(), "Ask the mayor", "Waiting for customer", 41),
        first,
        task(ObjectId::new(), "Celebrate", "completed", 3),
        lost,
    ];
    insert(scratch, "tasks", all).await;
}

fn import(place: &Place, scratch: &Scratch) -> Ended {
    block_in_place(|| place.run(&["import", "--from-app", &scratch.uri()]))
}

async fn open(data: PathBuf) -> App {
    let config = Config {
        data,
        ..Config::default()
    };
    App::start(config).await.unwrap()
}

async fn all<E: Entity>(app: &App) -> Vec<Arc<E>>
where
    Arc<E>: TryFrom<AnyEntity>,
{
    let ids = app.store.ids(E::KIND, &Filter::everything(), 1_000).await.unwrap();
    let found = app.store.get_many(E::KIND, &ids).await.unwrap();
    found.into_iter().filter_map(|any| any.try_into().ok()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_app_lacks_is_defaulted_and_told() {
    let (scratch, _) = app_data().await;
    let ended = import(&Place::new(), &scratch);
    assert_eq!(ended.code, 0, "{}", ended.err);
    for said in [
        "organizations  read 1, imported 1, already there 0, refused 0",
        "users          read 4, imported 2, already there 0, refused 2",
        "customroles    read 4, imported 1, already there 0, refused 3",
        "customroles: permission \"sprint:plan\" (1)",
        "users: customRole that isn't there (1)",
        "its name is another custom role's",
        "it isn't active",
        "projects       read 2, imported 1, already there 0, refused 1",
        "tasks          read 4, imported 4, already there 0, refused 1",
        "comments       read 2, imported 1, already there 0, refused 1",
        "organizations: emailConfig (1)",
        "users: role \"Scrum Master\" is team_member (1)",
        "users: hourlyRate is in minor units of the user's currency (2)",
        "users: billingRate is in minor units of the user's currency (1)",
        "users: billingRate that is no amount of a currency (1)",
        "users: preferences.dateFormat \"D MMM YY\" is as it is for everybody (1)",
        "users: preferences.notifications (1)",
        "users: the password: give them a new one (kanvaro user password EMAIL) (2)",
        "projects: project role \"project_qa_lead\" is project_member (1)",
        "projects: status \"Waiting for customer\" of tasks is a column of its own (1)",
        "tasks: status \"In Progress\" is in_progress (1)",
        "tasks: number is the next free one (1)",
        "tasks: sprint (1)",
        "its email is another user's (case doesn't count)",
        "its project isn't there",
        "it has no text or nobody who said it",
        "  sprints (1)",
    ] {
        assert!(ended.out.contains(said), "{said}:\n{}", ended.out);
    }
    assert!(!ended.out.contains("geheim"), "{}", ended.out);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_in_is_as_the_product_has_it() {
    let (scratch, ids) = app_data().await;
    let place = Place::new();
    assert_eq!(import(&place, &scratch).code, 0);
    let app = open(place.data()).await;

    let bo = app.store.get::<User>(id(ids.bo)).await.unwrap().unwrap();
    assert_eq!(
        (bo.role, bo.version, bo.password_hash.as_str()),
        (Role::TeamMember, 1, "")
    );
    let role = app.store.get::<CustomRole>(id(ids.role)).await.unwrap().unwrap();
    assert_eq!((bo.custom_role, role.name.as_str()), (Some(role.id), "Auditor"));
    assert_eq!(role.permissions, ["task:create", "project:view_all"]);
    let ada = app.store.get::<User>(id(ids.ada)).await.unwrap().unwrap();
    assert_eq!((ada.email.as_str(), ada.role), ("ada@a.example", Role::Admin));

    let rate = |amount, currency: &str| {
        let currency = currency.to_owned();
        Some(Money { amount, currency })
    };
    assert_eq!(
        (bo.hourly_rate.clone(), bo.billing_rate.clone()),
        (rate(4_250, "EUR"), None)
    );
    assert_eq!(
        (ada.hourly_rate.clone(), ada.billing_rate.clone()),
        (rate(5_000, "JPY"), rate(9_000, "JPY"))
    );
    let expected = Preferences {
        theme: Theme::Dark,
        sidebar_collapsed: true,
        time_format: TimeFormat::Hours24,
        ..Preferences::default()
    };
    assert_eq!(
        (&bo.preferences, &ada.preferences),
        (&expected, &Preferences::default())
    );

    let project = app.store.get::<Project>(id(ids.project)).await.unwrap().unwrap();
    let budget = project.budget.clone().unwrap();
    assert_eq!(
        (budget.total, budget.spent, budget.currency.as_str()),
        (199_999, 1_250, "EUR")
    );
    assert_eq!((project.number, &project.team_members), (7, &vec![id(ids.bo)]));
    assert_eq!(project.tags, ["water", "ships"]);
    assert!(project.column("waiting_for_customer").is_some() && project.column("done").is_some());

    let task = app.store.get::<Task>(id(ids.task)).await.unwrap().unwrap();
    assert_eq!(
        (task.status.as_str(), task.display_id.as_str()),
        ("in_progress", "7.41")
    );
    assert_eq!(
        (&task.assigned_to, task.estimated_minutes),
        (&vec![id(ids.bo)], Some(90))
    );
    assert_eq!(
        (task.priority, task.labels.as_slice()),
        (Priority::Critical, &["mud".to_owned()][..])
    );
    assert!(
        task.search_terms.contains(&"dredge".to_owned()),
        "{:?}",
        task.search_terms
    );
    let mut tasks = all::<Task>(&app).await;
    tasks.sort_by(|one, other| one.rank.cmp(&other.rank));
    let told: Vec<_> = tasks
        .iter()
        .map(|task| (task.title.as_str(), task.parent.is_some()))
        .collect();
    assert_eq!(told[..2], [("Dredge the basin", false), ("Measure it", true)]);
    let mut numbers: Vec<i64> = tasks.iter().map(|task| task.number).collect();
    numbers.sort_unstable();
    numbers.dedup();
    assert_eq!(numbers.len(), 4, "each has a number of its own: {told:?}");
    let celebrate = tasks.iter().find(|task| task.title == "Celebrate").unwrap();
    assert_eq!(
        (celebrate.status.as_str(), celebrate.completed_at.is_some()),
        ("done", true)
    );

    let comments = all::<Comment>(&app).await;
    assert_eq!((comments.len(), comments[0].body.as_str()), (1, "It is deep."));
    assert!(
        comments[0].search_terms.contains(&"deep".to_owned()),
        "it is found by its words"
    );

    let highest = numbers.last().unwrap();
    assert_eq!(
        app.store.reserve(&task_counter(project.id), 1).await.unwrap(),
        highest + 1
    );
    assert_eq!(
        app.store
            .reserve(&project_counter(id(ids.organization)), 1)
            .await
            .unwrap(),
        8
    );
    app.store.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_changes_nothing_and_leaves_what_was_edited() {
    let (scratch, ids) = app_data().await;
    let place = Place::new();
    assert_eq!(import(&place, &scratch).code, 0);
    let app = open(place.data()).await;
    let before = app.store.get::<Task>(id(ids.task)).await.unwrap().unwrap();
    let edited = Task {
        title: "Dredge it all".into(),
        ..Task::clone(&before)
    };
    app.store.update(&before, edited).await.unwrap();
    app.store.close().await;
    let exported = block_in_place(|| place.run(&["export"])).out;

    let again = import(&place, &scratch);
    for said in [
        "organizations  read 1, imported 0, already there 1, refused 0",
        "users          read 4, imported 0, already there 2, refused 2",
        "tasks          read 4, imported 0, already there 3, refused 1",
        "comments       read 2, imported 0, already there 1, refused 1",
    ] {
        assert!(again.out.contains(said), "{said}:\n{}{}", again.out, again.err);
    }
    assert_eq!(body(&block_in_place(|| place.run(&["export"])).out), body(&exported));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_apps_own_database_is_never_written() {
    let (scratch, _) = app_data().await;
    let place = Place::new().with("KANVARO_DATABASE", &scratch.uri());
    let ended = import(&place, &scratch);
    assert_eq!(ended.code, 1, "{}", ended.out);
    assert!(ended.err.contains("import into another one"), "{}", ended.err);
    let empty = Scratch::bare().await;
    let ended = import(&Place::new(), &empty);
    assert!(ended.err.contains("no collections of the app"), "{}", ended.err);
    let names = scratch.database.list_collection_names().await.unwrap();
    assert_eq!(names.len(), 6, "{names:?}");
}
