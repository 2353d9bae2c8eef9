//! `copy`: one store into another, of whichever engine, with the same ids.

use std::collections::BTreeMap;

use anyhow::{Result, bail};

use super::end::{End, addressed, name};
use super::fill::{Filling, fill, finish};
use super::parcel::Parcel;
use super::report;
use super::source::StoreSource;
use super::tally::Tally;
use crate::cli::arguments::CopyOptions;
use crate::cli::bar::watched;
use crate::cli::progress::Progress;
use crate::config::Config;
use crate::model::Clock;
use crate::store::ledger::UNFINISHED;

/// Copies; returns what to tell the person.
pub async fn copy(config: Config, options: CopyOptions) -> Result<String> {
    let names = [&options.from, &options.to].map(|address| addressed(&config, address).map(|config| name(&config)));
    let [from, to] = names;
    if from? == to? {
        bail!("--from and --to are the same store");
    }
    let from = End::open(&config, Some(&options.from)).await?;
    let done = match End::open(&config, Some(&options.to)).await {
        Ok(to) => {
            let done = between(&from, &to).await;
            to.close().await;
            done
        }
        Err(error) => Err(error),
    };
    from.close().await;
    done
}

async fn between(from: &End, to: &End) -> Result<String> {
    if from.ledger.is_served().await? {
        eprintln!(
            "A server works with {}: whatever it writes before the end shows as a difference then; it is safer stopped.",
            from.name
        );
    }
    watched(|progress| async move { run(from, to, &progress).await }).await?
}

async fn run(from: &End, to: &End, progress: &Progress) -> Result<String> {
    let parcel = Parcel::whole(Clock::system().now());
    let mut source = StoreSource::new(&from.store, parcel);
    let filling = Filling {
        total: source.count().await?.values().sum(),
        source: &mut source,
        parcel,
        counters: counters(from).await?,
        mark: mark(&from.name),
        epoch: from.store.epoch().await?,
    };
    let Some(filled) = fill(to, filling, progress).await? else {
        return Ok(format!(
            "{} holds the same as {} already; nothing was written.",
            to.name, from.name
        ));
    };
    let mut again = StoreSource::new(&from.store, parcel);
    let counts = again.count().await?.values().sum();
    let expected = Tally::of(&mut again, parcel, &counters(from).await?, progress, counts).await?;
    let tally = finish(to, parcel, &expected, progress).await?;
    Ok(format!(
        "Copied {} to {}: {}. Both hold the same:\n{}\n{}",
        from.name,
        to.name,
        report::written(&filled),
        report::table(&tally),
        left_behind(from).await?
    ))
}

async fn counters(from: &End) -> Result<BTreeMap<String, i64>> {
    let counters = from.ledger.counters().await?;
    if counters.contains_key(UNFINISHED) {
        bail!("{} is itself an unfinished copy; finish that one first", from.name);
    }
    Ok(counters)
}

/// What stays where it is.
async fn left_behind(from: &End) -> Result<String> {
    let mut told = "Files lie where the setting assets says, and were not copied.".to_owned();
    if let Some(queue) = from.store.purges() {
        let waiting = queue.backlog().await?.entries;
        if waiting > 0 {
            told += &format!(
                " {waiting} purges of the CDN still wait in {}: they go out if a server runs on it once more; else run kanvaro cdn purge --all.",
                from.name
            );
        }
    }
    Ok(told)
}

/// Tells one source from another.
pub fn mark(name: &str) -> i64 {
    let hash = blake3::hash(name.as_bytes());
    let (first, _) = hash
        .as_bytes()
        .split_first_chunk()
        .expect("a hash has more than 8 bytes");
    i64::from_le_bytes(*first)
}
