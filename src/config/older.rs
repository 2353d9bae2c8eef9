//! The product's older environment variables, for deployments that have them: `MONGODB_URI`, and
//! `REDIS_HOST`, `REDIS_PORT`, `REDIS_PASSWORD`, `REDIS_DB`.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::{ConfigError, Origin};

/// A value under its present key, with the older variable it comes from.
pub(super) type Older = (&'static str, String, Origin);

/// What the older variables say, under the present keys.
pub(super) fn values(environment: &BTreeMap<String, String>) -> Result<Vec<Older>, ConfigError> {
    let database = variable(environment, "MONGODB_URI").map(|uri| ("database", uri.to_owned(), origin("MONGODB_URI")));
    Ok(database.into_iter().chain(cache(environment)?).collect())
}

fn cache(environment: &BTreeMap<String, String>) -> Result<Option<Older>, ConfigError> {
    let of = |name| variable(environment, name);
    // Container links put a URL into REDIS_PORT; it isn't meant for us.
    let port = of("REDIS_PORT").filter(|port| !port.contains("://"));
    let (host, password, database) = (of("REDIS_HOST"), of("REDIS_PASSWORD"), of("REDIS_DB"));
    let first = [
        ("REDIS_HOST", host),
        ("REDIS_PORT", port),
        ("REDIS_PASSWORD", password),
        ("REDIS_DB", database),
    ];
    let Some((name, _)) = first.into_iter().find(|(_, value)| value.is_some()) else {
        return Ok(None);
    };
    let mut url = String::from("redis://");
    if let Some(password) = password {
        url += &format!(":{}@", encoded(password));
    }
    let port: u16 = number("REDIS_PORT", port, 6379, "a port from 0 to 65535")?;
    let database: u32 = number("REDIS_DB", database, 0, "the number of a database")?;
    url += &format!("{}:{port}/{database}", host.unwrap_or("localhost"));
    Ok(Some(("cache", url, origin(name))))
}

fn number<T: std::str::FromStr>(
    name: &'static str,
    text: Option<&str>,
    default: T,
    expected: &str,
) -> Result<T, ConfigError> {
    let Some(text) = text else { return Ok(default) };
    text.parse().map_err(|_| ConfigError::Wrong {
        key: "cache",
        value: format!("{text:?}"),
        expected: expected.into(),
        origin: origin(name),
    })
}

fn variable<'a>(environment: &'a BTreeMap<String, String>, name: &str) -> Option<&'a str> {
    environment
        .get(name)
        .map(|value| value.trim())
        .filter(|value| !value.is_empty())
}

fn origin(name: &str) -> Origin {
    Origin::Variable(name.into())
}

/// Percent-encoded, as a password in a URL has to be.
fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut url, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(byte.into());
        } else {
            write!(url, "%{byte:02X}").expect("text takes text");
        }
        url
    })
}
