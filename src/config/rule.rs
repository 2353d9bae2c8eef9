//! What values must be beyond their type. A rule that doesn't hold says what is expected instead.

use std::fmt::Display;
use std::net::SocketAddr;
use std::path::Path;

use tracing_subscriber::EnvFilter;

use super::{CacheTtls, Hidden, Network, RedisAddress, Secret};

type Verdict = Result<(), String>;

/// Whatever the type takes.
pub(super) fn any<T>(_value: &T) -> Verdict {
    Ok(())
}

/// A number of this range, its ends included.
pub(super) fn within<const LOW: u64, const HIGH: u64, T: Copy + TryInto<u64>>(value: &T) -> Verdict {
    let fits = (*value)
        .try_into()
        .is_ok_and(|value: u64| (LOW..=HIGH).contains(&value));
    expect(fits, format_args!("a whole number from {LOW} to {HIGH}"))
}

/// Most seconds that anything but a version lives in the cache: with what chance adds, versions outlive it.
const LONGEST_TTL: u64 = 43_200;

/// How long kinds live.
pub(super) fn ttls(ttls: &CacheTtls) -> Verdict {
    let is_kind = |name: &str| CacheTtls::KINDS.contains(&name.strip_suffix("_list").unwrap_or(name));
    let fits = ttls
        .iter()
        .all(|(name, seconds)| is_kind(name) && (1..=LONGEST_TTL).contains(&seconds));
    let kinds = CacheTtls::KINDS.join(", ");
    let what =
        format_args!("seconds from 1 to {LONGEST_TTL} by kind; the kinds are {kinds}, their lists task_list and so on");
    expect(fits, what)
}

/// Where to listen.
pub(super) fn address<T: AsRef<str>>(text: &T) -> Verdict {
    let text = text.as_ref();
    let named = text.rsplit_once(':').is_some_and(|(host, port)| {
        !host.is_empty() && !host.contains([':', '/', ' ', '[']) && port.parse::<u16>().is_ok()
    });
    expect(
        named || text.parse::<SocketAddr>().is_ok(),
        "an address and port like 127.0.0.1:4000, [::1]:4000 or localhost:4000",
    )
}

/// Where files go.
pub(super) fn directory<T: AsRef<Path>>(path: &T) -> Verdict {
    expect(!path.as_ref().as_os_str().is_empty(), "the path of a directory")
}

/// Which store.
pub(super) fn database(url: &Secret) -> Verdict {
    let url = url.reveal();
    if url == "sqlite" {
        return Ok(());
    }
    expect(
        has_host(url, &["mongodb", "mongodb+srv"]),
        "sqlite, or a URL that begins with mongodb:// or mongodb+srv:// and names a host",
    )?;
    built_with(cfg!(feature = "mongo"), "mongo", "sqlite")?;
    #[cfg(feature = "mongo")]
    expect(
        mongodb::options::ConnectionString::parse(url).is_ok(),
        "a URL that the MongoDB driver can read, like mongodb://user:password@host:27017/kanvaro?replicaSet=rs0 \
         (special characters in it percent-encoded)",
    )?;
    Ok(())
}

/// A part of the whole.
pub(super) fn share(share: &f64) -> Verdict {
    expect((0.0..=1.0).contains(share), "a number from 0 to 1, like 0.01")
}

/// Which cache.
pub(super) fn cache(url: &Secret) -> Verdict {
    let url = url.reveal();
    if url == "memory" {
        return Ok(());
    }
    let schemes = ["redis", "rediss", "redis+cluster", "rediss+cluster"];
    let address = RedisAddress::parse(url).filter(|_| has_host(url, &schemes));
    let Some(_address) = address else {
        return Err(
            "memory, or a URL that begins with redis://, rediss://, redis+cluster:// or rediss+cluster:// \
             and names a host (of a cluster: one or more, divided by commas)"
                .into(),
        );
    };
    built_with(cfg!(feature = "redis"), "redis", "memory")?;
    #[cfg(feature = "redis")]
    expect(
        _address.servers.iter().all(|server| is_redis_url(server.reveal())),
        "a URL that the Redis driver can read, like redis://:password@host:6379/0 \
         (special characters in it percent-encoded)",
    )?;
    Ok(())
}

#[cfg(feature = "redis")]
fn is_redis_url(url: &str) -> bool {
    redis::parse_redis_url(url).is_some_and(|url| redis::IntoConnectionInfo::into_connection_info(url).is_ok())
}

/// Where assets go.
pub(super) fn assets<T: AsRef<str>>(text: &T) -> Verdict {
    let text = text.as_ref();
    if text == "disk" {
        return Ok(());
    }
    let place = text.strip_prefix("s3://").unwrap_or_default();
    let bucket = place.split('/').next().unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"-.".contains(&byte);
    let is_bucket = (3..=63).contains(&bucket.len()) && bucket.bytes().all(plain);
    expect(
        is_bucket,
        "disk, or s3:// and the name of a bucket, maybe with a prefix: s3://bucket/kanvaro",
    )?;
    built_with(cfg!(feature = "aws"), "aws", "disk")
}

/// Where something is, by HTTP.
pub(super) fn url(url: &Option<String>) -> Verdict {
    let fits = url
        .as_deref()
        .is_none_or(|url| has_host(url, &["http", "https"]) && !url.contains(['?', '#', ' ']));
    expect(fits, "a URL that begins with https:// or http:// and names a host")
}

/// Which CDN.
pub(super) fn cdn(text: &Option<String>) -> Verdict {
    let Some(text) = text.as_deref() else {
        return Ok(());
    };
    let id = text.strip_prefix("cloudfront://").unwrap_or_default();
    let is_id = !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
    expect(
        is_id,
        "cloudfront:// and the id of a distribution, like cloudfront://E2EXAMPLE1ABCD",
    )?;
    built_with(cfg!(feature = "aws"), "aws", "no CDN")
}

/// Which kinds.
pub(super) fn kinds<T: AsRef<[String]>>(kinds: &T) -> Verdict {
    let known = CacheTtls::KINDS;
    let fits = kinds.as_ref().iter().all(|kind| known.contains(&kind.as_str()));
    expect(fits, format_args!("kinds of: {}", known.join(", ")))
}

/// Headers with their values.
pub(super) fn headers<T: AsRef<[String]>>(headers: &T) -> Verdict {
    let is_name = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    let is_header = |text: &String| {
        let parts = text.split_once(": ");
        parts.is_some_and(|(name, value)| !name.is_empty() && name.bytes().all(is_name) && !value.trim().is_empty())
    };
    expect(
        headers.as_ref().iter().all(is_header),
        "headers with their values, like X-Frame-Options: DENY",
    )
}

/// A secret that can't be found by trying.
pub(super) fn long_secret(secret: &Hidden) -> Verdict {
    let length = secret.reveal().len();
    expect(
        length == 0 || length >= 32,
        "at least 32 characters, like `openssl rand -hex 32` makes them",
    )
}

/// What is logged.
pub(super) fn directives<T: AsRef<str>>(text: &T) -> Verdict {
    let text = text.as_ref();
    let reads = !text.is_empty() && EnvFilter::builder().parse(text).is_ok();
    expect(
        reads,
        "error, warn, info, debug, trace, or directives like info,kanvaro::http=debug",
    )
}

/// Who may call from a browser.
pub(super) fn origins<T: AsRef<[String]>>(origins: &T) -> Verdict {
    let is_origin = |text: &String| {
        let host = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        text == "*" || host.is_some_and(|host| !host.is_empty() && !host.contains(['/', '?', '#', '@', '*', ' ']))
    };
    expect(
        origins.as_ref().iter().all(is_origin),
        "origins like https://app.example.com, without a path, or *",
    )
}

/// Whose word counts.
pub(super) fn networks<T: AsRef<[String]>>(networks: &T) -> Verdict {
    let is_network = |text: &String| Network::parse(text).is_some();
    expect(
        networks.as_ref().iter().all(is_network),
        "addresses and networks, like 127.0.0.1, 10.0.0.0/8 or 2001:db8::/32",
    )
}

/// Which way mail goes.
pub(super) fn mail(url: &Secret) -> Verdict {
    let url = url.reveal();
    if url == "log" {
        return Ok(());
    }
    expect(
        has_host(url, &["smtp", "smtps"]) && !url.contains(' '),
        "log, or a URL that begins with smtp:// or smtps:// and names a host",
    )?;
    built_with(cfg!(feature = "smtp"), "smtp", "log")
}

/// Whom mail comes from.
pub(super) fn mailbox<T: AsRef<str>>(text: &T) -> Verdict {
    let text = text.as_ref().trim();
    let address = text
        .strip_suffix('>')
        .and_then(|text| text.rsplit_once('<'))
        .map_or(text, |(_, address)| address);
    let parts = address.split_once('@');
    let fits =
        parts.is_some_and(|(name, host)| !name.is_empty() && !host.is_empty() && !address.contains([' ', '<', '>']));
    expect(fits, "an address, maybe with a name: Kanvaro <kanvaro@example.com>")
}

/// Which files.
pub(super) fn manifests<T: AsRef<[String]>>(files: &T) -> Verdict {
    let named = files.as_ref().iter().all(|file| !file.trim().is_empty());
    expect(named, "names of files, like persisted-query-manifest.json")
}

fn has_host(url: &str, schemes: &[&str]) -> bool {
    url.split_once("://")
        .is_some_and(|(scheme, rest)| schemes.contains(&scheme) && !rest.is_empty() && !rest.starts_with(['/', '?']))
}

fn built_with(is: bool, feature: &str, instead: &str) -> Verdict {
    expect(
        is,
        format_args!("{instead}: this program was built without the feature `{feature}` that such a URL needs"),
    )
}

fn expect(holds: bool, what: impl Display) -> Verdict {
    if holds { Ok(()) } else { Err(what.to_string()) }
}
