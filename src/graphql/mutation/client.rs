//! What mutations need to know of the client. Nothing else can read it, so no answer that is kept depends on it.

/// What a request says of its client.
#[derive(Clone, Debug)]
pub struct Client {
    /// What it calls itself, for its session; at most 300 characters.
    pub(super) user_agent: String,
    /// Whether the session cookie is sent over HTTPS only.
    pub(super) secure_cookie: bool,
}

impl Client {
    /// A client that calls itself so, and is sent its cookie over HTTPS only or not.
    pub fn new(user_agent: String, secure_cookie: bool) -> Client {
        Client {
            user_agent,
            secure_cookie,
        }
    }
}
