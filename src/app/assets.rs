//! Puts together where pictures and files lie, from the configuration: names the backends of blobs.

use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::config::Config;
use crate::media::blob::{BlobBackend, Blobs, DiskBackend};
#[cfg(feature = "aws")]
use crate::media::blob::{S3Backend, S3Options};
use crate::media::image::ImageLimits;
use crate::media::{Assets, Incoming, Links, Pipeline, PipelineOptions, UploadLimits};
use crate::metrics::Metrics;
use crate::model::Clock;

/// The directory of assets in the data directory.
const DIRECTORY: &str = "assets";
/// The directory of uploads that come in, beside it.
const INCOMING: &str = "uploads";
/// Most pictures that wait to be processed.
const WAITING: usize = 200;

/// On disk, whatever is configured. Nothing is touched before something is put.
pub fn embedded(config: &Config, clock: Clock, metrics: &Metrics) -> Assets {
    let disk = DiskBackend::at(&config.data.join(DIRECTORY));
    assemble(config, clock, metrics, Arc::new(disk))
}

/// Where the configuration says.
pub async fn open(config: &Config, clock: Clock, metrics: &Metrics) -> Result<Assets> {
    let backend = backend(config).await?;
    Ok(assemble(config, clock, metrics, backend))
}

/// Where the configuration says, with nothing touched: also while a server works with it.
pub async fn at_rest(config: &Config) -> Result<Assets> {
    let (clock, metrics) = (Clock::system(), Metrics::default());
    if config.assets == "disk" {
        return Ok(embedded(config, clock, &metrics));
    }
    open(config, clock, &metrics).await
}

async fn backend(config: &Config) -> Result<Arc<dyn BlobBackend>> {
    #[cfg(feature = "aws")]
    if let Some(place) = config.assets.strip_prefix("s3://") {
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let prefix = prefix.trim_matches('/');
        let options = S3Options {
            bucket: bucket.into(),
            prefix: if prefix.is_empty() {
                String::new()
            } else {
                format!("{prefix}/")
            },
            endpoint: config.assets_endpoint.clone(),
            public_endpoint: config.assets_public_endpoint.clone(),
            region: config.assets_region.clone(),
            path_style: config.assets_path_style,
        };
        return Ok(Arc::new(S3Backend::connect(options).await));
    }
    let directory = config.data.join(DIRECTORY);
    let opened = DiskBackend::open(&directory);
    Ok(Arc::new(opened.with_context(|| {
        format!("can't keep assets in {}", directory.display())
    })?))
}

fn assemble(config: &Config, clock: Clock, metrics: &Metrics, backend: Arc<dyn BlobBackend>) -> Assets {
    let limits = UploadLimits {
        avatar: config.avatar_max_bytes,
        logo: config.logo_max_bytes,
        cover: config.cover_max_bytes,
        attachment: config.attachment_max_bytes,
        files: config.upload_max_files,
        waiting: config.upload_max_waiting,
    };
    let processors = available_parallelism().map_or(2, usize::from);
    let pictures = Pipeline::new(PipelineOptions {
        limits: ImageLimits {
            bytes: limits.largest(),
            pixels: config.image_megapixels * 1_000_000,
            ..ImageLimits::default()
        },
        memory: config.image_memory_mb << 20,
        threads: if config.image_threads == 0 {
            processors
        } else {
            config.image_threads
        },
        waiting: WAITING,
    });
    Assets {
        blobs: Blobs::new(backend, metrics.clone()),
        pictures,
        links: Links::new(config.assets_secret.reveal(), config.assets_url.as_deref(), clock),
        incoming: Incoming::at(&config.data.join(INCOMING)),
        limits,
        link_life: Duration::from_secs(config.assets_link_seconds),
        upload_life: Duration::from_secs(config.upload_link_seconds),
    }
}
