//! The cookie that browsers keep the token in: no script reads it, no other site sends it along.

use std::time::Duration;

/// Its name.
pub const SESSION_COOKIE: &str = "kanvaro_session";

/// The value of a `Set-Cookie` header that keeps `token` for `ttl`; an empty token and no time clear it.
pub fn session_cookie(token: &str, ttl: Duration, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    let seconds = ttl.as_secs();
    format!("{SESSION_COOKIE}={token}; HttpOnly; SameSite=Lax; Path=/; Max-Age={seconds}{secure}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cookie_is_kept_from_scripts_and_other_sites() {
        assert_eq!(
            session_cookie("abc", Duration::from_secs(60), true),
            "kanvaro_session=abc; HttpOnly; SameSite=Lax; Path=/; Max-Age=60; Secure"
        );
    }
}
