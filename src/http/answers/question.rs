//! What an answer depends on besides data: schema, document, operation, variables, and what of whoever asks was consulted.

use async_graphql::Value;
use sha2::{Digest, Sha256};
use xxhash_rust::xxh3::xxh3_128_with_seed;

/// Everything but whoever asks, as the beginning of a hash.
#[derive(Clone)]
pub struct Question {
    hash: Sha256,
    /// The same in short, for what is only guessed by it.
    short: u64,
}

impl Question {
    /// The question of an operation. `variables` are those that the operation declares and that have a value, in any
    /// order: one that is absent is not the same as one that is null.
    pub fn new<'v>(
        schema: &[u8; 32],
        document: &[u8; 32],
        operation: Option<&str>,
        variables: impl Iterator<Item = (&'v str, &'v Value)>,
    ) -> Question {
        let mut hash = Sha256::new();
        hash.update(schema);
        hash.update(document);
        match operation {
            None => hash.update([0]),
            Some(name) => {
                hash.update([1]);
                text(&mut hash, name);
            }
        }
        let mut variables: Vec<(&str, &Value)> = variables.collect();
        members(&mut hash, &mut variables);
        let whole: [u8; 32] = hash.clone().finalize().into();
        let short = u64::from_le_bytes(*whole.first_chunk().expect("a hash has 32 bytes"));
        Question { hash, short }
    }

    /// The question as one asks it of whom `viewer` says all that an answer consults: what its key is made of.
    pub fn asked_by(&self, viewer: &str) -> [u8; 16] {
        let mut hash = self.hash.clone();
        text(&mut hash, viewer);
        let hash: [u8; 32] = hash.finalize().into();
        let (half, _) = hash.split_at(16);
        half.try_into().expect("half a hash has 16 bytes")
    }

    /// The same in short and at once: nothing may be served because of it.
    pub fn guessed_by(&self, viewer: &str) -> [u8; 16] {
        xxh3_128_with_seed(viewer.as_bytes(), self.short).to_be_bytes()
    }
}

/// Every value begins with what it is and how long, so that no two values look alike.
fn value(hash: &mut Sha256, of: &Value) {
    match of {
        Value::Null => hash.update([b'n']),
        Value::Boolean(is) => hash.update([b'b', u8::from(*is)]),
        Value::Number(number) => {
            hash.update([b'd']);
            text(hash, &number.to_string());
        }
        Value::String(string) => {
            hash.update([b's']);
            text(hash, string);
        }
        Value::Enum(name) => {
            hash.update([b'e']);
            text(hash, name);
        }
        Value::Binary(bytes) => {
            hash.update([b'x']);
            length(hash, bytes.len());
            hash.update(bytes);
        }
        Value::List(items) => {
            hash.update([b'l']);
            length(hash, items.len());
            items.iter().for_each(|item| value(hash, item));
        }
        Value::Object(object) => {
            hash.update([b'o']);
            let mut sorted: Vec<(&str, &Value)> = object.iter().map(|(name, of)| (name.as_str(), of)).collect();
            members(hash, &mut sorted);
        }
    }
}

fn members(hash: &mut Sha256, members: &mut [(&str, &Value)]) {
    members.sort_unstable_by_key(|(name, _)| *name);
    length(hash, members.len());
    for (name, of) in members {
        text(hash, name);
        value(hash, of);
    }
}

fn text(hash: &mut Sha256, text: &str) {
    length(hash, text.len());
    hash.update(text);
}

fn length(hash: &mut Sha256, length: usize) {
    hash.update((length as u64).to_le_bytes());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(operation: Option<&str>, variables: &str, viewer: &str) -> [u8; 16] {
        let Value::Object(object) = crate::http::json::read(variables.as_bytes()).unwrap() else {
            panic!("no object: {variables}");
        };
        let variables = object.iter().map(|(name, value)| (name.as_str(), value));
        Question::new(&[1; 32], &[2; 32], operation, variables).asked_by(viewer)
    }

    #[test]
    fn the_order_of_members_is_no_part_of_a_question() {
        let one = asked(None, r#"{"a":{"x":1,"y":[1,2]},"b":null}"#, "all");
        assert_eq!(one, asked(None, r#"{"b":null,"a":{"y":[1,2],"x":1}}"#, "all"));
    }

    #[test]
    fn whatever_else_differs_makes_another_question() {
        let all = [
            (None, "{}", "all"),
            (Some(""), "{}", "all"),
            (Some("A"), "{}", "all"),
            (None, "{}", "person:1"),
            (None, r#"{"a":null}"#, "all"),
            (None, r#"{"a":1}"#, "all"),
            (None, r#"{"a":1.0}"#, "all"),
            (None, r#"{"a":"1"}"#, "all"),
            (None, r#"{"a":[1]}"#, "all"),
            (None, r#"{"a":[1,2]}"#, "all"),
            (None, r#"{"a":[2,1]}"#, "all"),
            (None, r#"{"a":[[1],[]]}"#, "all"),
            (None, r#"{"a":[[],[1]]}"#, "all"),
            (None, r#"{"a":true}"#, "all"),
            (None, r#"{"a":{"b":1}}"#, "all"),
            (None, r#"{"a":{},"b":1}"#, "all"),
            (None, r#"{"ab":1}"#, "all"),
        ];
        let mut questions: Vec<_> = all
            .iter()
            .map(|(operation, variables, viewer)| asked(*operation, variables, viewer))
            .collect();
        questions.sort_unstable();
        questions.dedup();
        assert_eq!(questions.len(), all.len());
    }
}
