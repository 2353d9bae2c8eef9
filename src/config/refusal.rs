//! What is said of a setting that can't be meant: which, where it stands and what is expected, and nothing secret.

use std::path::{Path, PathBuf};

use super::key::Key;
use super::setting::Input;
use super::settings::KEYS;
use super::{ConfigError, Origin, Secret};

/// There is no setting of this name; `spelt` tells how the others are spelt where it stands.
pub(super) fn unknown(name: &str, origin: Origin, spelt: impl Fn(&Key) -> String) -> ConfigError {
    let distances = KEYS
        .iter()
        .map(|key| (strsim::damerau_levenshtein(name, &spelt(key)), spelt(key)));
    let nearest = distances.min().filter(|(distance, _)| *distance <= name.len() / 2);
    ConfigError::Unknown {
        name: name.into(),
        origin,
        nearest: nearest.map(|(_, key)| key),
    }
}

/// A value as it may be shown.
pub(super) fn shown(key: &Key, input: Input<'_>) -> String {
    match input {
        Input::Text(text) if key.is_secret() => format!("\"{}\"", Secret::from(text)),
        Input::Text(text) => format!("{text:?}"),
        Input::Toml(toml::Value::String(text)) => shown(key, Input::Text(text)),
        Input::Toml(_) if key.is_secret() => "no text".into(),
        Input::Toml(value) => value.to_string(),
    }
}

/// Where and what, without the line itself: it may hold a password.
pub(super) fn syntax(path: &Path, text: &str, error: &toml::de::Error) -> ConfigError {
    let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
    ConfigError::Syntax {
        path: PathBuf::from(path),
        line: before.matches('\n').count() + 1,
        message: error.message().into(),
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use crate::config::resolve::Resolved;

    fn refusal(file: &str, environment: &[(&str, &str)]) -> String {
        let pairs = environment
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_string()));
        let resolved = Resolved::from_sources(Some((Path::new("k.toml"), file)), &pairs.collect());
        resolved.unwrap_err().to_string()
    }

    #[test]
    fn what_is_wrong_is_refused_with_key_value_expectation_and_origin() {
        for (file, environment, said) in [
            (
                "listn = \"x\"",
                ("", ""),
                "file k.toml: there is no setting listn; did you mean listen?",
            ),
            (
                "a.b = 1",
                ("", ""),
                "file k.toml: there is no setting a; `kanvaro config print` shows all",
            ),
            (
                "",
                ("KANVARO_LISTEM", "x"),
                "environment variable KANVARO_LISTEM: there is no setting KANVARO_LISTEM; did you mean KANVARO_LISTEN?",
            ),
            (
                "max_depth = \"15\"",
                ("", ""),
                "max_depth is \"15\" (file k.toml); expected: a whole number",
            ),
            (
                "",
                ("KANVARO_MAX_DEPTH", "900"),
                "max_depth is \"900\" (environment variable KANVARO_MAX_DEPTH); expected: a whole number from 1 to 64",
            ),
            (
                "max_batch = -1",
                ("", ""),
                "max_batch is -1 (file k.toml); expected: a whole number",
            ),
            (
                "demo = \"no\"",
                ("", ""),
                "demo is \"no\" (file k.toml); expected: true or false",
            ),
            (
                "env = \"prod\"",
                ("", ""),
                "env is \"prod\" (file k.toml); expected: development or production",
            ),
            (
                "listen = \"4000\"",
                ("", ""),
                "listen is \"4000\" (file k.toml); expected: an address and port like",
            ),
            (
                "listen = \"h:99999\"",
                ("", ""),
                "listen is \"h:99999\" (file k.toml); expected: an address and port",
            ),
            (
                "assets = \"s3://b\"",
                ("", ""),
                "assets is \"s3://b\" (file k.toml); expected: disk, or s3://",
            ),
            (
                "log = \"a=b=c\"",
                ("", ""),
                "log is \"a=b=c\" (file k.toml); expected: error, warn",
            ),
            (
                "cors_origins = [\"app\"]",
                ("", ""),
                "cors_origins is [\"app\"] (file k.toml); expected: origins like",
            ),
            (
                "trusted_proxies = [\"10.0.0.0/33\"]",
                ("", ""),
                "trusted_proxies is [\"10.0.0.0/33\"] (file k.toml); expected: addresses and networks",
            ),
            (
                "",
                ("KANVARO_DATABASE", "mysql://u:geheim@h"),
                "database is \"mysql://***@h\" (environment variable KANVARO_DATABASE); expected: sqlite, or a URL",
            ),
            (
                "",
                ("KANVARO_CACHE", "redis://"),
                "cache is \"redis://\" (environment variable KANVARO_CACHE); expected: ",
            ),
            (
                "mongodb_pool_max = 2",
                ("", ""),
                "mongodb_pool_max is 2 (file k.toml); expected: mongodb_pool_min (5) at most mongodb_pool_max (2)",
            ),
            (
                "cache_level = \"tracked\"",
                ("KANVARO_CACHE", "redis+cluster://a,b"),
                "cache_level is tracked (file k.toml); expected: off, redis or validated, since cache is a Redis Cluster",
            ),
            (
                "",
                ("KANVARO_CACHE_LEVEL", "on"),
                "cache_level is \"on\" (environment variable KANVARO_CACHE_LEVEL); expected: off, redis, validated or",
            ),
            (
                "cache_ttl_seconds = { tasks = 5 }",
                ("", ""),
                "cache_ttl_seconds is { tasks = 5 } (file k.toml); expected: seconds from 1 to 43200 by kind; the kinds",
            ),
            (
                "",
                ("KANVARO_CACHE_TTL_SECONDS", "task=50000"),
                "cache_ttl_seconds is \"task=50000\" (environment variable KANVARO_CACHE_TTL_SECONDS); expected: seconds",
            ),
            (
                "",
                ("REDIS_PORT", "x"),
                "cache is \"x\" (environment variable REDIS_PORT); expected: a port from 0 to 65535",
            ),
        ] {
            let refusal = refusal(file, &[environment]);
            assert!(refusal.starts_with(said), "{refusal}");
        }
    }

    #[test]
    fn a_file_that_does_not_parse_is_refused_without_its_text() {
        let refusal = refusal("demo = true\ndatabase = \"mongodb://u:geheim@h", &[]);
        assert!(refusal.starts_with("k.toml line 2: "), "{refusal}");
        assert!(!refusal.contains("geheim"), "{refusal}");
    }
}
