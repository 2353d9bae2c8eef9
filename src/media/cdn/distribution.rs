//! How a CloudFront distribution before this server is set up, as the JSON that AWS's programs take. Policies are named
//! where their ids belong: CloudFront gives ids out when they are created.

use serde_json::{Value, json};

use crate::config::Config;

use super::policies::{API, HEADERS, IMAGES, STATIC, cache_policies, headers_policy, list};

/// What a distribution is made for.
#[derive(Clone, Copy, Debug)]
pub struct Distribution<'d> {
    /// How this server is configured.
    pub config: &'d Config,
    /// The host under which CloudFront reaches it.
    pub origin: &'d str,
    /// The cookie that sessions come by.
    pub cookie: &'d str,
    /// Tells this order from others, so that none is carried out twice.
    pub reference: &'d str,
}

/// The header that a distribution reads tags from.
const TAG_HEADER: &str = "Cache-Tag";
/// The origin that is this server.
const SERVER: &str = "kanvaro";
/// The origin that is the bucket, and its way in.
const BUCKET: &str = "kanvaro-assets";
/// Amazon's own policy that keeps nothing.
const NOTHING: &str = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad";
/// Amazon's own policy that passes everything on but `Host`.
const ALL_BUT_HOST: &str = "b689b0a8-53d0-40ab-baf2-68738e2966ac";

impl Distribution<'_> {
    /// All of it: the policies, the bucket's way in, and the distribution that refers to them by name.
    pub fn to_json(self) -> Value {
        let mut all = json!({
            "CachePolicies": cache_policies(self.config, self.cookie),
            "ResponseHeadersPolicies": headers_policy(&self.config.cdn_headers).as_slice(),
            "DistributionConfig": self.config(),
        });
        if self.bucket().is_some() {
            all["OriginAccessControls"] = json!([{
                "Name": BUCKET,
                "SigningProtocol": "sigv4",
                "SigningBehavior": "always",
                "OriginAccessControlOriginType": "s3",
            }]);
        }
        all
    }

    fn config(self) -> Value {
        let assets = if self.bucket().is_some() { BUCKET } else { SERVER };
        let mut config = json!({
            "CallerReference": self.reference,
            "Comment": "Kanvaro",
            "Enabled": true,
            "HttpVersion": "http2and3",
            "IsIPV6Enabled": true,
            "Origins": list([Some(self.server()), self.bucket()].into_iter().flatten()),
            "DefaultCacheBehavior": self.behavior(SERVER, NOTHING, Methods::All),
            "CacheBehaviors": list([
                at("/graphql*", self.behavior(SERVER, API, Methods::All)),
                at("/static/*", self.behavior(assets, STATIC, Methods::Read)),
                at("/images/*", self.behavior(assets, IMAGES, Methods::Read)),
            ]),
            "ViewerCertificate": { "CloudFrontDefaultCertificate": true },
        });
        if self.config.cdn_tags {
            config["CacheTagConfig"] = json!({ "HeaderName": TAG_HEADER });
        }
        config
    }

    fn server(self) -> Value {
        json!({
            "Id": SERVER,
            "DomainName": self.origin,
            "CustomOriginConfig": {
                "HTTPPort": 80,
                "HTTPSPort": 443,
                "OriginProtocolPolicy": "https-only",
                "OriginSslProtocols": list(["TLSv1.2"].map(Value::from)),
                "OriginReadTimeout": 60,
                // This server keeps idle connections for longer.
                "OriginKeepaliveTimeout": 60,
            },
        })
    }

    /// The bucket at Amazon's; what lies elsewhere is fetched from this server.
    fn bucket(self) -> Option<Value> {
        let config = self.config;
        let place = config
            .assets
            .strip_prefix("s3://")
            .filter(|_| config.assets_endpoint.is_none())?;
        let (bucket, prefix) = place.split_once('/').unwrap_or((place, ""));
        let region = config
            .assets_region
            .as_deref()
            .map(|region| format!("{region}."))
            .unwrap_or_default();
        let prefix = prefix.trim_matches('/');
        let path = if prefix.is_empty() {
            String::new()
        } else {
            format!("/{prefix}")
        };
        Some(json!({
            "Id": BUCKET,
            "DomainName": format!("{bucket}.s3.{region}amazonaws.com"),
            "OriginPath": path,
            "S3OriginConfig": { "OriginAccessIdentity": "" },
            "OriginAccessControlId": BUCKET,
        }))
    }

    fn behavior(self, origin: &str, policy: &str, methods: Methods) -> Value {
        // A POST that were sent elsewhere would lose its body.
        let (allowed, protocol): (&[&str], _) = match methods {
            Methods::Read => (&["GET", "HEAD"], "redirect-to-https"),
            Methods::All => (
                &["GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"],
                "https-only",
            ),
        };
        let mut allowed = list(allowed.iter().copied().map(Value::from));
        allowed["CachedMethods"] = list(["GET", "HEAD"].map(Value::from));
        let mut behavior = json!({
            "TargetOriginId": origin,
            "ViewerProtocolPolicy": protocol,
            "AllowedMethods": allowed,
            "Compress": true,
            "CachePolicyId": policy,
        });
        if !self.config.cdn_headers.is_empty() {
            behavior["ResponseHeadersPolicyId"] = HEADERS.into();
        }
        if let Methods::All = methods {
            behavior["OriginRequestPolicyId"] = ALL_BUT_HOST.into();
        }
        behavior
    }
}

/// What may be done there.
#[derive(Clone, Copy)]
enum Methods {
    /// What only reads.
    Read,
    /// Everything; reads alone are kept.
    All,
}

fn at(paths: &str, mut behavior: Value) -> Value {
    behavior["PathPattern"] = paths.into();
    behavior
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(config: &Config) -> Value {
        let distribution = Distribution {
            config,
            origin: "api.example.com",
            cookie: "session",
            reference: "1",
        };
        distribution.to_json()
    }

    #[test]
    fn files_come_from_the_bucket_where_there_is_one() {
        let embedded = of(&Config::default());
        assert_eq!(embedded["DistributionConfig"]["Origins"]["Quantity"], 1);
        assert_eq!(embedded.get("OriginAccessControls"), None);
        let config = Config {
            assets: "s3://files/kanvaro/".into(),
            assets_region: Some("eu-central-1".into()),
            ..Config::default()
        };
        let origins = &of(&config)["DistributionConfig"]["Origins"];
        assert_eq!(origins["Items"][1]["DomainName"], "files.s3.eu-central-1.amazonaws.com");
        assert_eq!(origins["Items"][1]["OriginPath"], "/kanvaro");
    }

    #[test]
    fn without_headers_there_is_no_policy_for_them() {
        let config = Config {
            cdn_headers: Vec::new(),
            ..Config::default()
        };
        let all = of(&config);
        assert_eq!(all["ResponseHeadersPolicies"], json!([]));
        assert!(!all.to_string().contains("ResponseHeadersPolicyId"));
    }

    #[test]
    fn tags_are_read_only_if_told() {
        assert_eq!(of(&Config::default())["DistributionConfig"].get("CacheTagConfig"), None);
        let config = Config {
            cdn_tags: true,
            ..Config::default()
        };
        assert_eq!(
            of(&config)["DistributionConfig"]["CacheTagConfig"]["HeaderName"],
            "Cache-Tag"
        );
    }
}
