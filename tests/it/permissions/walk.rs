//! The walk: everybody tries everything, and what comes of it has to be what the matrix says.

use std::collections::BTreeMap;

use super::cast::{PARTS, Stage};
use super::seen::Letters;
use super::sheet::{self, Table};
use super::{fields, mutations, queries};

/// What one of the cast has seen, by section and row.
pub type Tried = BTreeMap<(&'static str, String), Letters>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_may_what_the_matrix_says_and_no_more() {
    let tries = PARTS.map(|part| {
        tokio::spawn(async move {
            let mut stage = Stage::set(part).await;
            let mut tried = Tried::new();
            queries::ask(&stage, &mut tried).await;
            fields::read(&stage, &mut tried).await;
            mutations::change(&mut stage, &mut tried).await;
            tried
        })
    });
    let mut seen = Table::default();
    for (part, tried) in tries.into_iter().enumerate() {
        for (row, letters) in tried.await.unwrap() {
            seen.entry(row).or_insert_with(|| [Letters::default(); PARTS.len()])[part] = letters;
        }
    }
    let (shown, seen): (Table, Table) = seen.into_iter().partition(|((section, _), _)| *section == "shown");
    sheet::review(&seen, &fields::answers());
    let never = fields::never_shown(|field| shown.contains_key(&("shown", field.to_owned())));
    assert!(
        never.is_empty(),
        "nobody was shown anything in {never:?}: give it a value in cast.rs"
    );
}
