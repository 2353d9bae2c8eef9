//! S3 as Moto speaks it: the service of KANVARO_TEST_AWS, and a bucket for each test.

use kanvaro::media::blob::{S3Backend, S3Options};
use reqwest::header::HeaderMap;

/// Where it listens.
pub fn url() -> String {
    std::env::var("KANVARO_TEST_AWS").expect("KANVARO_TEST_AWS names a service: scripts/services.sh start aws")
}

/// A bucket of its own, in which objects have a prefix.
pub async fn bucket() -> S3Backend {
    backend(&new_bucket().await, &url()).await
}

/// The name of a new bucket.
pub async fn new_bucket() -> String {
    let name = format!("test-{:032x}", rand::random::<u128>());
    let made = reqwest::Client::new()
        .put(format!("{}/{name}", url()))
        .body("<CreateBucketConfiguration><LocationConstraint>eu-central-1</LocationConstraint></CreateBucketConfiguration>")
        .send()
        .await
        .unwrap();
    assert!(made.status().is_success(), "{}", made.text().await.unwrap());
    name
}

/// The bucket of this name there.
pub async fn backend(bucket: &str, endpoint: &str) -> S3Backend {
    S3Backend::connect(S3Options {
        bucket: bucket.into(),
        prefix: "kanvaro/".into(),
        endpoint: Some(endpoint.into()),
        region: Some("eu-central-1".into()),
        path_style: true,
    })
    .await
}

/// What Moto takes for a signature; it doesn't check them.
const SIGNED: &str =
    "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/s3/aws4_request, SignedHeaders=host, Signature=0";

/// The headers that an object is answered with.
pub async fn head(backend: &S3Backend, name: &str) -> HeaderMap {
    let address = format!("{}/{}/kanvaro/{name}", url(), backend.bucket());
    let answered = reqwest::Client::new()
        .head(address)
        .header("authorization", SIGNED)
        .send()
        .await
        .unwrap();
    assert!(answered.status().is_success(), "{answered:?}");
    answered.headers().clone()
}
