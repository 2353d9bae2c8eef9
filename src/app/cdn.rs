//! Puts together what tells a CDN to forget, from the configuration: names the backends of CDNs.

use std::collections::BTreeSet;
use std::sync::Arc;

use anyhow::{Result, bail};

use crate::config::Config;
use crate::graphql::policies;
use crate::invalidation::{Purger, Purging};
use crate::media::cdn::{Cdn, CdnBackend, CdnOptions};
#[cfg(feature = "aws")]
use crate::media::cdn::{CloudFrontBackend, CloudFrontOptions};
use crate::metrics::Metrics;
use crate::model::{Id, Kind, PurgeItem};
use crate::store::purges::PurgeQueue;

use super::App;

/// The CDN that the configuration names.
pub async fn open(config: &Config, metrics: &Metrics) -> Cdn {
    match backend(config).await {
        Some(backend) => Cdn::new(backend, options(config), metrics.clone()),
        None => Cdn::direct(metrics.clone()),
    }
}

/// What it can do; told to forget are the kinds that its answers can be made of, and those that are configured.
pub fn options(config: &Config) -> CdnOptions {
    let is_named = |kind: &Kind| config.cdn_kinds.contains(&kind.name().to_lowercase());
    let named = Kind::ALL.iter().copied().filter(is_named);
    let answered = if config.answer_cdn_seconds > 0 {
        policies().public_kinds()
    } else {
        Vec::new()
    };
    let kinds: BTreeSet<Kind> = named.chain(answered).collect();
    CdnOptions {
        has_tags: config.cdn_tags,
        kinds: kinds.into_iter().collect(),
    }
}

async fn backend(config: &Config) -> Option<Arc<dyn CdnBackend>> {
    let distribution = config.cdn.as_deref()?.strip_prefix("cloudfront://")?;
    #[cfg(feature = "aws")]
    {
        let options = CloudFrontOptions {
            distribution: distribution.to_owned(),
            endpoint: config.cdn_endpoint.clone(),
        };
        Some(Arc::new(CloudFrontBackend::connect(options).await))
    }
    #[cfg(not(feature = "aws"))]
    unreachable!("{distribution} was accepted by a program that can't reach it")
}

impl App {
    /// The same with this CDN, and what is told to forget by `purging`.
    pub fn with_cdn(self, cdn: Cdn, purging: Option<Purging>) -> App {
        App { cdn, purging, ..self }
    }

    /// Works on what a CDN is to forget, for as long as the task is held; `None`: there is no CDN.
    pub fn purge(&self) -> Option<Purger> {
        let (purging, queue) = (self.purging.clone()?, self.engine.purges()?);
        let (clock, metrics) = (self.store.clock(), self.metrics.clone());
        Some(Purger::spawn(queue, self.cdn.clone(), purging, clock, metrics))
    }

    /// Has the CDN forget these, by the queue; returns what waits there now.
    pub async fn queue_purge(&self, items: &[PurgeItem]) -> Result<Vec<Id>> {
        let Some(purging) = &self.purging else {
            bail!("there is no CDN that could be told; `cdn` (KANVARO_CDN) names it, like cloudfront://E2EXAMPLE");
        };
        Ok(purging.queue_items(self.engine.as_ref(), items).await?)
    }

    /// What waits until the CDN has been told.
    pub fn purges(&self) -> Option<Arc<dyn PurgeQueue>> {
        self.engine.purges()
    }
}
