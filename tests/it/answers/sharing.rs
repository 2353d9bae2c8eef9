//! Answers are shared between those, and only those, who would have been answered the same.

use kanvaro::model::Role;
use serde_json::{Value, json};

use super::site::{Site, on_each_site};

async fn another_viewer_never_gets_ones_own(site: Site) {
    let (organization, ada) = site.admin("ada@example.org").await;
    let bob = site.member(organization, "bob@example.org", Role::Admin).await;
    let cleo = site.member(organization, "cleo@example.org", Role::Client).await;
    let (_, eve) = site.admin("eve@other.test").await;
    let project = json!({ "id": site.project(&ada, "Website").await });
    let me = "{ viewer { user { email } } }";
    let show = "query($id: ID!) { project(id: $id) { name } }";
    for _ in 0..2 {
        site.hit(&ada, me, json!({})).await;
        site.hit(&ada, show, project.clone()).await;
        for (token, email) in [
            (&ada, "ada@example.org"),
            (&bob, "bob@example.org"),
            (&eve, "eve@other.test"),
        ] {
            let data = site.ask(token, me, json!({})).await.data();
            assert_eq!(data["viewer"]["user"]["email"], email);
        }
        assert_eq!(site.ask("", me, json!({})).await.data()["viewer"], Value::Null);
        for stranger in [&cleo, &eve] {
            assert_eq!(
                site.ask(stranger, show, project.clone()).await.data()["project"],
                Value::Null
            );
        }
        let nobody = site.ask("", show, project.clone()).await;
        assert_eq!((nobody.code().as_str(), nobody.cache()), ("UNAUTHENTICATED", "BYPASS"));
    }
}

async fn whoever_would_be_answered_the_same_shares(site: Site) {
    let (organization, ada) = site.admin("ada@example.org").await;
    let bob = site.member(organization, "bob@example.org", Role::Admin).await;
    let name = "{ organization { name } }";
    site.hit(&ada, name, json!({})).await;
    assert_eq!(site.ask(&bob, name, json!({})).await.cache(), "HIT");
    site.hit("", "{ __typename }", json!({})).await;
    assert_eq!(site.ask(&bob, "{ __typename }", json!({})).await.cache(), "HIT");
}

async fn a_session_that_has_ended_gets_nothing_that_was_kept_for_it(site: Site) {
    let (_, ada) = site.admin("ada@example.org").await;
    let role = "{ viewer { role } }";
    site.hit(&ada, role, json!({})).await;
    site.ask(&ada, "mutation { logout { signedOut } }", json!({})).await;
    let after = site.ask(&ada, role, json!({})).await;
    assert_eq!((after.code().as_str(), after.cache()), ("UNAUTHENTICATED", "BYPASS"));
}

on_each_site!(
    another_viewer_never_gets_ones_own,
    whoever_would_be_answered_the_same_shares,
    a_session_that_has_ended_gets_nothing_that_was_kept_for_it,
);
