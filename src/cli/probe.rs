//! `probe`: whether a running server is well, told by the exit code.

use anyhow::{Result, bail};

use super::arguments::ProbeOptions;
use super::fetch::{fetch, local};
use crate::config::Config;

/// Succeeds if the server says so.
pub async fn probe(config: Config, ProbeOptions { ready, url }: ProbeOptions) -> Result<()> {
    let url = url.unwrap_or_else(|| local(&config.listen));
    let path = if ready { "/ready" } else { "/health" };
    let answer = fetch(&url, path).await?;
    if answer.status != 200 {
        bail!("{url}{path} answers {}: {}", answer.status, answer.body.trim());
    }
    Ok(())
}
