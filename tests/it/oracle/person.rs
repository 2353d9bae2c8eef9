//! Whoever asks, with the token of a session that was made for them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use kanvaro::model::{Id, Role, User};
use sha2::{Digest, Sha256};

/// A signed-in person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The number of their organisation.
    pub home: usize,
    pub user: Id,
    pub session: Id,
    pub role: Role,
    pub token: String,
}

impl Person {
    /// The person of this session, and the hash that the session holds of their token.
    pub fn with_session(home: usize, user: &User, session: Id) -> (Person, String) {
        // No two sessions may have the same; nobody has to guess it here.
        let secret = [session.bytes().as_slice(), session.bytes(), &[7; 8]].concat();
        let token = [session.bytes().as_slice(), user.id.bytes(), &secret].concat();
        let hash = Sha256::digest(&secret)
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect();
        let person = Person {
            home,
            user: user.id,
            session,
            role: user.role,
            token: URL_SAFE_NO_PAD.encode(token),
        };
        (person, hash)
    }
}
