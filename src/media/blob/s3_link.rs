//! Addresses under which somebody without credentials puts one object: S3 holds what was announced against what comes.

use std::time::Duration;

use aws_sdk_s3::Client;
use aws_sdk_s3::presigning::PresigningConfig;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use super::s3::failed;
use super::{Announced, BlobError, PutLink};

/// What clients set by themselves, and browsers let nobody set.
const THEIR_OWN: [&str; 2] = ["content-length", "host"];

/// Signs length, type and checksum along: with any other S3 refuses the signature.
pub async fn put_link(
    client: &Client,
    bucket: &str,
    object: String,
    announced: &Announced,
    life: Duration,
) -> Result<PutLink, BlobError> {
    let bytes = i64::try_from(announced.bytes).map_err(|error| BlobError::Refused(error.to_string()))?;
    let request = client.put_object().bucket(bucket).key(object);
    let request = request
        .content_length(bytes)
        .content_type(&announced.content_type)
        .set_checksum_sha256(announced.sha256.map(|hash| STANDARD.encode(hash)));
    let terms = PresigningConfig::expires_in(life).map_err(|error| BlobError::Refused(error.to_string()))?;
    let signed = request.presigned(terms).await.map_err(|error| failed(&error))?;
    let headers = signed.headers().filter(|(name, _)| !THEIR_OWN.contains(name));
    Ok(PutLink {
        url: signed.uri().to_owned(),
        headers: headers
            .map(|(name, value)| (name.to_owned(), value.to_owned()))
            .collect(),
    })
}
