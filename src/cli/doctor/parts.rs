//! Findings on what the server works with: store, cache, and the place of files.

use std::time::Duration;

use anyhow::{Result, anyhow};
use tokio::net::UnixStream;
use tokio::time::{Instant, sleep, timeout};

use crate::app;
use crate::cli::command::Command;
use crate::cli::socket;
use crate::config::Config;
use crate::media::Assets;
use crate::media::blob::{BlobKey, Content};
use crate::model::{Clock, Finding};

/// How long a cache may take to be reached; its connection is made in the background.
const CACHE_PATIENCE: Duration = Duration::from_secs(5);
/// How long a mail server may take to answer.
const MAIL_PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);

/// The findings on the store. The running server of an embedded one is asked; it has the file for itself.
pub async fn store(config: &Config, server: Option<UnixStream>, clock: &Clock) -> Vec<Finding> {
    const PART: &str = "store";
    if let Some(server) = server {
        let told = socket::send(server, &Command::ExamineStore).await;
        let findings = told.and_then(|told| Ok(serde_json::from_str(&told)?));
        return findings.unwrap_or_else(|error| {
            let found = format!("the running server doesn't tell of its store: {error:#}");
            vec![Finding::warning(
                PART,
                found,
                "run the doctor of the same release as the server",
            )]
        });
    }
    if config.is_embedded() && !app::has_database(config) {
        return vec![Finding::ok(
            PART,
            "there is no database yet; the first start of the server makes it",
        )];
    }
    match app::open_store(config).await {
        Ok(store) => {
            let findings = store.examine(clock).await;
            store.close().await;
            findings
        }
        Err(error) => vec![Finding::wrong(
            PART,
            format!("{error:#}"),
            "see that the database runs and is reached from here, and that the setting database names it",
        )],
    }
}

/// The findings on the cache.
pub async fn cache(config: &Config, clock: &Clock) -> Vec<Finding> {
    const PART: &str = "cache";
    if config.cache.reveal() == "memory" {
        let found = format!("in the process, {} MB at most", config.cache_memory_mb);
        return vec![Finding::ok(PART, found)];
    }
    let cache = match app::open_cache(config) {
        Ok(cache) => cache,
        Err(error) => {
            return vec![Finding::wrong(
                PART,
                format!("{error:#}"),
                "see the settings cache and cache_ca",
            )];
        }
    };
    let start = Instant::now();
    while cache.ping().await.is_err() && start.elapsed() < CACHE_PATIENCE {
        sleep(PAUSE).await;
    }
    cache.examine(clock).await
}

/// The finding on the place of files: one is put there, read, and taken away again.
pub async fn assets(config: &Config) -> Vec<Finding> {
    let place = match config.assets.as_str() {
        "disk" => format!("files in {}", config.data.display()),
        bucket => format!("files in {bucket}"),
    };
    if config.assets == "disk" && !config.data.exists() {
        return vec![Finding::ok("assets", format!("{place}, which isn't there yet"))];
    }
    let tried = match app::assets_at_rest(config).await {
        Ok(assets) => try_file(&assets).await,
        Err(error) => Err(error),
    };
    vec![match tried {
        Ok(()) => Finding::ok("assets", format!("{place} can be put, found and taken away")),
        Err(error) => Finding::wrong(
            "assets",
            format!("{place}: {error:#}"),
            "on disk: give the server's user the right to write there; on S3: see the name, region and endpoint of the bucket, the \
             credentials, and that they may put, get and delete objects and list the bucket",
        ),
    }]
}

/// The finding on how mail goes out.
pub async fn mail(config: &Config) -> Finding {
    let late = |_| {
        let found = format!("{} does not answer within {MAIL_PATIENCE:?}", config.mail);
        Finding::wrong("mail", found, "see that the mail server runs and is reached from here")
    };
    timeout(MAIL_PATIENCE, app::examine_mail(config))
        .await
        .unwrap_or_else(late)
}

async fn try_file(assets: &Assets) -> Result<()> {
    assets.blobs.ping().await?;
    let key = BlobKey::staged(rand::random());
    assets
        .blobs
        .stage(&key, Content::Bytes(b"doctor".as_slice().into()))
        .await?;
    let head = assets.blobs.head(&key).await?;
    assets.blobs.remove(&[key]).await?;
    head.map(drop)
        .ok_or_else(|| anyhow!("what was put there isn't found there"))
}
