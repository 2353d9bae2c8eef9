//! How long what is cached lives, by kind, where that isn't the default.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::setting::Setting;

/// Seconds by kind (`task`) and by the lists of a kind (`task_list`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CacheTtls(BTreeMap<String, u64>);

impl CacheTtls {
    /// The kinds whose lives can be set.
    pub const KINDS: [&str; 11] = [
        "organization",
        "user",
        "project",
        "task",
        "comment",
        "session",
        "asset",
        "invitation",
        "passwordreset",
        "mail",
        "customrole",
    ];

    /// What is set, each once.
    pub fn iter(&self) -> impl Iterator<Item = (&str, u64)> {
        self.0.iter().map(|(name, seconds)| (name.as_str(), *seconds))
    }
}

impl Setting for CacheTtls {
    const EXPECTS: &'static str =
        "seconds by kind: a table like { user = 600, task_list = 60 } (in the environment: user=600,task_list=60)";

    fn from_text(text: &str) -> Option<CacheTtls> {
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        let pair = |part: &str| {
            let (name, seconds) = part.split_once('=')?;
            Some((name.trim().to_owned(), seconds.trim().parse().ok()?))
        };
        parts.map(pair).collect::<Option<_>>().map(CacheTtls)
    }

    fn from_toml(value: &Value) -> Option<CacheTtls> {
        let pair = |(name, seconds): (&String, &Value)| Some((name.clone(), seconds.as_integer()?.try_into().ok()?));
        value.as_table()?.iter().map(pair).collect::<Option<_>>().map(CacheTtls)
    }

    fn show(&self) -> Option<Value> {
        let pair = |(name, seconds): (&String, &u64)| Some((name.clone(), Value::Integer((*seconds).try_into().ok()?)));
        self.0.iter().map(pair).collect::<Option<Table>>().map(Value::Table)
    }
}
