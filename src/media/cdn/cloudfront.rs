//! Amazon CloudFront: a distribution that is told by invalidations what to forget. A tag is an item like a path, with `#`
//! before it, and counts only where the distribution has a `CacheTagConfig`.

use std::time::Duration;

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_cloudfront::Client;
use aws_sdk_cloudfront::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_cloudfront::types::{Invalidation, InvalidationBatch, Paths};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use crate::model::PurgeItem;

use super::{CdnBackend, CdnError};

/// Which distribution, and how its API is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CloudFrontOptions {
    /// Its id, like `E2EXAMPLE`.
    pub distribution: String,
    /// Another service than Amazon's.
    pub endpoint: Option<String>,
}

/// A distribution.
pub struct CloudFrontBackend {
    client: Client,
    distribution: String,
}

/// The region of what has none.
const REGION: &str = "us-east-1";
/// The queue tries again by itself.
const ATTEMPTS: u32 = 2;
const CONNECT: Duration = Duration::from_secs(4);
const READ: Duration = Duration::from_secs(10);
/// What it says of an order that it will never take.
const NEVER: &[&str] = &[
    "BatchTooLarge",
    "InconsistentQuantities",
    "InvalidArgument",
    "InvalidationBatchAlreadyExists",
    "MissingBody",
];

impl CloudFrontBackend {
    /// With the credentials that the environment, a profile, or the machine's role provides. Nothing is asked yet.
    pub async fn connect(options: CloudFrontOptions) -> CloudFrontBackend {
        let tls = Provider::Rustls(CryptoMode::AwsLc);
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
        let limits = TimeoutConfig::builder().connect_timeout(CONNECT).read_timeout(READ);
        let mut shared = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .region(Region::from_static(REGION))
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(limits.build());
        if let Some(endpoint) = options.endpoint {
            shared = shared.endpoint_url(endpoint);
        }
        CloudFrontBackend {
            client: Client::new(&shared.load().await),
            distribution: options.distribution,
        }
    }
}

#[async_trait]
impl CdnBackend for CloudFrontBackend {
    fn name(&self) -> &'static str {
        "cloudfront"
    }

    fn keeps(&self) -> bool {
        true
    }

    async fn invalidate(&self, items: &[PurgeItem], reference: &str) -> Result<String, CdnError> {
        let quantity = i32::try_from(items.len()).map_err(refused)?;
        let items = items.iter().map(|item| item.as_str().to_owned()).collect();
        let paths = Paths::builder().quantity(quantity).set_items(Some(items));
        let batch = InvalidationBatch::builder()
            .paths(paths.build().map_err(refused)?)
            .caller_reference(reference)
            .build()
            .map_err(refused)?;
        let order = self.client.create_invalidation().distribution_id(&self.distribution);
        let taken = order.invalidation_batch(batch).send().await;
        let taken = taken.map_err(|error| failed(&error))?;
        let id = taken.invalidation().map(|order| order.id().to_owned());
        id.ok_or_else(|| CdnError::Unavailable("it has not said what it calls the invalidation".into()))
    }

    async fn is_done(&self, order: &str) -> Result<bool, CdnError> {
        let question = self.client.get_invalidation().distribution_id(&self.distribution);
        let told = question.id(order).send().await.map_err(|error| failed(&error))?;
        let status = told.invalidation().map(Invalidation::status);
        Ok(status.is_some_and(|status| status.eq_ignore_ascii_case("Completed")))
    }
}

fn refused(error: impl std::fmt::Display) -> CdnError {
    CdnError::Refused(error.to_string())
}

fn failed<E>(error: &SdkError<E>) -> CdnError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let told = error.as_service_error();
    match told.and_then(|told| told.code().zip(told.message())) {
        Some((code, message)) if NEVER.contains(&code) => CdnError::Refused(format!("{code}: {message}")),
        Some((code, message)) => CdnError::Unavailable(format!("{code}: {message}")),
        None => CdnError::Unavailable(DisplayErrorContext(error).to_string()),
    }
}
