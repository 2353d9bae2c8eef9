//! Manifests of persisted queries, in Apollo's and in Relay's form. An id that looks like a hash has to be the text's,
//! and no id may stand for two texts.

use std::collections::HashMap;
use std::fmt;

use md5::{Digest as _, Md5};
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::Value;
use sha1::Sha1;
use sha2::{Digest as _, Sha256};

use super::OperationsError;

/// One text of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Persisted {
    /// What it is asked by.
    pub id: String,
    /// The document.
    pub text: String,
}

impl Persisted {
    /// How it is told of: its id, and how its text begins.
    pub fn label(&self) -> String {
        match self.beginning() {
            "" => self.id.clone(),
            beginning => format!("{} ({beginning})", self.id),
        }
    }

    /// Like `query Board`; empty for one without a name.
    fn beginning(&self) -> &str {
        self.text.split(['{', '(']).next().unwrap_or_default().trim()
    }
}

/// Reads a manifest; what stands in it twice is there once.
pub(super) fn read(file: &str, text: &str) -> Result<Vec<Persisted>, OperationsError> {
    let wrong = |found: &str| OperationsError::Manifest {
        file: file.into(),
        found: found.into(),
    };
    let members: Members = serde_json::from_str(text).map_err(|error| match error.is_data() {
        true => wrong("no object"),
        false => wrong(&format!("no JSON: {error}")),
    })?;
    let persisted = match (members.get("format"), members.get("operations")) {
        (Some(format), Some(operations)) => {
            let version = members.get("version").unwrap_or(&Value::Null);
            if format != "apollo-persisted-query-manifest" || *version != 1 {
                return Err(wrong(&format!("format {format}, version {version}")));
            }
            apollo(operations).ok_or_else(|| wrong("an operation without id or body"))?
        }
        _ => relay(&members).ok_or_else(|| wrong("a value that is no text"))?,
    };
    persisted.iter().try_for_each(|one| check(file, one))?;
    once(file, persisted)
}

/// An object's members in their order, also those of one name.
struct Members(Vec<(String, Value)>);

impl Members {
    fn get(&self, name: &str) -> Option<&Value> {
        let found = self.0.iter().find(|(member, _)| member == name);
        found.map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Members, D::Error> {
        struct Object;

        impl<'de> Visitor<'de> for Object {
            type Value = Members;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        from.deserialize_map(Object)
    }
}

fn apollo(operations: &Value) -> Option<Vec<Persisted>> {
    let each = operations.as_array()?.iter();
    each.map(|operation| Some(persisted(operation["id"].as_str()?, operation["body"].as_str()?)))
        .collect()
}

fn relay(members: &Members) -> Option<Vec<Persisted>> {
    let each = members.0.iter();
    each.map(|(id, text)| Some(persisted(id, text.as_str()?))).collect()
}

fn persisted(id: &str, text: &str) -> Persisted {
    let (id, text) = (id.to_owned(), text.to_owned());
    Persisted { id, text }
}

fn check(file: &str, one: &Persisted) -> Result<(), OperationsError> {
    let Persisted { id, text } = one;
    let id = id.strip_prefix("sha256:").unwrap_or(id);
    let is_hash = id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (algorithm, actual) = match id.len() {
        32 if is_hash => ("MD5", hex(&Md5::digest(text))),
        40 if is_hash => ("SHA-1", hex(&Sha1::digest(text))),
        64 if is_hash => ("SHA-256", hex(&Sha256::digest(text))),
        _ => return Ok(()),
    };
    if actual.eq_ignore_ascii_case(id) {
        return Ok(());
    }
    Err(OperationsError::Hash {
        file: file.into(),
        id: one.id.clone(),
        algorithm,
        operation: one.beginning().to_owned(),
        actual,
    })
}

fn once(file: &str, all: Vec<Persisted>) -> Result<Vec<Persisted>, OperationsError> {
    let mut texts: HashMap<String, String> = HashMap::new();
    let mut left = Vec::new();
    for one in all {
        match texts.get(&one.id) {
            Some(text) if *text == one.text => {}
            Some(_) => return Err(twice(file, one.id, file)),
            None => {
                texts.insert(one.id.clone(), one.text.clone());
                left.push(one);
            }
        }
    }
    Ok(left)
}

/// An id that stands for two texts.
pub(super) fn twice(file: &str, id: String, before: &str) -> OperationsError {
    let before = if before == file { "the same file" } else { before };
    OperationsError::Twice {
        file: file.into(),
        id,
        before: before.into(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
