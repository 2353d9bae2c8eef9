//! Does what a command says, wherever it came from.

use anyhow::{Result, anyhow, bail};

use super::command::Command;
use super::demo::{self, DemoPlan, Made};
use super::progress::Progress;
use super::{account, cache, cdn};
use crate::app::App;
use crate::model::Timestamp;
use crate::service::{GRACE, Password, Purge, ServiceError};
use crate::store::StoreError;

/// Does it; returns what to tell the person.
pub async fn execute(app: &App, command: Command, progress: &Progress) -> Result<String> {
    match command {
        Command::AddUser(new) => account::add(app, new).await,
        Command::SetPassword { email, password } => set_password(app, &email, &password).await,
        Command::EnsureIndexes => ensure_indexes(app).await,
        Command::MakeDemo(plan) => make_demo(app, &plan, progress).await,
        Command::CacheStats => Ok(cache::figures(&app.metrics.render())),
        Command::CacheInspect { key } => cache::inspect(app, &key).await,
        Command::CachePurge { tag, kind, all } => {
            cache::purge(app, Purge::read(tag.as_deref(), kind.as_deref(), all)?).await
        }
        Command::CdnPurge { paths, tags, all } => cdn::purge(app, &cdn::items(&paths, &tags, all)?).await,
        Command::ExamineStore => Ok(serde_json::to_string(&app.store.examine().await)?),
        Command::SweepAssets { dry_run } => sweep_assets(app, dry_run).await,
    }
}

async fn sweep_assets(app: &App, dry_run: bool) -> Result<String> {
    let swept = app.services.sweep_assets(dry_run).await?;
    let (gone, hours) = (swept.orphans - swept.young, GRACE.as_secs() / 3_600);
    let took = if dry_run { "would take away" } else { "took away" };
    let mut told = format!(
        "Looked at {} files: nobody refers to {} ({} bytes); {took} {gone}, and {} are younger than {hours} hours.",
        swept.files, swept.orphans, swept.bytes, swept.young
    );
    if swept.staged > 0 {
        let gone = swept.staged - swept.pending;
        told += &format!(
            "\nFiles of uploads that were not completed: {} ({} bytes); {took} {gone}, and {} still may be.",
            swept.staged, swept.staged_bytes, swept.pending
        );
    }
    Ok(told)
}

async fn set_password(app: &App, email: &str, password: &Password) -> Result<String> {
    let set = app.services.set_password(email, password).await;
    let user = set.map_err(|error| match error {
        ServiceError::NotFound(_) => anyhow!("there is no account with the address {email}"),
        other => account::explained(other),
    })?;
    Ok(format!("{} has a new password; all sessions have ended.", user.email))
}

async fn ensure_indexes(app: &App) -> Result<String> {
    Ok(match app.store.ensure_indexes().await? {
        0 => "All indexes are there.".into(),
        1 => "Created 1 index.".into(),
        count => format!("Created {count} indexes."),
    })
}

async fn make_demo(app: &App, plan: &DemoPlan, progress: &Progress) -> Result<String> {
    if app.config.is_production() {
        bail!("demo data is not for production: everybody in it has one password (env is production)");
    }
    let (made, password) = demo(app, plan, progress).await?;
    Ok(format!(
        "Made {}.\nSign in as {} with the password {} (shown this once; everybody in the demo has it).",
        made.summary(plan),
        made.email,
        password.reveal(),
    ))
}

/// Makes demo data with a fresh password for everybody in it.
pub async fn demo(app: &App, plan: &DemoPlan, progress: &Progress) -> Result<(Made, Password)> {
    let password = Password::generate();
    let hash = app.services.hash_password(&password).await?;
    let today = midnight(app.store.clock().now());
    match demo::make(&app.store, plan, today, &hash, progress).await {
        Ok(made) => Ok((made, password)),
        Err(StoreError::Duplicate { .. }) => {
            bail!("demo data of seed {} is there already; try another --seed", plan.seed)
        }
        Err(error) => Err(error.into()),
    }
}

fn midnight(now: Timestamp) -> Timestamp {
    Timestamp::from_millis(now.millis() - now.millis().rem_euclid(86_400_000))
}
