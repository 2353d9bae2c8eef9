//! `/ready` and the schema: what an operator is told of the CDN, and what it may keep.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, to_bytes};
use axum::http::Request;
use kanvaro::graphql::{Policies, policies};
use kanvaro::http::router;
use kanvaro::media::cdn::{Cdn, CdnOptions, CloudFrontBackend, CloudFrontOptions};
use kanvaro::model::Kind;
use serde_json::Value;
use tower::ServiceExt;

use crate::support::app::TestApp;

#[tokio::test]
async fn a_cdn_that_is_not_told_for_long_degrades_the_server() {
    let held = TestApp::new().await;
    let app = held.app.clone();
    let ask = async |app: &kanvaro::app::App| {
        let request = Request::get("/ready").body(Body::empty()).unwrap();
        let body = router(app.clone()).oneshot(request).await.unwrap().into_body();
        serde_json::from_slice::<Value>(&to_bytes(body, 10_000).await.unwrap()).unwrap()
    };
    assert_eq!(ask(&app).await.get("cdn"), None);
    let backend = CloudFrontBackend::connect(CloudFrontOptions::default()).await;
    let cdn = Cdn::new(Arc::new(backend), CdnOptions::default(), app.metrics.clone());
    let app = app.with_cdn(cdn, None);
    assert_eq!(ask(&app).await["status"], "ready");
    app.metrics.cdn_waits(3, Duration::from_secs(90));
    let late = ask(&app).await;
    assert_eq!(
        (&late["status"], &late["cdn"]["ok"]),
        (&"degraded".into(), &false.into())
    );
    assert!(late["cdn"]["reason"].as_str().unwrap().contains("90 s"), "{late}");
}

#[test]
fn only_kinds_that_everybody_may_be_shown_alike_can_be_in_public_answers() {
    assert_eq!(policies().public_kinds(), [], "nothing of this schema is PUBLIC");
    let sdl = "type Query { project: Project @cacheControl(maxAge: 60, scope: PUBLIC) task: Task @cacheControl(maxAge: 60) } \
         type Project { owner: User @cacheControl(maxAge: 9, scope: PUBLIC) task: Task @cacheControl(maxAge: 9) } \
         type Task { id: ID } type User { id: ID }";
    assert_eq!(Policies::new(sdl).unwrap().public_kinds(), [Kind::User, Kind::Project]);
}
