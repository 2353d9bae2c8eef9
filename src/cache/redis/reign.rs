//! The reign of a Redis server: one continuous rule over its keys, from its start or its promotion on. What was read
//! under one reign is another thing under the next: a restart from a snapshot, or a promoted replica that missed the
//! last writes, brings old versions back, and mixing the reign into them makes them new.

use redis::Value;
use sha2::{Digest, Sha256};

/// A reign, told by the run of the process (new at every start) and the id of the data's history (new at every
/// promotion; a server that was demoted and promoted again without a restart has another one).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reign {
    history: String,
    number: u64,
}

impl Reign {
    /// Reads it from what `INFO server` and `INFO replication` say; or why this server can't be used.
    pub fn read(server: &Value, replication: &Value) -> Result<Reign, String> {
        let missing = "INFO doesn't tell run_id, role and master_replid: this is no Redis server that can be trusted";
        let (server, replication) = (text(server).ok_or(missing)?, text(replication).ok_or(missing)?);
        let run = field(server, "run_id").ok_or(missing)?;
        let history = history(replication)?.ok_or(missing)?;
        let hash = Sha256::digest(format!("{run} {history}"));
        let (number, _) = hash.split_first_chunk().expect("a hash has more than 8 bytes");
        Ok(Reign {
            history: history.to_owned(),
            number: u64::from_be_bytes(*number),
        })
    }

    /// What is mixed into the versions.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// Whether it lasts, by what `INFO replication` says on the same connection. Asked for after a read, in the same
    /// pipeline, it proves the read: a history that was left never comes back.
    pub fn lasts(&self, replication: &Value) -> bool {
        let now = text(replication).and_then(|text| history(text).ok().flatten());
        now == Some(self.history.as_str())
    }
}

/// The id of a master's history; an error for a replica, which may lag behind.
fn history(replication: &str) -> Result<Option<&str>, &'static str> {
    match field(replication, "role") {
        Some("master") => Ok(field(replication, "master_replid")),
        Some(_) => Err("this server is a replica; the address must lead to the master"),
        None => Ok(None),
    }
}

/// What `INFO` says.
pub(super) fn text(info: &Value) -> Option<&str> {
    match info {
        Value::BulkString(bytes) => std::str::from_utf8(bytes).ok(),
        Value::VerbatimString { text, .. } => Some(text),
        _ => None,
    }
}

/// The value of a line of `INFO`.
pub(super) fn field<'a>(info: &'a str, name: &str) -> Option<&'a str> {
    let value = |line: &'a str| line.strip_prefix(name)?.strip_prefix(':');
    info.lines().find_map(value).map(str::trim)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn info(text: &str) -> Value {
        Value::BulkString(text.as_bytes().to_vec())
    }

    fn replication(role: &str, history: &str) -> Value {
        info(&format!(
            "# Replication\r\nrole:{role}\r\nconnected_slaves:0\r\nmaster_replid:{history}\r\nmaster_replid2:0\r\n"
        ))
    }

    fn reign(run: &str, history: &str) -> Reign {
        Reign::read(
            &info(&format!("# Server\r\nrun_id:{run}\r\n")),
            &replication("master", history),
        )
        .unwrap()
    }

    #[test]
    fn another_start_or_another_history_is_another_reign() {
        assert_eq!(reign("a", "x"), reign("a", "x"));
        assert_ne!(reign("a", "x").number(), reign("b", "x").number());
        assert_ne!(reign("a", "x").number(), reign("a", "y").number());
    }

    #[test]
    fn it_lasts_while_the_server_is_master_of_the_same_history() {
        let reign = reign("a", "x");
        assert!(reign.lasts(&replication("master", "x")));
        assert!(!reign.lasts(&replication("master", "y")));
        assert!(!reign.lasts(&replication("slave", "x")));
        assert!(!reign.lasts(&Value::Nil));
    }

    #[test]
    fn a_replica_or_something_else_is_refused() {
        let server = info("run_id:a\r\n");
        assert!(Reign::read(&server, &replication("slave", "x")).is_err());
        assert!(Reign::read(&server, &info("")).is_err());
        assert!(Reign::read(&Value::Nil, &replication("master", "x")).is_err());
    }
}
