//! Blobs in a bucket of S3, or of what speaks as S3 does. Objects carry the headers that they are served with.

use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use aws_config::retry::RetryConfig;
use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::{RequestChecksumCalculation, ResponseChecksumValidation};
use aws_sdk_s3::error::{DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::primitives::DateTime;
use aws_sdk_s3::types::{Delete, Object, ObjectIdentifier};
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};
use bytes::Bytes;

use super::s3_link;
use super::s3_upload::Upload;
use super::{Announced, Blob, BlobBackend, BlobError, BlobHead, BlobKey, Content, Listed, PutLink, Range, Stream};

/// Which bucket, and how it is reached.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct S3Options {
    /// Its name.
    pub bucket: String,
    /// What the names of objects begin with, like `kanvaro/`; empty for nothing.
    pub prefix: String,
    /// Another service than Amazon's.
    pub endpoint: Option<String>,
    /// Where those reach it who are given addresses to put to, if not there.
    pub public_endpoint: Option<String>,
    /// Where the bucket lies; unset: as the environment says.
    pub region: Option<String>,
    /// Whether the bucket stands in the path and not in the name of the host.
    pub path_style: bool,
}

/// Blobs in a bucket.
pub struct S3Backend {
    client: Client,
    /// Signs addresses, and asks nothing.
    signer: Client,
    bucket: String,
    prefix: String,
}

const ATTEMPTS: u32 = 4;
const CONNECT: Duration = Duration::from_secs(4);
/// How long the head of an answer may take.
const READ: Duration = Duration::from_secs(15);
/// Most that S3 lists or removes at once.
const BATCH: usize = 1000;

impl S3Backend {
    /// With the credentials that the environment, a profile, or the machine's role provides. Nothing is asked yet.
    pub async fn connect(options: S3Options) -> S3Backend {
        let tls = Provider::Rustls(CryptoMode::AwsLc);
        let http = aws_smithy_http_client::Builder::new().tls_provider(tls).build_https();
        let mut shared = aws_config::defaults(BehaviorVersion::latest())
            .http_client(http)
            .retry_config(RetryConfig::standard().with_max_attempts(ATTEMPTS))
            .timeout_config(
                TimeoutConfig::builder()
                    .connect_timeout(CONNECT)
                    .read_timeout(READ)
                    .build(),
            );
        if let Some(region) = options.region {
            shared = shared.region(Region::new(region));
        }
        let is_other = options.endpoint.is_some();
        if let Some(endpoint) = options.endpoint {
            shared = shared.endpoint_url(endpoint);
        }
        let mut config = aws_sdk_s3::config::Builder::from(&shared.load().await).force_path_style(options.path_style);
        if is_other {
            // Not everything that speaks as S3 does knows the checksums that came later.
            config = config
                .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
                .response_checksum_validation(ResponseChecksumValidation::WhenRequired);
        }
        let client = Client::from_conf(config.clone().build());
        let signer = match options.public_endpoint {
            Some(endpoint) => Client::from_conf(config.endpoint_url(endpoint).build()),
            None => client.clone(),
        };
        S3Backend {
            client,
            signer,
            bucket: options.bucket,
            prefix: options.prefix,
        }
    }

    /// The bucket's name.
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    fn object(&self, key: &BlobKey) -> String {
        format!("{}{key}", self.prefix)
    }
}

#[async_trait]
impl BlobBackend for S3Backend {
    fn name(&self) -> &'static str {
        "s3"
    }

    async fn put(&self, key: &BlobKey, content: Content) -> Result<(), BlobError> {
        let upload = Upload {
            client: &self.client,
            bucket: &self.bucket,
            object: &self.object(key),
            key,
        };
        upload.put(content).await
    }

    async fn get(&self, key: &BlobKey, range: Option<Range>) -> Result<Option<Blob>, BlobError> {
        let request = self.client.get_object().bucket(&self.bucket).key(self.object(key));
        let sent = request.set_range(range.map(Range::header)).send().await;
        let found = match sent {
            Ok(found) => found,
            Err(error) if status(&error) == Some(404) => return Ok(None),
            Err(error) if status(&error) == Some(416) => {
                let bytes = self.head(key).await?.map_or(0, |head| head.bytes);
                return Err(BlobError::Range { bytes });
            }
            Err(error) => return Err(failed(&error)),
        };
        let part = found.content_range().and_then(parse_content_range);
        let length = u64::try_from(found.content_length().unwrap_or_default()).unwrap_or_default();
        let bytes = part.map_or(length, |(_, _, bytes)| bytes);
        let part = match part {
            Some((first, last, _)) => Some((first, last)),
            None => Range::From(0).within(bytes),
        };
        let head = BlobHead {
            bytes,
            modified: time(found.last_modified()),
        };
        let body = stream(found.body);
        Ok(Some(Blob { head, part, body }))
    }

    async fn head(&self, key: &BlobKey) -> Result<Option<BlobHead>, BlobError> {
        let request = self.client.head_object().bucket(&self.bucket).key(self.object(key));
        match request.send().await {
            Ok(found) => Ok(Some(BlobHead {
                bytes: u64::try_from(found.content_length().unwrap_or_default()).unwrap_or_default(),
                modified: time(found.last_modified()),
            })),
            Err(error) if status(&error) == Some(404) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    async fn remove(&self, keys: &[BlobKey]) -> Result<(), BlobError> {
        for keys in keys.chunks(BATCH) {
            let objects = keys.iter().map(|key| {
                let object = ObjectIdentifier::builder().key(self.object(key)).build();
                object.expect("it has its key")
            });
            let delete = Delete::builder()
                .set_objects(Some(objects.collect()))
                .quiet(true)
                .build();
            let request = self.client.delete_objects().bucket(&self.bucket);
            let request = request.delete(delete.expect("it has its objects"));
            let removed = request.send().await.map_err(|error| failed(&error))?;
            if let Some(error) = removed.errors().first() {
                let text = |text: Option<&str>| text.unwrap_or("?").to_owned();
                return Err(BlobError::Refused(format!(
                    "{}: {}",
                    text(error.key()),
                    text(error.message())
                )));
            }
        }
        Ok(())
    }

    async fn list(&self, prefix: &str, after: Option<&BlobKey>, limit: u32) -> Result<Vec<Listed>, BlobError> {
        let limit = limit as usize;
        let (mut listed, mut after) = (Vec::new(), after.map(|key| self.object(key)));
        while listed.len() < limit {
            let most = i32::try_from(BATCH.min(limit - listed.len())).expect("a batch is small");
            let request = self.client.list_objects_v2().bucket(&self.bucket).max_keys(most);
            let request = request
                .prefix(format!("{}{prefix}", self.prefix))
                .set_start_after(after);
            let page = request.send().await.map_err(|error| failed(&error))?;
            after = page.contents().last().and_then(Object::key).map(str::to_owned);
            let keys = page.contents().iter().filter_map(|object| {
                let key = BlobKey::parse(object.key()?.strip_prefix(&self.prefix)?).ok()?;
                let head = BlobHead {
                    bytes: u64::try_from(object.size().unwrap_or_default()).unwrap_or_default(),
                    modified: time(object.last_modified()),
                };
                Some(Listed { key, head })
            });
            listed.extend(keys);
            if after.is_none() || page.is_truncated() != Some(true) {
                break;
            }
        }
        Ok(listed)
    }

    async fn put_link(
        &self,
        key: &BlobKey,
        announced: &Announced,
        life: Duration,
    ) -> Result<Option<PutLink>, BlobError> {
        let link = s3_link::put_link(&self.signer, &self.bucket, self.object(key), announced, life);
        link.await.map(Some)
    }

    async fn ping(&self) -> Result<(), BlobError> {
        let sent = self.client.head_bucket().bucket(&self.bucket).send().await;
        sent.map(|_| ()).map_err(|error| failed(&error))
    }
}

/// What went wrong, and whether it may be different next time.
pub(super) fn failed<E>(error: &SdkError<E>) -> BlobError
where
    E: std::error::Error + ProvideErrorMetadata + Send + Sync + 'static,
{
    let text = match error
        .as_service_error()
        .and_then(|error| error.code().zip(error.message()))
    {
        Some((code, message)) => format!("{code}: {message}"),
        None => DisplayErrorContext(error).to_string(),
    };
    match status(error) {
        Some(408 | 429 | 500..) | None => BlobError::Unavailable(text),
        Some(_) => BlobError::Refused(text),
    }
}

fn status<E>(error: &SdkError<E>) -> Option<u16> {
    error.raw_response().map(|response| response.status().as_u16())
}

fn time(time: Option<&DateTime>) -> SystemTime {
    time.and_then(|time| SystemTime::try_from(*time).ok())
        .unwrap_or(SystemTime::UNIX_EPOCH)
}

fn stream(body: aws_sdk_s3::primitives::ByteStream) -> Stream {
    let pieces = futures_util::stream::try_unfold(body, |mut body| async move {
        let piece: Option<Bytes> = body.try_next().await.map_err(BlobError::unavailable)?;
        Ok(piece.map(|piece| (piece, body)))
    });
    Box::pin(pieces)
}

/// `bytes 0-9/100`.
fn parse_content_range(header: &str) -> Option<(u64, u64, u64)> {
    let (part, bytes) = header.strip_prefix("bytes ")?.split_once('/')?;
    let (first, last) = part.split_once('-')?;
    Some((first.parse().ok()?, last.parse().ok()?, bytes.parse().ok()?))
}
