//! `cache purge`.

use anyhow::Result;

use crate::app::App;
use crate::service::Purge;

/// Purges; returns what to tell the person.
pub async fn purge(app: &App, purge: Purge) -> Result<String> {
    // Where each process caches for itself and this is none that serves, only the epoch reaches those that do.
    let is_elsewhere = !app.config.is_embedded() && app.config.cache.reveal() == "memory";
    let reaching = if is_elsewhere { Purge::All } else { purge };
    app.services.purge(reaching).await?;
    Ok(match (purge, reaching.only_tag()) {
        (_, Some(tag)) => format!("Purged what bears the tag {tag}."),
        (Purge::All, None) => "Purged everything.".into(),
        (Purge::Type(kind), None) => {
            format!(
                "Purged everything: the cache has no list of what was made of {}.",
                kind.name()
            )
        }
        (Purge::Tag(_), None) => "Purged everything: the servers cache in their own processes.".into(),
    })
}
