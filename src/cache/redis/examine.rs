//! What whoever looks after Redis should know of it: settings that would surprise a cache. Asks for what the cache's user
//! may ask anyway (`INFO`, `TIME`); what needs `CONFIG` is left out where that is refused.

use redis::{Value, cmd};

use super::call::{Answer, Call};
use super::link::Link;
use super::reign::{field, text};
use super::servers::Servers;
use crate::cache::CacheError;
use crate::model::{Clock, Finding};

const PART: &str = "cache";

/// The findings on each server that keeps a part of the cache.
pub(super) async fn servers(servers: &Servers, clock: &Clock) -> Vec<Finding> {
    let links = match servers.links().await {
        Ok(links) => links,
        Err(error) => return vec![unusable("Redis Cluster", &error)],
    };
    let mut findings = Vec::new();
    for link in &links {
        match server(link, clock).await {
            Ok(found) => findings.extend(found),
            Err(error) => findings.push(unusable(&format!("Redis at {}", link.server().addr()), &error)),
        }
    }
    findings
}

fn unusable(whose: &str, error: &CacheError) -> Finding {
    let found = format!("{whose}: {error}");
    let advice = "the server works without it, each read from the store; see that Redis runs, that the address leads to a master, \
                  and that the user may do what docs/redis.md names";
    Finding::wrong(PART, found, advice)
}

async fn server(link: &Link, clock: &Clock) -> Result<Vec<Finding>, CacheError> {
    let (info, time) = (cmd("INFO"), cmd("TIME"));
    let mut save = cmd("CONFIG");
    save.arg("GET").arg("save");
    let calls = [info, time, save].map(|command| Call::on("", command));
    let before = clock.now().millis();
    let answers = link.answers(calls.into(), false).await?;
    let asked = clock.now().millis() - before;
    let [info, time, save]: [Answer; 3] = answers.try_into().map_err(|_| said_nothing())?;
    let whose = format!("Redis at {}", link.server().addr());
    let info = text(&info.value).ok_or_else(said_nothing)?;
    let mut findings = vec![version(&whose, info), memory(&whose, info)];
    findings.extend(persistence(&whose, info, saves(&save.value)));
    if let Some(theirs) = millis(&time.value) {
        let ahead = theirs - (before + asked / 2);
        findings.push(Finding::clock(PART, &whose, ahead, asked));
    }
    Ok(findings)
}

fn said_nothing() -> CacheError {
    CacheError::Unavailable("the server doesn't answer INFO".into())
}

fn version(whose: &str, info: &str) -> Finding {
    let version = field(info, "redis_version").unwrap_or("of an unknown version");
    let major: Option<u32> = version.split('.').next().and_then(|major| major.parse().ok());
    let found = format!("{whose}, version {version}");
    match major {
        Some(7..) => Finding::ok(PART, found),
        _ => Finding::warning(PART, found, "Redis 7 is what this release is tested with"),
    }
}

/// What happens when memory runs out. Everything that is kept there has a lifetime, so `volatile-*` evicts it too.
fn memory(whose: &str, info: &str) -> Finding {
    let most: u64 = field(info, "maxmemory")
        .and_then(|bytes| bytes.parse().ok())
        .unwrap_or_default();
    let policy = field(info, "maxmemory_policy").unwrap_or("noeviction");
    if most == 0 {
        let found = format!("{whose} may grow until its machine has no memory left (maxmemory is 0)");
        return Finding::warning(PART, found, "set maxmemory, and maxmemory-policy allkeys-lru");
    }
    let found = format!("{whose} keeps {} MB at most, maxmemory-policy {policy}", most >> 20);
    if policy == "noeviction" {
        let advice = "set maxmemory-policy allkeys-lru: when memory is full nothing new is cached, and each write makes everything that \
                      is cached invalid";
        return Finding::warning(PART, found, advice);
    }
    Finding::ok(PART, found)
}

/// Whether it writes to disk what is worth nothing there, and whether that goes wrong. `saves`: what `save` is set to, if
/// that may be asked.
fn persistence(whose: &str, info: &str, saves: Option<String>) -> Vec<Finding> {
    let is = |name, value| field(info, name) == Some(value);
    let snapshots = saves.is_some_and(|saves| !saves.is_empty());
    let mut findings = Vec::new();
    if is("rdb_last_bgsave_status", "err") {
        let found = format!("{whose} could not write its last snapshot, and may refuse all writes until it can");
        let advice = "switch snapshots off (save \"\"), or free its disk; until then the cache is as good as away";
        findings.push(Finding::wrong(PART, found, advice));
    }
    if is("aof_enabled", "1") || snapshots {
        let how = if is("aof_enabled", "1") {
            "logs every write (appendonly yes)"
        } else {
            "writes snapshots (save)"
        };
        let advice = "it does no harm beyond work and, with snapshots, memory: a restarted server's old contents are never used. A \
                      Redis that only caches needs neither: save \"\" and appendonly no";
        findings.push(Finding::warning(PART, format!("{whose} {how}"), advice));
    } else {
        findings.push(Finding::ok(
            PART,
            format!("{whose} writes nothing to disk, as a cache should"),
        ));
    }
    findings
}

/// The value of a `CONFIG GET` of one name; `None` where it was refused.
fn saves(answer: &Value) -> Option<String> {
    let value = match answer {
        Value::Array(pair) => pair.get(1),
        Value::Map(pairs) => pairs.first().map(|(_, value)| value),
        _ => None,
    };
    value.and_then(text).map(str::to_owned)
}

/// The milliseconds of a `TIME`.
fn millis(answer: &Value) -> Option<i64> {
    let Value::Array(parts) = answer else { return None };
    let number = |at: usize| text(parts.get(at)?)?.parse::<i64>().ok();
    Some(number(0)? * 1_000 + number(1)? / 1_000)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Severity;

    #[test]
    fn memory_without_a_limit_or_without_eviction_is_a_warning() {
        for (most, policy, severity) in [
            ("0", "noeviction", Severity::Warning),
            ("0", "allkeys-lru", Severity::Warning),
            ("104857600", "noeviction", Severity::Warning),
            ("104857600", "allkeys-lfu", Severity::Ok),
            ("104857600", "volatile-ttl", Severity::Ok),
        ] {
            let info = format!("# Memory\r\nmaxmemory:{most}\r\nmaxmemory_human:x\r\nmaxmemory_policy:{policy}\r\n");
            assert_eq!(memory("Redis", &info).severity, severity, "{most} {policy}");
        }
    }

    #[test]
    fn a_snapshot_that_failed_is_wrong() {
        let info = "rdb_last_bgsave_status:err\r\naof_enabled:0\r\n";
        assert_eq!(persistence("Redis", info, None)[0].severity, Severity::Wrong);
    }

    #[test]
    fn what_may_not_be_asked_is_no_finding() {
        let info = "rdb_last_bgsave_status:ok\r\naof_enabled:0\r\n";
        assert_eq!(persistence("Redis", info, None)[0].severity, Severity::Ok);
    }
}
