//! The token of a mail: it names what it is about and holds a secret of which only the hash is stored. It doesn't print.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::Id;

use super::token::{hash, same};

/// A token that was sent by mail.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct OneTimeToken {
    /// What it is about.
    pub(super) subject: Id,
    secret: [u8; 32],
}

/// How many of those that were sent for one thing count: a mail server may have taken one over and not said so.
const COUNT: usize = 5;

impl OneTimeToken {
    /// A new one.
    pub(super) fn generate(subject: Id) -> OneTimeToken {
        OneTimeToken {
            subject,
            secret: rand::random(),
        }
    }

    /// Reads the text of a token; `None` when it can't be one.
    pub(super) fn parse(text: &str) -> Option<OneTimeToken> {
        let text = text.trim();
        // 44 bytes are 59 digits.
        let bytes = (text.len() == 59).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
        let (subject, secret) = bytes.split_at_checked(12)?;
        Some(OneTimeToken {
            subject: Id::from_bytes(subject.try_into().ok()?),
            secret: secret.try_into().ok()?,
        })
    }

    /// Its text, for whom the mail is for only.
    pub(super) fn text(&self) -> String {
        URL_SAFE_NO_PAD.encode([self.subject.bytes().as_slice(), &self.secret].concat())
    }

    /// These hashes and its own; the oldest goes where there are too many.
    pub(super) fn among(&self, hashes: &[String]) -> Vec<String> {
        let skipped = (hashes.len() + 1).saturating_sub(COUNT);
        hashes
            .iter()
            .skip(skipped)
            .cloned()
            .chain([hash(&self.secret)])
            .collect()
    }

    /// Whether one of these hashes is its own.
    pub(super) fn is_among(&self, hashes: &[String]) -> bool {
        let own = hash(&self.secret);
        hashes.iter().fold(false, |found, hash| found | same(&own, hash))
    }
}

impl fmt::Debug for OneTimeToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OneTimeToken({}, ***)", self.subject)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> OneTimeToken {
        OneTimeToken::generate(Id::from_bytes([1; 12]))
    }

    #[test]
    fn a_token_is_read_back_from_its_text_and_nothing_else_is() {
        let token = token();
        let text = token.text();
        assert_eq!(OneTimeToken::parse(&text), Some(token));
        for bad in [
            "",
            "x",
            &text[1..],
            &format!("{text}A"),
            &"=".repeat(59),
            &"é".repeat(59),
        ] {
            assert_eq!(OneTimeToken::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_last_few_that_were_sent_count() {
        let sent: Vec<OneTimeToken> = (0..7).map(|_| token()).collect();
        let hashes = sent.iter().fold(Vec::new(), |hashes, token| token.among(&hashes));
        let count: Vec<bool> = sent.iter().map(|token| token.is_among(&hashes)).collect();
        assert_eq!(count, [false, false, true, true, true, true, true]);
        assert!(!token().is_among(&hashes));
    }

    #[test]
    fn neither_the_stored_hash_nor_the_printed_form_holds_the_secret() {
        let token = token();
        assert!(!token.text().contains(&token.among(&[])[0]));
        assert_eq!(format!("{token:?}"), "OneTimeToken(010101010101010101010101, ***)");
    }
}
