//! What lists cost the store.

use kanvaro::model::Project;
use serde_json::json;

use super::ask::tied_tasks;
use crate::support::app::TestApp;
use crate::support::sample;
use crate::support::world::Tenant;

#[tokio::test]
async fn the_lists_of_many_projects_are_one_round_trip() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    let projects: Vec<Project> = (0..19).map(|_| sample::project(&acme.admin)).collect();
    app.seed(projects.clone()).await;
    app.seed(projects.iter().flat_map(|project| tied_tasks(project, 7)))
        .await;
    let before = |verb, collection| app.app.metrics.store_calls(verb, collection);
    let earlier = [
        before("pages", "tasks"),
        before("pages", "projects"),
        before("get_many", "projects"),
    ];
    let document = "{ projects(first: 20) { nodes { name tasks(first: 5) { nodes { title project { id } } } } } }";
    let data = app.data(&acme.admin, document, json!({})).await;
    let rows = data["projects"]["nodes"].as_array().unwrap();
    let cards: usize = rows
        .iter()
        .map(|row| row["tasks"]["nodes"].as_array().unwrap().len())
        .sum();
    assert_eq!((rows.len(), cards), (20, 19 * 5 + 1));
    let later = [
        before("pages", "tasks"),
        before("pages", "projects"),
        before("get_many", "projects"),
    ];
    assert_eq!(later, [earlier[0] + 1, earlier[1] + 1, earlier[2]]);
}

#[tokio::test]
async fn a_count_is_only_made_when_it_is_asked_for() {
    let app = TestApp::new().await;
    let acme = Tenant::seed(&app).await;
    app.data(&acme.admin, "{ tasks { nodes { id } } }", json!({})).await;
    assert_eq!(app.app.metrics.store_calls("count", "tasks"), 0);
    app.data(&acme.admin, "{ tasks { totalCount } }", json!({})).await;
    assert_eq!(app.app.metrics.store_calls("count", "tasks"), 1);
}
