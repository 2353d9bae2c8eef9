//! Collects everything that is wrong with an input, so that a person mends it in one go. It says what is allowed,
//! and never repeats what it was given.

use std::ops::RangeInclusive;

use crate::model::Timestamp;

use super::{FieldError, Password, ServiceError, UserErrorCode as Code};

/// A field of a change: absent (leave it), or there, with a value or none.
pub type Patch<T> = Option<Option<T>>;

/// What has been found wrong so far.
#[derive(Default)]
pub(super) struct Check {
    errors: Vec<FieldError>,
}

/// The most labels or tags of one thing, and the most characters of one.
const WORDS: usize = 20;
const WORD: usize = 50;

impl Check {
    /// Notes a problem.
    pub(super) fn fail(&mut self, field: &str, code: Code, message: impl Into<String>) {
        self.errors.push(FieldError::new(field, code, message));
    }

    /// Refuses if anything was found.
    pub(super) fn done(self) -> Result<(), ServiceError> {
        match self.errors.is_empty() {
            true => Ok(()),
            false => Err(ServiceError::Invalid(self.errors)),
        }
    }

    /// What was found.
    pub(super) fn into_errors(self) -> Vec<FieldError> {
        self.errors
    }

    /// Notes what was found elsewhere.
    pub(super) fn add(&mut self, other: &Check) {
        self.errors.extend_from_slice(&other.errors);
    }

    /// The value of a field that may be left as it is, but not emptied.
    pub(super) fn filled<'a, T>(&mut self, field: &str, patch: &'a Patch<T>) -> Option<&'a T> {
        if let Some(None) = patch {
            self.fail(field, Code::Required, "can't be null; leave it out to keep what it is");
        }
        patch.as_ref()?.as_ref()
    }

    /// One line of text, trimmed, that says something.
    pub(super) fn line(&mut self, field: &str, text: &str, most: usize) -> String {
        let text = text.trim();
        if text.is_empty() {
            self.fail(field, Code::Required, "can't be blank");
        }
        if text.chars().any(char::is_control) {
            self.fail(field, Code::Invalid, "is one line of text, without control characters");
        }
        self.length(field, text, most);
        text.to_owned()
    }

    /// Text of any number of lines, also none, as it was given.
    pub(super) fn text(&mut self, field: &str, text: &str, most: usize) -> String {
        if text.contains('\0') {
            self.fail(field, Code::Invalid, "can't hold NUL characters");
        }
        self.length(field, text, most);
        text.to_owned()
    }

    /// Labels or tags: trimmed, each once.
    pub(super) fn words(&mut self, field: &str, words: &[String]) -> Vec<String> {
        if words.len() > WORDS {
            let message = format!("{} are too many; {WORDS} are allowed", words.len());
            self.fail(field, Code::TooLong, message);
            return Vec::new();
        }
        let mut kept = Vec::new();
        for (place, word) in words.iter().enumerate() {
            let word = self.line(&format!("{field}.{place}"), word, WORD);
            if !kept.contains(&word) {
                kept.push(word);
            }
        }
        kept
    }

    /// A number within bounds.
    pub(super) fn within(&mut self, field: &str, value: i64, range: &RangeInclusive<i64>) {
        if !range.contains(&value) {
            let message = format!("is {value}; from {} to {} is allowed", range.start(), range.end());
            self.fail(field, Code::OutOfRange, message);
        }
    }

    /// Two dates of which the second isn't before the first; `field` is the second.
    pub(super) fn ordered(&mut self, field: &str, start: Option<Timestamp>, end: Option<Timestamp>) {
        if let (Some(start), Some(end)) = (start, end)
            && end < start
        {
            let message = format!("is before the start, {start}; it can't end before it begins");
            self.fail(field, Code::OutOfRange, message);
        }
    }

    /// An ISO 4217 code.
    pub(super) fn currency(&mut self, field: &str, code: &str) -> String {
        if !(code.len() == 3 && code.bytes().all(|letter| letter.is_ascii_uppercase())) {
            self.fail(
                field,
                Code::Invalid,
                "is an ISO 4217 code of three capital letters, like EUR",
            );
        }
        code.chars().take(3).collect()
    }

    /// A name of the shape of the IANA time zone database.
    pub(super) fn timezone(&mut self, field: &str, name: &str) -> String {
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'+');
        let part = |part: &str| part.starts_with(|c: char| c.is_ascii_alphabetic()) && part.bytes().all(letter);
        if name.len() > 60 || !name.split('/').all(part) {
            let message = "is the IANA name of a time zone of at most 60 characters, like Europe/Vienna or UTC";
            self.fail(field, Code::Invalid, message);
        }
        name.to_owned()
    }

    /// A tag of the shape of BCP 47.
    pub(super) fn language(&mut self, field: &str, tag: &str) -> String {
        let mut parts = tag.split('-');
        let first = |part: &str| (2..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphabetic());
        let later = |part: &str| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if tag.len() > 35 || !parts.next().is_some_and(first) || !parts.all(later) {
            self.fail(field, Code::Invalid, "is a BCP 47 language tag, like en or de-AT");
        }
        tag.to_owned()
    }

    /// The name of an internet domain, trimmed and lower-cased.
    pub(super) fn domain(&mut self, field: &str, name: &str) -> String {
        let name = name.trim().to_lowercase();
        let letter = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let label = |part: &str| {
            (1..=63).contains(&part.len()) && part.bytes().all(letter) && !part.starts_with('-') && !part.ends_with('-')
        };
        if name.len() > 253 || !name.contains('.') || !name.split('.').all(label) {
            let message = "is the name of an internet domain of at most 253 characters, like example.com";
            self.fail(field, Code::Invalid, message);
        }
        name
    }

    /// An email address, trimmed and lower-cased. Only its shape: whether it exists is known by sending to it.
    pub(super) fn email(&mut self, field: &str, address: &str) -> String {
        let address = self.line(field, address, 254).to_lowercase();
        let shaped = address.split_once('@').is_some_and(|(name, host)| {
            !name.is_empty() && !host.is_empty() && !host.contains('@') && !address.contains(char::is_whitespace)
        });
        if !address.is_empty() && !shaped {
            self.fail(field, Code::Invalid, "is an email address, like ada@example.org");
        }
        address
    }

    /// A password that somebody chooses.
    pub(super) fn password(&mut self, field: &str, password: &Password) {
        let length = password.reveal().chars().count();
        if length < Password::LEAST {
            let message = format!("has {length} characters; at least {} are needed", Password::LEAST);
            self.fail(field, Code::OutOfRange, message);
        }
        self.text(field, password.reveal(), Password::MOST);
    }

    fn length(&mut self, field: &str, text: &str, most: usize) {
        let length = text.chars().count();
        if length > most {
            let message = format!("has {length} characters; at most {most} are allowed");
            self.fail(field, Code::TooLong, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(check: impl FnOnce(&mut Check)) -> usize {
        let mut all = Check::default();
        check(&mut all);
        all.errors.len()
    }

    #[test]
    fn time_zones_have_the_shape_of_iana_names() {
        for good in ["UTC", "Europe/Vienna", "America/Argentina/Buenos_Aires", "Etc/GMT+5"] {
            assert_eq!(problems(|check| drop(check.timezone("timezone", good))), 0, "{good}");
        }
        for bad in ["", "/", "Europe/", "Europe/../x", "5/6", "A\0", &"x".repeat(61)] {
            assert_eq!(problems(|check| drop(check.timezone("timezone", bad))), 1, "{bad:?}");
        }
    }

    #[test]
    fn languages_and_currencies_have_their_shapes() {
        for good in ["en", "de-AT", "zh-Hant-TW"] {
            assert_eq!(problems(|check| drop(check.language("language", good))), 0, "{good}");
        }
        for bad in ["", "e", "english", "de_AT", "de-"] {
            assert_eq!(problems(|check| drop(check.language("language", bad))), 1, "{bad}");
        }
        for bad in ["", "eur", "EURO", "€", "EU1"] {
            assert_eq!(problems(|check| drop(check.currency("currency", bad))), 1, "{bad}");
        }
    }

    #[test]
    fn domains_have_the_shape_of_host_names() {
        for good in [
            "example.com",
            " Example.COM ",
            "xn--bcher-kva.example",
            "a-b.c1.example",
        ] {
            assert_eq!(problems(|check| drop(check.domain("domain", good))), 0, "{good}");
        }
        for bad in [
            "",
            "example",
            ".com",
            "a..b",
            "-a.example",
            "a-.example",
            "a b.example",
            "bücher.example",
        ] {
            assert_eq!(problems(|check| drop(check.domain("domain", bad))), 1, "{bad:?}");
        }
    }

    #[test]
    fn words_are_trimmed_and_kept_once() {
        let mut check = Check::default();
        let words = [" a ", "b", "a"].map(str::to_owned);
        assert_eq!(check.words("tags", &words), ["a", "b"]);
        assert!(check.done().is_ok());
    }
}
