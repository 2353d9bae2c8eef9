//! `cdn purge`.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use tokio::time::sleep;

use crate::app::App;
use crate::model::{Id, PurgeItem};
use crate::store::StoreError;

/// How long the CDN's answer is waited for, and between two looks.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(250);

/// What is meant by these.
pub fn items(paths: &[String], tags: &[String], all: bool) -> Result<Vec<PurgeItem>> {
    if all {
        return Ok(vec![PurgeItem::everything()]);
    }
    if let Some(tag) = paths.iter().find(|path| path.starts_with('#')) {
        bail!("{tag:?} is no path; a tag is given by --tag, without #");
    }
    let tags = tags.iter().map(|tag| format!("#{tag}"));
    let items = paths.iter().cloned().chain(tags);
    Ok(items.map(|item| PurgeItem::parse(&item)).collect::<Result<_, _>>()?)
}

/// Puts these into the queue, and waits for a while until the CDN has taken them over; returns what to tell the person.
pub async fn purge(app: &App, items: &[PurgeItem]) -> Result<String> {
    if items.iter().any(PurgeItem::is_tag) && !app.config.cdn_tags {
        bail!("the distribution knows no tags, by configuration; `cdn_tags` says that it does");
    }
    let queued = app.queue_purge(items).await?;
    // Where a server works on the queue, that goes on, and this does nothing.
    let purger = app.purge();
    let taken = taken(app, &queued).await;
    if let Some(purger) = purger {
        purger.stop().await;
    }
    let (count, name) = (items.len(), app.cdn.name());
    let what = if count == 1 {
        "1 item".to_owned()
    } else {
        format!("{count} items")
    };
    Ok(if taken? {
        format!("Purged {what}: {name} has taken it over.")
    } else {
        format!("{what} in the queue: {name} has not taken it over yet; a running server goes on trying.")
    })
}

async fn taken(app: &App, queued: &[Id]) -> Result<bool, StoreError> {
    let (Some(queue), start) = (app.purges(), Instant::now()) else {
        return Ok(false);
    };
    while start.elapsed() < PATIENCE {
        if queue.count(queued).await? == 0 {
            return Ok(true);
        }
        sleep(PAUSE).await;
    }
    Ok(false)
}
