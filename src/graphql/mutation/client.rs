//! What mutations need to know of the client. Nothing else can read it, so no answer that is kept depends on it.

use crate::service::Origin;

/// What a request says of its client.
#[derive(Clone, Debug)]
pub struct Client {
    /// What it calls itself, and where it is.
    pub(super) origin: Origin,
    /// Whether the session cookie is sent over HTTPS only.
    pub(super) secure_cookie: bool,
}

impl Client {
    /// A client there, which is sent its cookie over HTTPS only or not.
    pub fn new(origin: Origin, secure_cookie: bool) -> Client {
        Client { origin, secure_cookie }
    }
}
