//! The playground's example operations, each sent to a server as the page sends it, its answer held in a snapshot.

use std::collections::BTreeSet;
use std::path::PathBuf;

use serde_json::{Value, json};

use crate::support::server::TestServer;
use crate::support::studio::Studio;

fn directory() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("playground/queries")
}

/// The names of what stands there with this ending.
fn names(ending: &str) -> BTreeSet<String> {
    let entries = std::fs::read_dir(directory()).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let wanted = paths.filter(|path| path.extension().is_some_and(|found| found == ending));
    wanted
        .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect()
}

/// The example's document and variables, the names in them replaced by what the studio has.
fn example(name: &str, studio: &Studio, server: &TestServer) -> Value {
    let file = |ending| std::fs::read_to_string(directory().join(format!("{name}.{ending}")));
    let variables = file("json").map_or(json!({}), |text| serde_json::from_str(&text).unwrap());
    json!({ "query": file("graphql").unwrap(), "variables": filled(variables, studio, server) })
}

fn filled(value: Value, studio: &Studio, server: &TestServer) -> Value {
    match value {
        Value::String(name) if name.starts_with('$') => {
            let named = studio.named(&name, server.clock.now());
            Value::String(named.unwrap_or_else(|| panic!("nothing is called {name}")))
        }
        Value::Array(items) => items.into_iter().map(|item| filled(item, studio, server)).collect(),
        Value::Object(members) => members
            .into_iter()
            .map(|(key, member)| (key, filled(member, studio, server)))
            .collect(),
        other => other,
    }
}

/// Ids of what an example itself has made differ from run to run.
fn steady(value: &mut Value, studio_made: &str) {
    match value {
        Value::String(text) => {
            let is_id =
                text.len() == 28 && text.as_bytes()[3] == b'_' && text[4..].chars().all(|c| c.is_ascii_hexdigit());
            if is_id && !text[4..].starts_with(studio_made) {
                text.replace_range(4.., "new");
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| steady(item, studio_made)),
        Value::Object(members) => members.values_mut().for_each(|member| steady(member, studio_made)),
        _ => {}
    }
}

async fn check(name: &str) {
    let server = TestServer::start().await;
    let studio = Studio::seed(&server).await;
    let token = studio.token(&server).await;
    let request = server.post(&example(name, &studio, &server)).bearer_auth(token);
    let mut answer = server.send(request).await;
    let studio_made = studio.project.id.to_string()[..18].to_owned();
    steady(&mut answer.body, &studio_made);
    let mut settings = insta::Settings::clone_current();
    settings.set_sort_maps(true);
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.set_snapshot_path("snapshots/playground");
    settings.bind(|| insta::assert_json_snapshot!(name, answer.body));
}

macro_rules! examples {
    ($($test:ident => $name:literal,)*) => {
        const LISTED: &[&str] = &[$($name),*];

        $(#[tokio::test]
        async fn $test() {
            check($name).await;
        })*
    };
}

examples! {
    viewer => "01-viewer",
    dashboard => "02-dashboard",
    projects => "03-projects",
    board => "04-board",
    project => "05-project",
    task => "06-task",
    my_tasks => "07-my-tasks",
    search => "08-search",
    page_forwards => "09-page-forwards",
    page_by_number => "10-page-by-number",
    node => "11-node",
    nodes => "12-nodes",
    create_task => "13-create-task",
    move_task => "14-move-task",
    add_comment => "15-add-comment",
    set_rates => "16-set-rates",
    bulk_update => "17-bulk-update",
    add_dependency => "18-add-dependency",
    move_to_project => "19-move-to-project",
    create_custom_role => "20-create-custom-role",
}

#[test]
fn every_example_is_tested_and_says_what_it_shows() {
    let listed: BTreeSet<String> = LISTED.iter().map(|name| (*name).to_owned()).collect();
    let there = names("graphql");
    assert_eq!(there, listed);
    assert!(names("json").is_subset(&there), "variables of no example");
    for name in there {
        let text = std::fs::read_to_string(directory().join(format!("{name}.graphql"))).unwrap();
        let comments = text.lines().take_while(|line| line.starts_with("# ")).count();
        assert!(comments >= 2, "{name}: a title, then what it shows");
    }
}

#[tokio::test]
async fn reading_on_by_the_cursor_comes_to_the_end() {
    let server = TestServer::start().await;
    let studio = Studio::seed(&server).await;
    let token = studio.token(&server).await;
    let mut request = example("09-page-forwards", &studio, &server);
    let mut seen = Vec::new();
    loop {
        let answer = server.send(server.post(&request).bearer_auth(&token)).await;
        let page = &answer.body["data"]["tasks"];
        for edge in page["edges"].as_array().unwrap() {
            seen.push(edge["node"]["displayId"].as_str().unwrap().to_owned());
        }
        if page["pageInfo"]["hasNextPage"] == false {
            break;
        }
        request["variables"]["after"] = page["pageInfo"]["endCursor"].clone();
    }
    assert_eq!(seen, ["1.1", "1.2", "1.3", "1.4", "1.5", "2.6"]);
}
