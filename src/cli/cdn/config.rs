//! `cdn config`.

use anyhow::{Result, bail};

use crate::config::Config;
use crate::graphql::SESSION_COOKIE;
use crate::media::cdn::Distribution;

/// The distribution that suits this configuration, as JSON. `origin`: the host under which the CDN reaches the server.
pub fn config(config: &Config, origin: &str) -> Result<String> {
    let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.".contains(&byte);
    if !origin.contains('.') || !origin.bytes().all(is_host) {
        bail!("--origin is the name of a host, like api.example.com: CloudFront reaches no address and no port");
    }
    let distribution = Distribution {
        config,
        origin,
        cookie: SESSION_COOKIE,
        reference: &format!("kanvaro-{:016x}", rand::random::<u64>()),
    };
    Ok(serde_json::to_string_pretty(&distribution.to_json())?)
}
