//! Who asks: the session, its user and the custom role that they bear by the request's token, in one batch of the request's
//! own loaders.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use tracing::Instrument;

use crate::graphql::{ApiError, SESSION_COOKIE, session_cookie};
use crate::loader::{BatchKey, LoadError, Loaded, Loaders};
use crate::model::{EntityRef, Kind, Session, Viewer};
use crate::service::Token;

use super::admissions::{Admission, Rows};
use super::endpoint::Endpoint;

/// Who asks, and what their browser is to be told.
#[derive(Default)]
pub struct Identity {
    /// The viewer; `None`: nobody is signed in.
    pub viewer: Option<Viewer>,
    /// Their session.
    pub session: Option<Arc<Session>>,
    /// The session cookie anew, so that it lives as long as the session that has just been prolonged.
    pub cookie: Option<String>,
}

/// Finds out who asks. A token in `Authorization` must admit, or it is UNAUTHENTICATED; a cookie that doesn't is one
/// left over, and whoever sends it is signed out.
pub async fn identify(endpoint: &Arc<Endpoint>, headers: &HeaderMap, loaders: &Loaders) -> Result<Identity, ApiError> {
    if let Some(token) = bearer(headers) {
        let admitted = admit(endpoint, token, loaders).await?;
        let (admission, _) = admitted.ok_or(ApiError::Unauthenticated(
            "the token in Authorization does not admit (any more): sign in again, or leave it out",
        ))?;
        return Ok(Identity::of(&admission, None));
    }
    let Some(token) = cookie(headers) else {
        return Ok(Identity::default());
    };
    let Some((admission, is_renewed)) = admit(endpoint, token, loaders).await? else {
        return Ok(Identity::default());
    };
    let app = &endpoint.app;
    let anew = || session_cookie(token, app.services.session_policy().ttl, app.config.secures_cookie());
    Ok(Identity::of(&admission, is_renewed.then(anew)))
}

impl Identity {
    fn of(admission: &Admission, cookie: Option<String>) -> Identity {
        Identity {
            viewer: Some(admission.viewer.clone()),
            session: Some(Arc::clone(&admission.session)),
            cookie,
        }
    }
}

/// Who is let in and whether their session is being renewed.
async fn admit(
    endpoint: &Arc<Endpoint>,
    text: &str,
    loaders: &Loaders,
) -> Result<Option<(Arc<Admission>, bool)>, LoadError> {
    let Some(token) = Token::parse(text) else {
        return Ok(None);
    };
    let Some(rows) = rows(endpoint, &token, loaders).await? else {
        return Ok(None);
    };
    let now = endpoint.app.services.now();
    let Some(admission) = endpoint.admissions.get(&token, rows, now) else {
        return Ok(None);
    };
    let is_renewed = renew(endpoint, &admission.session);
    Ok(Some((admission, is_renewed)))
}

/// What the token is judged by. The custom role is asked for along with session and user where it was borne last time; a
/// second batch is made only for who bears another one since.
async fn rows(endpoint: &Endpoint, token: &Token, loaders: &Loaders) -> Result<Option<Rows>, LoadError> {
    let last = endpoint.admissions.last_role(token);
    let of = [
        EntityRef::new(Kind::Session, token.session),
        EntityRef::new(Kind::User, token.user),
        EntityRef::new(Kind::CustomRole, last.unwrap_or(token.user)),
    ];
    let asked = of.map(BatchKey::Entity);
    let asked = if last.is_some() { &asked[..] } else { &asked[..2] };
    let mut found = loaders.load_batch(asked).await.into_iter();
    let mut next = || found.next().transpose().map(|loaded| loaded.and_then(Loaded::entity));
    let (session, user, role) = (next()?, next()?, next()?);
    let (Some(session), Some(user)) = (session, user) else {
        return Ok(None);
    };
    let rows = Rows { session, user, role };
    let role = match rows.custom_role() {
        None => None,
        borne if borne == last => return Ok(Some(rows)),
        Some(borne) => loaders.get(EntityRef::new(Kind::CustomRole, borne)).await?,
    };
    Ok(Some(Rows { role, ..rows }))
}

/// Notes that the session is used, beside the request: neither its time nor its failure is the reader's.
fn renew(endpoint: &Arc<Endpoint>, session: &Arc<Session>) -> bool {
    if !endpoint.app.services.is_renewal_due(session) {
        return false;
    }
    let (services, session) = (endpoint.app.services.clone(), Arc::clone(session));
    let piece = endpoint.running.begin();
    let renewal = async move {
        if let Err(error) = services.renew(&session).await {
            tracing::warn!(%error, "a session could not be renewed");
        }
        drop(piece);
    };
    tokio::spawn(renewal.in_current_span());
    true
}

/// The token of `Authorization: Bearer`; other schemes are not ours.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ').unwrap_or((value, ""));
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim())
}

fn cookie(headers: &HeaderMap) -> Option<&str> {
    let lines = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok());
    let mut pairs = lines
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='));
    pairs
        .find(|(name, _)| *name == SESSION_COOKIE)
        .map(|(_, token)| token.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn headers(name: header::HeaderName, value: &'static str) -> HeaderMap {
        HeaderMap::from_iter([(name, HeaderValue::from_static(value))])
    }

    #[test]
    fn a_bearer_token_is_found_whatever_the_case_of_its_scheme() {
        assert_eq!(bearer(&headers(header::AUTHORIZATION, "bearer abc")), Some("abc"));
        assert_eq!(bearer(&headers(header::AUTHORIZATION, "Basic abc")), None);
    }

    #[test]
    fn the_session_cookie_is_found_among_others() {
        let sent = headers(header::COOKIE, "a=b; kanvaro_session=t0ken; c=d");
        assert_eq!(cookie(&sent), Some("t0ken"));
        assert_eq!(cookie(&headers(header::COOKIE, "xkanvaro_session=t0ken")), None);
    }
}
