//! The token of a sign-in: it names its session and user, so that both load in one batch, and holds a secret of which
//! only the hash is stored. It doesn't print.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::model::{Id, Session, Timestamp, User};

/// A token, as a client sends it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Token {
    /// The session it was given out for.
    pub session: Id,
    /// Who signed in.
    pub user: Id,
    secret: [u8; 32],
}

impl Token {
    /// A new one.
    pub(super) fn generate(session: Id, user: Id) -> Token {
        Token {
            session,
            user,
            secret: rand::random(),
        }
    }

    /// Reads the text of a token; `None` when it can't be one.
    pub fn parse(text: &str) -> Option<Token> {
        // 56 bytes are 75 digits; anything longer isn't worth decoding.
        let bytes = (text.len() == 75).then(|| URL_SAFE_NO_PAD.decode(text).ok())??;
        let (ids, secret) = bytes.split_at_checked(24)?;
        let (session, user) = ids.split_at(12);
        Some(Token {
            session: Id::from_bytes(session.try_into().ok()?),
            user: Id::from_bytes(user.try_into().ok()?),
            secret: secret.try_into().ok()?,
        })
    }

    /// Its text, for its owner only.
    pub fn text(&self) -> String {
        let parts: [&[u8]; 3] = [self.session.bytes(), self.user.bytes(), &self.secret];
        URL_SAFE_NO_PAD.encode(parts.concat())
    }

    /// SHA-256 of the secret, in hex: what is stored. The secret is random, so it needs no salt and no slow hash.
    pub(super) fn hash(&self) -> String {
        hash(&self.secret)
    }

    /// Whether it lets in: the session is its session and hasn't ended, the user its user and active.
    pub fn admits(&self, session: &Session, user: &User, now: Timestamp) -> bool {
        let names = session.id == self.session && session.user_id == self.user && user.id == self.user;
        let lives = now < session.expires_at && user.is_active && user.organization == session.organization;
        same(&self.hash(), &session.token_hash) && names && lives
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Token({}, ***)", self.session)
    }
}

/// SHA-256 of a secret, in hex.
pub(super) fn hash(secret: &[u8; 32]) -> String {
    let hash: [u8; 32] = Sha256::digest(secret).into();
    let digit = |half: u8| char::from_digit(half.into(), 16).expect("half a byte is a digit");
    hash.iter()
        .flat_map(|byte| [digit(byte >> 4), digit(byte & 15)])
        .collect()
}

/// Compares in a time that doesn't tell where two texts of one length differ.
pub(super) fn same(one: &str, other: &str) -> bool {
    let pairs = one.bytes().zip(other.bytes());
    one.len() == other.len() && pairs.fold(0, |differs, (a, b)| differs | (a ^ b)) == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token() -> Token {
        Token::generate(Id::from_bytes([1; 12]), Id::from_bytes([2; 12]))
    }

    #[test]
    fn a_token_is_read_back_from_its_text() {
        let token = token();
        assert_eq!(Token::parse(&token.text()), Some(token));
    }

    #[test]
    fn what_is_no_token_is_not_read() {
        let text = token().text();
        for bad in [
            "",
            "x",
            &text[1..],
            &format!("{text}A"),
            &"=".repeat(75),
            &"é".repeat(75),
        ] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn neither_the_stored_hash_nor_the_printed_form_holds_the_secret() {
        let token = token();
        assert_eq!(token.hash().len(), 64);
        assert_eq!(format!("{token:?}"), "Token(010101010101010101010101, ***)");
    }
}
