//! The id that a request names its document by, in any of the ways that clients have.

use async_graphql::{Name, Value, indexmap::IndexMap};

use super::refusal::Refusal;

/// What a request calls its document.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentId {
    /// As it was sent.
    pub text: String,
    /// The SHA-256 that it is, if it is one.
    pub sha256: Option<[u8; 32]>,
}

type Members = IndexMap<Name, Value>;

/// What the members are called: by the draft of persisted documents in GraphQL over HTTP, by others, by Relay.
const MEMBERS: [&str; 3] = ["documentId", "id", "doc_id"];
const EXTENSION: &str = "extensions.persistedQuery";
/// What a hash may begin with.
const PREFIX: &str = "sha256:";

impl DocumentId {
    fn new(text: String) -> DocumentId {
        DocumentId {
            sha256: unhex(text.strip_prefix(PREFIX).unwrap_or(&text)),
            text,
        }
    }

    /// The one of a request without a text.
    pub fn of_members(members: &mut Members) -> Result<Option<DocumentId>, Refusal> {
        let mut found: Option<(&str, String)> = None;
        for name in MEMBERS {
            let id = match members.swap_remove(name).unwrap_or_default() {
                Value::Null => continue,
                Value::String(id) if !id.is_empty() => id,
                _ => {
                    return Err(Refusal::bad_request(format!(
                        "{name} must be the id of a document, a string"
                    )));
                }
            };
            match &found {
                Some((other, one)) if *one != id => {
                    let message = format!("{other} and {name} name different documents; send one of them");
                    return Err(Refusal::bad_request(message));
                }
                _ => found = Some((name, id)),
            }
        }
        Ok(found.map(|(_, id)| DocumentId::new(id)))
    }

    /// The one of `extensions.persistedQuery`, as Apollo's clients send it.
    pub fn of_extension(persisted: Value) -> Result<DocumentId, Refusal> {
        let Value::Object(mut members) = persisted else {
            return Err(Refusal::bad_request(format!("{EXTENSION} must be an object")));
        };
        if members.get("version") != Some(&Value::from(1)) {
            return Err(Refusal::bad_request(format!("{EXTENSION}.version must be 1")));
        }
        match members.swap_remove("sha256Hash") {
            Some(Value::String(text)) if !text.is_empty() => Ok(DocumentId {
                sha256: unhex(&text),
                text,
            }),
            _ => Err(Refusal::bad_request(no_hash())),
        }
    }
}

/// What is wrong with a `sha256Hash` that is no hash and no id either.
pub fn no_hash() -> String {
    format!("{EXTENSION}.sha256Hash must be 64 hexadecimal digits, or the id of a trusted document")
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text
        .chars()
        .map(|digit| digit.to_digit(16)?.try_into().ok())
        .collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits
        .chunks(2)
        .map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit))
        .collect();
    (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn members(pairs: &[(&str, Value)]) -> Members {
        let pairs = pairs.iter();
        pairs.map(|(name, value)| (Name::new(name), value.clone())).collect()
    }

    #[test]
    fn every_member_may_carry_it() {
        for name in MEMBERS {
            let found = DocumentId::of_members(&mut members(&[(name, "a".into())])).unwrap();
            assert_eq!(found.map(|id| id.text), Some("a".into()), "{name}");
        }
        assert_eq!(
            DocumentId::of_members(&mut members(&[("id", Value::Null)])).unwrap(),
            None
        );
    }

    #[test]
    fn two_that_differ_are_refused() {
        let same = members(&[("documentId", "a".into()), ("id", "a".into())]);
        assert!(DocumentId::of_members(&mut same.clone()).unwrap().is_some());
        let other = members(&[("documentId", "a".into()), ("doc_id", "b".into())]);
        assert!(DocumentId::of_members(&mut other.clone()).is_err());
    }

    #[test]
    fn a_hash_is_known_with_and_without_its_prefix() {
        let hash = "ab".repeat(32);
        for text in [hash.clone(), hash.to_uppercase(), format!("sha256:{hash}")] {
            assert_eq!(DocumentId::new(text).sha256, Some([0xab; 32]));
        }
        assert_eq!(DocumentId::new("é".repeat(64)).sha256, None);
    }
}
