//! S3 and CloudFront as Moto speaks them: the service of KANVARO_TEST_AWS, a bucket or distribution for each test.

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
    S3Backend::connect(options(bucket, endpoint)).await
}

/// What leads to it.
pub fn options(bucket: &str, endpoint: &str) -> S3Options {
    S3Options {
        bucket: bucket.into(),
        prefix: "kanvaro/".into(),
        endpoint: Some(endpoint.into()),
        public_endpoint: None,
        region: Some("eu-central-1".into()),
        path_style: true,
    }
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

/// A distribution of CloudFront.
pub struct Distribution {
    /// Its id.
    pub id: String,
}

/// An invalidation as CloudFront has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invalidation {
    /// What it was asked for under.
    pub reference: String,
    /// What is to be forgotten.
    pub items: Vec<String>,
}

const CLOUDFRONT: &str =
    "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/cloudfront/aws4_request, SignedHeaders=host, Signature=0";

impl Distribution {
    /// A new one.
    pub async fn new() -> Distribution {
        let config = format!(
            "<DistributionConfig><CallerReference>{:032x}</CallerReference><Comment/><Enabled>true</Enabled><Origins>\
             <Quantity>1</Quantity><Items><Origin><Id>o</Id><DomainName>o.example.com</DomainName></Origin></Items></Origins>\
             <DefaultCacheBehavior><TargetOriginId>o</TargetOriginId><ViewerProtocolPolicy>https-only</ViewerProtocolPolicy>\
             </DefaultCacheBehavior></DistributionConfig>",
            rand::random::<u128>()
        );
        let made = ask(reqwest::Method::POST, "distribution", config).await;
        let id = between(&made, "<Id>", "</Id>").next().expect(&made).to_owned();
        Distribution { id }
    }

    /// What it was asked to forget, in that order.
    pub async fn invalidations(&self) -> Vec<Invalidation> {
        let place = format!("distribution/{}/invalidation", self.id);
        let list = ask(reqwest::Method::GET, &place, String::new()).await;
        let mut all = Vec::new();
        for id in between(&list, "<Id>", "</Id>") {
            let one = ask(reqwest::Method::GET, &format!("{place}/{id}"), String::new()).await;
            all.push(Invalidation::read(&one));
        }
        all
    }
}

impl Invalidation {
    /// Reads one of XML.
    pub fn read(xml: &str) -> Invalidation {
        let reference = between(xml, "<CallerReference>", "</CallerReference>").next();
        Invalidation {
            reference: reference.unwrap_or_default().to_owned(),
            items: between(xml, "<Path>", "</Path>").map(str::to_owned).collect(),
        }
    }
}

async fn ask(method: reqwest::Method, place: &str, body: String) -> String {
    let request = reqwest::Client::new().request(method, format!("{}/2020-05-31/{place}", url()));
    let sent = request
        .header("authorization", CLOUDFRONT)
        .body(body)
        .send()
        .await
        .unwrap();
    let (status, text) = (sent.status(), sent.text().await.unwrap());
    assert!(status.is_success(), "{status}: {text}");
    text
}

fn between<'t>(text: &'t str, from: &'t str, to: &'t str) -> impl Iterator<Item = &'t str> {
    text.split(from)
        .skip(1)
        .filter_map(move |rest| Some(rest.split_once(to)?.0))
}
