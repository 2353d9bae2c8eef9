//! Answers of both sides and in what they differ.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use serde_json::value::RawValue;

/// What a side has answered: `data` to the byte, errors as a sorted list.
#[derive(Debug)]
pub struct Answer {
    pub data: Option<String>,
    pub errors: Vec<String>,
    /// The codes of the errors.
    pub codes: Vec<String>,
    /// Where in the document they are.
    locations: BTreeSet<String>,
}

impl Answer {
    /// Reads a body with `data`, `errors` and nothing else.
    ///
    /// # Panics
    /// When it is anything else, as where the oracle says that a document is `invalid`.
    pub fn read(body: &str) -> Answer {
        let mut read: BTreeMap<&str, &RawValue> =
            serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {body}"));
        let errors = read.remove("errors").map_or("[]", RawValue::get);
        let all: Vec<Value> = serde_json::from_str(errors).unwrap_or_else(|error| panic!("{error}: {body}"));
        let mut errors: Vec<String> = all.iter().map(told).collect();
        errors.sort_unstable();
        let answer = Answer {
            data: read.remove("data").map(|data| data.get().to_owned()),
            errors,
            codes: all.iter().map(code).collect(),
            locations: all.iter().map(|error| error["locations"].to_string()).collect(),
        };
        assert!(read.is_empty(), "{read:#?}");
        answer
    }

    /// Whether the request was not executed.
    pub fn is_refused(&self) -> bool {
        self.data.is_none()
    }

    /// Whether it asks for more than the server allows.
    pub fn is_beyond_limits(&self) -> bool {
        const LIMITS: [&str; 4] = [
            "a complexity of",
            "levels of fields deep",
            "aliases in one selection",
            "directives; at most",
        ];
        let is_told = |error: &String| LIMITS.iter().any(|limit| error.contains(limit));
        self.is_refused() && self.errors.iter().any(is_told)
    }

    /// In what this differs from the oracle's answer; `None`: in nothing. What is not executed must be refused by both;
    /// how that is worded is left to each.
    pub fn difference(&self, expected: &Answer) -> Option<String> {
        if self.is_refused() && expected.is_refused() {
            let is_told =
                self.codes.iter().all(|code| code == "BAD_USER_INPUT") && self.locations == expected.locations;
            return (!is_told).then(|| "the request is refused with another code or at another place".to_owned());
        }
        if self.data != expected.data {
            return Some(data_difference(self.data.as_deref(), expected.data.as_deref()));
        }
        let missing: Vec<&String> = expected
            .errors
            .iter()
            .filter(|error| !self.errors.contains(error))
            .collect();
        let surplus: Vec<&String> = self
            .errors
            .iter()
            .filter(|error| !expected.errors.contains(error))
            .collect();
        let count = (self.errors.len(), expected.errors.len());
        let differs = !missing.is_empty() || !surplus.is_empty() || count.0 != count.1;
        differs.then(|| {
            format!(
                "errors: {} of {}; missing {missing:#?}, surplus {surplus:#?}",
                count.0, count.1
            )
        })
    }
}

/// What counts of an error, as text.
fn told(error: &Value) -> String {
    let of = |key: &str| &error[key];
    let code = &error["extensions"]["code"];
    format!("{} at {} {}: {}", code, of("path"), of("locations"), of("message"))
}

fn code(error: &Value) -> String {
    error["extensions"]["code"].as_str().unwrap_or_default().to_owned()
}

fn data_difference(ours: Option<&str>, theirs: Option<&str>) -> String {
    let (Some(ours), Some(theirs)) = (ours, theirs) else {
        return format!("data: ours is {}, the oracle's {}", shown(ours), shown(theirs));
    };
    let at = ours
        .bytes()
        .zip(theirs.bytes())
        .take_while(|(our, their)| our == their)
        .count();
    let around = |text: &str| {
        let (from, to) = (at.saturating_sub(80), (at + 80).min(text.len()));
        String::from_utf8_lossy(&text.as_bytes()[from..to]).into_owned()
    };
    format!(
        "data at byte {at}: ours is …{}…, the oracle's …{}…",
        around(ours),
        around(theirs)
    )
}

fn shown(data: Option<&str>) -> String {
    data.map_or("missing".into(), |data| data.chars().take(200).collect())
}

const ANSWER: &str = r#"{"data":{"a":1,"b":{"c":null}},"errors":[{"message":"m","locations":[{"line":1,"column":2}],"path":["b","c"],"extensions":{"code":"FORBIDDEN"}}]}"#;

fn differs(from: &str, to: &str) -> bool {
    let changed = ANSWER.replace(from, to);
    assert_ne!(changed, ANSWER);
    Answer::read(&changed).difference(&Answer::read(ANSWER)).is_some()
}

#[test]
fn whatever_counts_of_an_answer_is_told_apart() {
    assert!(Answer::read(ANSWER).difference(&Answer::read(ANSWER)).is_none());
    assert!(differs(r#""a":1,"b":{"c":null}"#, r#""b":{"c":null},"a":1"#));
    assert!(differs(r#""a":1"#, r#""a":1.0"#));
    assert!(differs(r#"{"c":null}"#, "null"));
    assert!(differs(r#"{"a":1,"b":{"c":null}}"#, "null"));
    assert!(differs(r#""message":"m""#, r#""message":"n""#));
    assert!(differs(
        r#"{"line":1,"column":2}"#,
        r#"{"line":1,"column":2},{"line":1,"column":9}"#
    ));
    assert!(differs(r#"["b","c"]"#, r#"["b"]"#));
    assert!(differs("FORBIDDEN", "NOT_FOUND"));
    assert!(differs(r#""data":{"a":1,"b":{"c":null}},"#, ""));
}

#[test]
fn the_order_of_errors_does_not_count_and_their_number_does() {
    let one = r#"{"message":"a","path":["a"]}"#;
    let other = r#"{"message":"b","path":["b"]}"#;
    let of = |errors: &[&str]| Answer::read(&format!("{{\"data\":null,\"errors\":[{}]}}", errors.join(",")));
    assert!(of(&[one, other]).difference(&of(&[other, one])).is_none());
    assert!(of(&[one, one]).difference(&of(&[one])).is_some());
}
