//! Findings on the configuration: each setting is right by itself (else nothing runs), some of them don't go together.

use crate::config::{Config, ConfigError, Resolved};
use crate::model::Finding;

const PART: &str = "config";

/// The finding of a configuration that isn't accepted.
pub fn refused(error: &ConfigError) -> Finding {
    Finding::wrong(
        PART,
        error.to_string(),
        "kanvaro config print shows every setting with its meaning",
    )
}

/// The findings on settings that are accepted.
pub fn settings(resolved: &Resolved) -> Vec<Finding> {
    let config = &resolved.config;
    let env = if config.is_production() {
        "production"
    } else {
        "development"
    };
    let mut findings = vec![Finding::ok(PART, format!("every setting is accepted; env is {env}"))];
    let several = !config.is_embedded();
    let warnings = doubts(config, several, resolved.is_set("listen"));
    findings.extend(warnings.map(|(_, found, advice)| Finding::warning(PART, found, advice)));
    findings
}

/// What doesn't go together, each with what it would mend.
fn doubts(config: &Config, several: bool, listens: bool) -> impl Iterator<Item = (bool, &'static str, &'static str)> {
    let production = config.is_production();
    let local = ["127.0.0.1:", "localhost:", "[::1]:"]
        .iter()
        .any(|host| config.listen.starts_with(host));
    let all = [
        (
            production && local && !listens,
            "only this machine reaches the server (listen)",
            "set listen to 0.0.0.0:4000 where clients or a proxy on another machine or container are to reach it",
        ),
        (
            production && config.serves_introspection(),
            "introspection is answered in production",
            "leave introspection unset, unless the schema may be known to everybody",
        ),
        (
            production && config.serves_playground(),
            "GraphiQL is served in production",
            "leave playground unset, unless it is meant for everybody who reaches the server",
        ),
        (
            production && !config.secures_cookie(),
            "the session cookie is sent over plain HTTP too",
            "leave cookie_secure unset, and put HTTPS before the server",
        ),
        (
            production && config.trusted_proxies.is_empty(),
            "no proxy is trusted (trusted_proxies): behind one, all sign-ins count as of one address",
            "name the address or network of the proxy that brings HTTPS",
        ),
        (
            config.cors_origins.iter().any(|origin| origin == "*"),
            "pages of every origin may call the API (without cookies)",
            "name the origins of your pages in cors_origins",
        ),
        (
            several && config.cache.reveal() == "memory",
            "the store can have several servers, and each caches for itself",
            "set cache to a redis:// address as soon as there are several: each write of one makes the others drop all they hold",
        ),
        (
            several && config.assets == "disk",
            "the store can have several servers, and files lie on the disk of each",
            "set assets to an s3:// bucket, or put data on a disk that all servers share",
        ),
        (
            several && config.assets_secret.reveal().is_empty(),
            "links to private files and uploads hold only at the server that made them",
            "set assets_secret to the same long random text for all servers",
        ),
        (
            production && !several,
            "one process serves all (database is sqlite)",
            "that is enough for many teams, if its file is backed up (kanvaro export); with mongodb:// several servers work together",
        ),
    ];
    all.into_iter().filter(|(applies, ..)| *applies)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(config: &Config, several: bool) -> Vec<&'static str> {
        doubts(config, several, false).map(|(_, found, _)| found).collect()
    }

    #[test]
    fn the_defaults_raise_no_doubts() {
        assert_eq!(found(&Config::default(), false), [""; 0]);
    }

    #[test]
    fn several_servers_need_what_they_share() {
        let found = found(&Config::default(), true);
        assert_eq!(found.len(), 3, "{found:?}");
    }
}
