//! `import`: an export into a store, whole or not at all as far as anybody is served; the same again changes nothing.

use std::path::Path;

use anyhow::Result;

use super::copy::mark;
use super::end::End;
use super::file::Export;
use super::fill::{Filling, fill, finish};
use super::parcel::Parcel;
use super::report;
use super::tally::Tally;
use crate::cli::bar::watched;
use crate::cli::progress::Progress;
use crate::config::Config;

/// Imports the file into the configured store, or the one at this address; returns what to tell the person.
pub async fn import(config: Config, to: Option<&str>, file: &Path) -> Result<String> {
    // Before anything is opened that may be made by it.
    let export = Export::open(file)?;
    let target = End::open(&config, to).await?;
    let to = &target;
    let done = watched(|progress| async move { run(export, to, &progress).await }).await;
    target.close().await;
    done?
}

async fn run(mut export: Export, target: &End, progress: &Progress) -> Result<String> {
    let parcel = Parcel::lasting();
    let expected = whole(&export.tally, parcel);
    let filling = Filling {
        parcel,
        counters: export.counters.clone(),
        mark: mark(&export.hash),
        epoch: 0,
        total: expected.total(),
        source: &mut export,
    };
    let Some(filled) = fill(target, filling, progress).await? else {
        return Ok(format!("{} holds the same already; nothing was written.", target.name));
    };
    let tally = finish(target, parcel, &expected, progress).await?;
    Ok(format!(
        "Imported into {}: {}. It holds what the file does:\n{}",
        target.name,
        report::written(&filled),
        report::table(&tally)
    ))
}

/// With the collections that the file has nothing of.
fn whole(tally: &Tally, parcel: Parcel) -> Tally {
    let mut whole = tally.clone();
    for kind in parcel.kinds() {
        let empty = super::tally::Summing::default;
        whole
            .0
            .entry(kind.collection().to_owned())
            .or_insert_with(|| empty().sum());
    }
    whole
}
