//! A walk over the table that operations are executed by: every type has a rule of who sees it, or is reached only from
//! what has one, which somebody has looked at. A type or a way to one without a line here fails.

use std::collections::{BTreeMap, BTreeSet};
use std::task::Poll;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{TypeKind, TypeSystemDefinition};
use kanvaro::execute::Env;
use kanvaro::graphql::{Scope, schema, table};
use kanvaro::model::{Kind, Row, User, Viewer};

use super::Asked;
use crate::support::sample;

/// The types of entities, each of which `graphql/guard.rs` has a rule for.
const ENTITIES: [&str; 9] = [
    "Asset",
    "Comment",
    "CustomRole",
    "Invitation",
    "Organization",
    "Project",
    "Session",
    "Task",
    "User",
];

/// All other types with the fields that lead to them, and why nothing else asks whether the viewer sees them.
const RULELESS: &[(&str, &[&str], &str)] = &[
    ("Board", &["Query.board"], "made of a project that was admitted"),
    (
        "BoardColumn",
        &["Board.columns", "Project.columns", "Task.column"],
        "embedded in a project that was admitted",
    ),
    ("Budget", &["Project.budget"], "that field has a rule of its own"),
    ("BulkTasksPayload", &[], "the service has let the viewer change them"),
    (
        "BulkTaskResult",
        &["BulkTasksPayload.results"],
        "made of a task that the service has found for the viewer",
    ),
    (
        "CommentConnection",
        &["Task.comments"],
        "its rows are admitted one by one",
    ),
    ("CommentEdge", &["CommentConnection.edges"], "made of an admitted row"),
    ("CommentPayload", &[], "the service has let the viewer change it"),
    ("CompleteUploadPayload", &[], "the service has let the viewer do it"),
    ("CreateUploadPayload", &[], "the service has let the viewer do it"),
    (
        "CustomRoleConnection",
        &["Query.customRoles"],
        "its rows are admitted one by one",
    ),
    (
        "CustomRoleEdge",
        &["CustomRoleConnection.edges"],
        "made of an admitted row",
    ),
    ("CustomRolePayload", &[], "the service has let the viewer change it"),
    (
        "DeleteCustomRolePayload",
        &[],
        "the service has let the viewer change it",
    ),
    (
        "DirectUpload",
        &["CreateUploadPayload.upload"],
        "made for the viewer alone",
    ),
    ("Dashboard", &["Query.dashboard"], "made for the viewer alone"),
    ("DeleteCommentPayload", &[], "the service has let the viewer change it"),
    (
        "DeleteInvitationPayload",
        &[],
        "the service has let the viewer change it",
    ),
    ("DeleteProjectPayload", &[], "the service has let the viewer change it"),
    ("DeleteTaskPayload", &[], "the service has let the viewer change it"),
    ("ChangePasswordPayload", &[], "about the viewer alone"),
    (
        "Image",
        &["Asset.image", "Organization.logo", "Project.cover", "User.avatar"],
        "embedded in an asset that was admitted",
    ),
    ("ImageVariant", &["Image.variants"], "embedded in a picture of one"),
    (
        "InvitationConnection",
        &["Query.invitations"],
        "its rows are admitted one by one",
    ),
    (
        "InvitationEdge",
        &["InvitationConnection.edges"],
        "made of an admitted row",
    ),
    ("InvitationPayload", &[], "the service has let the viewer change it"),
    ("LoginPayload", &[], "about the viewer alone"),
    ("LogoutEverywherePayload", &[], "about the viewer alone"),
    ("LogoutPayload", &[], "about the viewer alone"),
    (
        "Money",
        &[
            "Budget.remaining",
            "Budget.spent",
            "Budget.total",
            "User.billingRate",
            "User.hourlyRate",
        ],
        "embedded in a budget, or in a person by fields that have rules of their own",
    ),
    ("Mutation", &[], "the root"),
    (
        "Node",
        &["Query.node", "Query.nodes", "SearchConnection.nodes", "SearchEdge.node"],
        "its objects are entities",
    ),
    ("OrganizationPayload", &[], "the service has let the viewer change it"),
    (
        "PageInfo",
        &[
            "CommentConnection.pageInfo",
            "InvitationConnection.pageInfo",
            "CustomRoleConnection.pageInfo",
            "ProjectConnection.pageInfo",
            "SearchConnection.pageInfo",
            "SessionConnection.pageInfo",
            "TaskConnection.pageInfo",
            "UserConnection.pageInfo",
        ],
        "of a list that is narrowed to what the viewer sees",
    ),
    (
        "Preferences",
        &["Viewer.preferences"],
        "embedded in who is signed in, about whom alone it is",
    ),
    ("PreferencesPayload", &[], "about the viewer alone"),
    (
        "ProjectConnection",
        &["Query.projects"],
        "its rows are admitted one by one",
    ),
    ("ProjectEdge", &["ProjectConnection.edges"], "made of an admitted row"),
    ("ProjectMember", &["Project.roles"], "people are admitted one by one"),
    ("ProjectPayload", &[], "the service has let the viewer change it"),
    ("PurgeCachePayload", &[], "holds nothing of anybody"),
    ("Query", &[], "the root"),
    ("RequestPasswordResetPayload", &[], "holds nothing of anybody"),
    ("ResetPasswordPayload", &[], "holds nothing of anybody"),
    ("RevokeSessionPayload", &[], "about the viewer alone"),
    (
        "SessionConnection",
        &["Viewer.sessions"],
        "its rows are admitted one by one",
    ),
    ("SessionEdge", &["SessionConnection.edges"], "made of an admitted row"),
    (
        "SearchConnection",
        &["Query.search"],
        "its rows are admitted one by one",
    ),
    ("SearchEdge", &["SearchConnection.edges"], "made of an admitted row"),
    ("SearchFragment", &["SearchEdge.fragments"], "made of an admitted row"),
    ("SearchPart", &["SearchFragment.parts"], "a part of such a fragment"),
    (
        "TaskConnection",
        &["Project.tasks", "Query.tasks", "Task.subtasks"],
        "its rows are admitted one by one",
    ),
    ("TaskEdge", &["TaskConnection.edges"], "made of an admitted row"),
    ("TaskPayload", &[], "the service has let the viewer change it"),
    (
        "TaskCounts",
        &["Dashboard.all", "Dashboard.mine"],
        "counts of projects that were admitted one by one",
    ),
    (
        "TaskProgress",
        &["Project.progress", "Task.progress"],
        "counts of a project or of a task that was admitted",
    ),
    ("UserConnection", &["Query.users"], "its rows are admitted one by one"),
    ("UserEdge", &["UserConnection.edges"], "made of an admitted row"),
    (
        "UserError",
        &[
            "BulkTaskResult.userErrors",
            "BulkTasksPayload.userErrors",
            "ChangePasswordPayload.userErrors",
            "CommentPayload.userErrors",
            "CompleteUploadPayload.userErrors",
            "CreateUploadPayload.userErrors",
            "CustomRolePayload.userErrors",
            "DeleteCommentPayload.userErrors",
            "DeleteInvitationPayload.userErrors",
            "DeleteCustomRolePayload.userErrors",
            "DeleteProjectPayload.userErrors",
            "DeleteTaskPayload.userErrors",
            "InvitationPayload.userErrors",
            "LoginPayload.userErrors",
            "LogoutEverywherePayload.userErrors",
            "LogoutPayload.userErrors",
            "OrganizationPayload.userErrors",
            "PreferencesPayload.userErrors",
            "ProjectPayload.userErrors",
            "PurgeCachePayload.userErrors",
            "RequestPasswordResetPayload.userErrors",
            "ResetPasswordPayload.userErrors",
            "RevokeSessionPayload.userErrors",
            "TaskPayload.userErrors",
            "UserPayload.userErrors",
        ],
        "about the viewer's own input",
    ),
    ("UploadHeader", &["DirectUpload.headers"], "made for the viewer alone"),
    ("UserPayload", &[], "the service has let the viewer change them"),
    (
        "Viewer",
        &["PreferencesPayload.viewer", "Query.viewer"],
        "about the viewer alone",
    ),
];

fn entities() -> BTreeSet<String> {
    let kinds = Kind::ALL.iter().filter_map(|kind| table().of_kind(*kind));
    kinds.map(|of| table().get(of).name.clone()).collect()
}

#[test]
fn the_types_of_entities_are_those_that_were_looked_at() {
    let expected: BTreeSet<String> = ENTITIES.map(str::to_owned).into();
    assert_eq!(entities(), expected);
}

#[test]
fn every_way_to_a_type_without_a_rule_was_looked_at() {
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let entities = entities();
    for of in table().types() {
        if !entities.contains(&of.name) {
            found.entry(&of.name).or_default();
        }
        for field in of.fields.values() {
            let Some(to) = field.of.map(|to| table().get(to).name.as_str()) else {
                continue;
            };
            if !entities.contains(to) {
                found
                    .entry(to)
                    .or_default()
                    .insert(format!("{}.{}", of.name, field.name));
            }
        }
    }
    let reviewed = RULELESS.iter().map(|(of, ways, _)| {
        let ways = ways.iter().map(|way| (*way).to_owned());
        (*of, ways.collect())
    });
    let reviewed: BTreeMap<&str, BTreeSet<String>> = reviewed.collect();
    assert_eq!(found, reviewed);
}

/// Whether this viewer is shown the row, where nothing above it is seen.
fn sees(scope: &Scope, row: &Row) -> bool {
    let seen = scope.sees(row, &mut |_| Poll::Ready(Ok(false)));
    matches!(seen, Poll::Ready(Ok(true)))
}

fn scope(asked: &Asked, who: Option<&User>) -> Scope {
    let viewer = who.map(|user| Viewer::new(user, &sample::session(user)));
    asked.app.app.scope(viewer, asked.app.app.loaders(), "test".into())
}

#[tokio::test]
async fn a_row_of_another_organisation_is_shown_to_nobody_whatever_it_is() {
    let asked = Asked::new().await;
    let scope = scope(&asked, Some(&asked.acme.admin));
    let shown: Vec<Row> = sample::full()
        .iter()
        .map(kanvaro::model::AnyEntity::to_row)
        .filter(|row| sees(&scope, row))
        .collect();
    assert!(shown.is_empty(), "{shown:?}");
}

#[tokio::test]
async fn no_row_is_shown_to_whom_nobody_knows() {
    let asked = Asked::new().await;
    let scope = scope(&asked, None);
    let shown: Vec<Row> = sample::full()
        .iter()
        .map(kanvaro::model::AnyEntity::to_row)
        .filter(|row| sees(&scope, row))
        .collect();
    assert!(shown.is_empty(), "{shown:?}");
}

#[tokio::test]
async fn what_stands_below_something_unseen_is_not_shown_either() {
    let asked = Asked::new().await;
    let scope = scope(&asked, Some(&asked.acme.admin));
    let below = [asked.acme.task.clone().into(), asked.acme.comment.clone().into()];
    let shown = below.map(|entity: kanvaro::model::AnyEntity| sees(&scope, &entity.to_row()));
    assert_eq!(shown, [false, false]);
}

#[test]
fn every_root_may_be_null_so_that_one_that_fails_leaves_the_others_be() {
    let document = parse_schema(schema(true).sdl()).unwrap();
    let mut never = Vec::new();
    for definition in document.definitions {
        let TypeSystemDefinition::Type(definition) = definition else {
            continue;
        };
        let name = definition.node.name.node.to_string();
        let TypeKind::Object(object) = definition.node.kind else {
            continue;
        };
        if ["Query", "Mutation"].contains(&name.as_str()) {
            let fields = object.fields.iter().filter(|field| !field.node.ty.node.nullable);
            never.extend(fields.map(|field| format!("{name}.{}", field.node.name.node)));
        }
    }
    assert!(never.is_empty(), "{never:?}");
}
