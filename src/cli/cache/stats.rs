//! `cache stats`: the figures of the running server, by its socket or its /metrics.

use anyhow::{Result, bail};

use super::figures;
use crate::cli::command::Command;
use crate::cli::fetch::{fetch, local};
use crate::cli::socket;
use crate::config::Config;

/// The figures of the server that this configuration is of; `url` names another address of it.
pub async fn stats(config: Config, url: Option<String>) -> Result<String> {
    if let Some(url) = url {
        return Ok(figures(&metrics(&url).await?));
    }
    if !config.is_embedded() {
        return Ok(figures(&metrics(&local(&config.listen)).await?));
    }
    match socket::connect(&config.data).await? {
        Some(server) => socket::send(server, &Command::CacheStats).await,
        None => bail!(
            "no server runs on {}: these are a running server's figures",
            config.data.display()
        ),
    }
}

async fn metrics(url: &str) -> Result<String> {
    let answer = fetch(url, "/metrics").await?;
    match answer.status {
        200 => Ok(answer.body),
        _ => bail!("what answers at {url} has no /metrics"),
    }
}
