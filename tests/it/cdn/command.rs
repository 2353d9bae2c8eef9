//! `kanvaro cdn purge`, as an operator meets it.

use tokio::task::block_in_place;

use super::gate::{Gate, Way};
use crate::support::aws::Distribution;
use crate::support::process::{Ended, Place};

async fn place(gate: &Gate) -> (Place, Distribution) {
    let distribution = Distribution::new().await;
    let place = Place::new()
        .with("KANVARO_DEMO", "false")
        .with("KANVARO_CDN", &format!("cloudfront://{}", distribution.id))
        .with("KANVARO_CDN_ENDPOINT", &gate.url)
        .with("KANVARO_CDN_TAGS", "true");
    (place, distribution)
}

fn run(place: &Place, arguments: &[&str]) -> Ended {
    block_in_place(|| place.run(&[&["cdn", "purge"], arguments].concat()))
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_tags_and_everything_are_purged_with_a_server_and_without() {
    let gate = Gate::new().await;
    let (place, distribution) = place(&gate).await;
    let alone = run(&place, &["/static/logo.svg", "/static/fonts/*", "--tag", "api"]);
    assert!(
        alone.out.contains("Purged 3 items: cloudfront has taken it over."),
        "{}{}",
        alone.out,
        alone.err
    );
    let server = block_in_place(|| place.serve());
    let all = run(&place, &["--all"]);
    assert!(all.out.contains("Purged 1 item:"), "{}{}", all.out, all.err);
    let told = distribution.invalidations().await;
    let items: Vec<&[String]> = told.iter().map(|order| &order.items[..]).collect();
    assert_eq!(
        items,
        [
            &["#api", "/static/fonts/*", "/static/logo.svg"].map(str::to_owned)[..],
            &["/*".to_owned()]
        ]
    );
    block_in_place(|| server.stop());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_cdn_does_not_take_now_stays_in_the_queue() {
    let gate = Gate::new().await;
    let (place, distribution) = place(&gate).await;
    gate.becomes(Way::Closed);
    let late = run(&place, &["/static/logo.svg"]);
    assert!(
        late.code == 0 && late.out.contains("1 item in the queue"),
        "{}{}",
        late.out,
        late.err
    );
    gate.becomes(Way::Open);
    assert!(run(&place, &["/other"]).out.contains("taken it over"));
    let told = distribution.invalidations().await;
    assert!(
        told.iter()
            .any(|order| order.items.contains(&"/static/logo.svg".to_owned())),
        "{told:?}"
    );
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for (place, arguments, code, said) in [
        (Place::new(), &["cdn", "purge"][..], 2, "--all"),
        (Place::new(), &["cdn", "purge", "--all", "/a"], 2, "cannot be used with"),
        (Place::new(), &["cdn", "purge", "logo.svg"], 1, "a path begins with /"),
        (Place::new(), &["cdn", "purge", "/a"], 1, "KANVARO_CDN"),
        (
            Place::new(),
            &["cdn", "purge", "--tag", "a,b"],
            1,
            "neither spaces nor commas",
        ),
        (
            Place::new().with("KANVARO_CDN", "cloudfront://E1"),
            &["cdn", "purge", "--tag", "api"],
            1,
            "cdn_tags",
        ),
        (
            Place::new().with("KANVARO_CDN", "fastly://x"),
            &["serve"],
            2,
            "cloudfront:// and the id of a distribution",
        ),
        (
            Place::new().with("KANVARO_CDN_KINDS", "invoice"),
            &["serve"],
            2,
            "kinds of: organization",
        ),
        (
            Place::new(),
            &["cdn", "config", "--origin", "127.0.0.1:4000"],
            1,
            "the name of a host",
        ),
    ] {
        let ended = place.run(arguments);
        assert_eq!(ended.code, code, "{arguments:?}: {}", ended.err);
        assert!(ended.err.contains(said), "{arguments:?}: {}", ended.err);
    }
}
