//! What was changed of a person is what another process shows next, also where that has the whole answer in its cache.

use kanvaro::model::Role;
use serde_json::{Value, json};

use crate::answers::site::{Site, on_each_site};
use crate::support::mutation::document;

on_each_site!(
    a_rate_that_was_set_is_what_another_process_reads_next,
    what_one_has_chosen_is_what_another_process_shows_next,
);

const THEME: &str = "{ viewer { preferences { theme } } }";

fn rate(amount: i64) -> Value {
    json!({ "amount": amount, "currency": "EUR" })
}

async fn a_rate_that_was_set_is_what_another_process_reads_next(here: Site) {
    let there = here.beside().await;
    let (organization, admin) = here.admin("ada@example.org").await;
    let ben = here.member(organization, "ben@example.org", Role::TeamMember).await;
    let own = "{ viewer { user { id hourlyRate { amount } } } }";
    let id = here.ask(&ben, own, json!({})).await.data()["viewer"]["user"]["id"].clone();
    let listed = "{ users(filter: { role: TEAM_MEMBER }) { nodes { hourlyRate { amount } billingRate { amount } } } }";
    for amount in 1..6 {
        there.hit(&ben, own, json!({})).await;
        there.hit(&admin, listed, json!({})).await;
        let input = json!({ "userId": id, "hourlyRate": rate(amount), "billingRate": rate(amount * 2) });
        let done = here
            .ask(&admin, &document("setUserRates"), json!({ "input": input }))
            .await;
        assert_eq!(done.data()["done"]["userErrors"], json!([]));
        let seen = there.ask(&ben, own, json!({})).await.data();
        assert_eq!(seen["viewer"]["user"]["hourlyRate"], json!({ "amount": amount }));
        let seen = there.ask(&admin, listed, json!({})).await.data();
        let expected = json!({ "hourlyRate": { "amount": amount }, "billingRate": { "amount": amount * 2 } });
        assert_eq!(seen["users"]["nodes"][0], expected);
    }
}

async fn what_one_has_chosen_is_what_another_process_shows_next(here: Site) {
    let there = here.beside().await;
    let (_, admin) = here.admin("ada@example.org").await;
    for theme in ["DARK", "LIGHT", "SYSTEM", "DARK"] {
        there.hit(&admin, THEME, json!({})).await;
        let input = json!({ "input": { "theme": theme } });
        let done = here.ask(&admin, &document("updatePreferences"), input).await.data();
        assert_eq!(done["done"]["viewer"]["preferences"]["theme"], theme);
        let seen: Value = there.ask(&admin, THEME, json!({})).await.data();
        assert_eq!(seen["viewer"]["preferences"]["theme"], theme);
    }
}
