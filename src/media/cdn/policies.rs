//! The policies of a distribution: for how long what is kept and what tells requests apart, and which headers are added.

use serde_json::{Value, json};

use crate::config::Config;

/// The policy of answers of the API.
pub(super) const API: &str = "kanvaro-api";
/// The policy of `/static`.
pub(super) const STATIC: &str = "kanvaro-static";
/// The policy of `/images`.
pub(super) const IMAGES: &str = "kanvaro-images";
/// The policy of headers.
pub(super) const HEADERS: &str = "kanvaro-headers";

/// What is named by its content says itself that it stays a year.
const YEAR: u64 = 31_536_000;

/// The policies for what is kept.
pub(super) fn cache_policies(config: &Config, cookie: &str) -> [Value; 3] {
    // As much as `Vary` says. Whoever is signed in shares nothing with others there.
    let mut headers = vec!["Accept", "Authorization"];
    if !config.cors_origins.is_empty() {
        headers.push("Origin");
    }
    let api = json!({
        "EnableAcceptEncodingGzip": true,
        "EnableAcceptEncodingBrotli": true,
        "HeadersConfig": { "HeaderBehavior": "whitelist", "Headers": texts(&headers) },
        "CookiesConfig": { "CookieBehavior": "whitelist", "Cookies": texts(&[cookie]) },
        "QueryStringsConfig": { "QueryStringBehavior": "all" },
    });
    let file = json!({
        "EnableAcceptEncodingGzip": true,
        "EnableAcceptEncodingBrotli": true,
        "HeadersConfig": { "HeaderBehavior": "none" },
        "CookiesConfig": { "CookieBehavior": "none" },
        "QueryStringsConfig": { "QueryStringBehavior": "none" },
    });
    let (fixed, images) = (config.cdn_static_seconds, config.cdn_images_seconds);
    [
        // An answer that says nothing is not kept.
        policy(API, (0, config.cdn_api_seconds), &api),
        policy(STATIC, (fixed, fixed), &file),
        policy(IMAGES, (images, images.max(YEAR)), &file),
    ]
}

fn policy(name: &str, (usual, most): (u64, u64), key: &Value) -> Value {
    json!({
        "Name": name,
        "MinTTL": 0,
        "DefaultTTL": usual,
        "MaxTTL": most,
        "ParametersInCacheKeyAndForwardedToOrigin": key,
    })
}

/// The policy that adds these headers; none where there are none. What the server says itself of what may run stays.
pub(super) fn headers_policy(headers: &[String]) -> Option<Value> {
    if headers.is_empty() {
        return None;
    }
    let mut policy = json!({ "Name": HEADERS });
    let mut others = Vec::new();
    for (name, value) in headers.iter().filter_map(|header| header.split_once(": ")) {
        match known(&name.to_ascii_lowercase(), value.trim()) {
            Some((member, told)) => policy["SecurityHeadersConfig"][member] = told,
            None => others.push(json!({ "Header": name, "Value": value.trim(), "Override": true })),
        }
    }
    if !others.is_empty() {
        policy["CustomHeadersConfig"] = list(others);
    }
    Some(policy)
}

/// A header that CloudFront has a member for; it takes no such header otherwise.
fn known(name: &str, value: &str) -> Option<(&'static str, Value)> {
    let words: Vec<&str> = value.split(';').map(str::trim).collect();
    let says = |word: &str| words.iter().any(|said| said.eq_ignore_ascii_case(word));
    Some(match name {
        "x-content-type-options" => ("ContentTypeOptions", json!({ "Override": true })),
        "x-frame-options" => ("FrameOptions", json!({ "Override": true, "FrameOption": value })),
        "x-xss-protection" => (
            "XSSProtection",
            json!({ "Override": true, "Protection": says("1"), "ModeBlock": says("mode=block") }),
        ),
        "referrer-policy" => ("ReferrerPolicy", json!({ "Override": true, "ReferrerPolicy": value })),
        "content-security-policy" => (
            "ContentSecurityPolicy",
            json!({ "Override": false, "ContentSecurityPolicy": value }),
        ),
        "strict-transport-security" => {
            let age = words.iter().find_map(|word| word.strip_prefix("max-age="));
            let age: u64 = age.and_then(|age| age.parse().ok()).unwrap_or(YEAR);
            let told = json!({
                "Override": true,
                "AccessControlMaxAgeSec": age,
                "IncludeSubdomains": says("includeSubDomains"),
                "Preload": says("preload"),
            });
            ("StrictTransportSecurity", told)
        }
        _ => return None,
    })
}

/// A list as CloudFront takes it.
pub(super) fn list(items: impl IntoIterator<Item = Value>) -> Value {
    let items: Vec<Value> = items.into_iter().collect();
    json!({ "Quantity": items.len(), "Items": items })
}

fn texts(texts: &[&str]) -> Value {
    list(texts.iter().copied().map(Value::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_products_headers_and_times_are_set_up_unless_configured() {
        let config = Config::default();
        let times =
            cache_policies(&config, "session").map(|policy| (policy["DefaultTTL"].clone(), policy["MaxTTL"].clone()));
        assert_eq!(
            times,
            [(0, 300), (31_536_000, 31_536_000), (86_400, 31_536_000)].map(|(usual, most)| (usual.into(), most.into()))
        );
        assert_eq!(
            headers_policy(&config.cdn_headers).unwrap()["SecurityHeadersConfig"],
            json!({
                "ContentTypeOptions": { "Override": true },
                "FrameOptions": { "Override": true, "FrameOption": "DENY" },
                "XSSProtection": { "Override": true, "Protection": true, "ModeBlock": true },
            })
        );
    }

    #[test]
    fn every_header_finds_its_place() {
        let headers = [
            "Strict-Transport-Security: max-age=63072000; includeSubDomains",
            "Permissions-Policy: camera=()",
        ];
        let policy = headers_policy(&headers.map(str::to_owned)).unwrap();
        assert_eq!(
            policy["SecurityHeadersConfig"]["StrictTransportSecurity"],
            json!({ "Override": true, "AccessControlMaxAgeSec": 63_072_000, "IncludeSubdomains": true, "Preload": false })
        );
        assert_eq!(
            policy["CustomHeadersConfig"]["Items"][0]["Header"],
            "Permissions-Policy"
        );
    }
}
