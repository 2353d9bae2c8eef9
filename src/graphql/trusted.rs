//! Documents that clients name by an id instead of sending them, from manifests that the server was started with; and
//! whether this server would refuse one, asked before any request is.

use std::collections::HashMap;
use std::sync::Arc;

use async_graphql::{Name, ServerError, Variables};

use crate::config::Config;

use super::limits::{LimitError, Limits};
use super::validate::Validator;
use super::{Document, schema};

/// The documents that a server trusts, by their ids.
#[derive(Debug, Default)]
pub struct TrustedDocuments {
    texts: HashMap<String, Arc<str>>,
    /// Whether no others are answered.
    pub only: bool,
}

impl TrustedDocuments {
    /// None yet; `only`: and no others are answered.
    pub fn new(only: bool) -> TrustedDocuments {
        TrustedDocuments {
            only,
            ..TrustedDocuments::default()
        }
    }

    /// Trusts this text under this id.
    pub fn insert(&mut self, id: &str, text: &str) {
        self.texts.insert(key(id), text.into());
    }

    /// The text of this id.
    pub fn get(&self, id: &str) -> Option<&Arc<str>> {
        self.texts.get(&key(id))
    }

    /// The texts.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.texts.values().map(AsRef::as_ref)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.texts.len()
    }
}

/// What the hash of a document may begin with, by the draft of persisted documents in GraphQL over HTTP.
const SHA256: &str = "sha256:";

/// A hash is the same in both cases of its digits, and with and without its prefix.
fn key(id: &str) -> String {
    let id = id.strip_prefix(SHA256).unwrap_or(id);
    let is_hash = matches!(id.len(), 32 | 40 | 64) && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    if is_hash {
        id.to_ascii_lowercase()
    } else {
        id.to_owned()
    }
}

/// Says beforehand which documents this server would refuse whoever sends them, with whatever variables.
pub struct Acceptance {
    validator: Validator,
    limits: Limits,
}

impl Acceptance {
    /// That of a server which is configured so.
    pub fn new(config: &Config) -> Acceptance {
        let introspection = config.serves_introspection();
        Acceptance {
            validator: Validator::new(introspection),
            limits: Limits::new(config, &schema(introspection)),
        }
    }

    /// Refuses the text as the server would; it must not be nested deeper than a parser takes.
    pub async fn check(&self, text: &str) -> Result<(), String> {
        let document = Document::parse(text).map_err(|error| told(&error))?.parsed;
        match self.limits.check(&document, None, &Variables::default()) {
            // With values for its variables it may cost less.
            Ok(()) | Err(LimitError::Complexity { .. }) => {}
            Err(refusal) => return Err(refusal.to_string()),
        }
        for (name, _) in document.operations.iter() {
            let checked = self.validator.validate(&document, name.map(Name::as_str));
            let first = |errors: Vec<ServerError>| errors.first().map(told).unwrap_or_default();
            checked.await.map_err(first)?;
        }
        Ok(())
    }
}

fn told(error: &ServerError) -> String {
    match error.locations.first() {
        Some(at) => format!("{}:{}: {}", at.line, at.column, error.message),
        None => error.message.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_found_in_both_cases_and_with_its_prefix() {
        let (hash, mut trusted) = ("ab".repeat(32), TrustedDocuments::default());
        trusted.insert(&format!("sha256:{hash}"), "{ a }");
        trusted.insert("Board-v1", "{ b }");
        for id in [hash.clone(), hash.to_uppercase(), format!("sha256:{hash}")] {
            assert_eq!(trusted.get(&id).map(AsRef::as_ref), Some("{ a }"), "{id}");
        }
        assert_eq!(trusted.get("Board-v1").map(AsRef::as_ref), Some("{ b }"));
        assert_eq!(trusted.get("board-v1"), None);
    }

    #[tokio::test]
    async fn what_the_server_would_refuse_is_told_beforehand() {
        let acceptance = Acceptance::new(&Config {
            max_depth: 2,
            ..Config::default()
        });
        assert_eq!(acceptance.check("{ viewer { role } }").await, Ok(()));
        for (text, said) in [
            ("{ viewer { user { id } } }", "3 levels of fields deep; at most 2"),
            ("query A { viewer { role } }\nquery B { nonsense }", "2:11: "),
        ] {
            let refused = acceptance.check(text).await.unwrap_err();
            assert!(refused.contains(said), "{text}: {refused}");
        }
    }
}
