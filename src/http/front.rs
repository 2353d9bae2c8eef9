//! In front of the routes: a request whose answer is known gets it here, before it is routed and understood. Every other goes on
//! as it came; nothing is refused here.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::Response;
use futures_util::future::ready;
use futures_util::stream::once;
use futures_util::{FutureExt, StreamExt};
use http_body_util::BodyExt;
use tower::ServiceExt;

use super::client_address::Peer;
use super::endpoint::Endpoint;
use super::graphql::PATH;
use super::hits::LONGEST;
use super::middleware::{AccessLine, conclude};
use super::negotiation::is_json;

/// The routes and what stands in front of them.
pub struct Front {
    endpoint: Arc<Endpoint>,
    routes: Router,
    /// Whether other origins' pages may call: to these the routes tell more.
    has_origins: bool,
}

impl Front {
    /// In front of these routes.
    pub fn new(endpoint: Arc<Endpoint>, routes: Router) -> Front {
        Front {
            has_origins: !endpoint.app.config.cors_origins.is_empty(),
            endpoint,
            routes,
        }
    }

    /// Answers any request, which came from there.
    pub async fn answer(&self, request: Request, peer: Option<Peer>) -> Response {
        if !self.may_know(&request) {
            return self.route(request, peer).await;
        }
        let start = Instant::now();
        let (parts, body) = request.into_parts();
        let body = match whole(body) {
            Ok(body) => match self.known(&parts, &body, start).await {
                Some(response) => return response,
                None => Body::from(body),
            },
            Err(body) => body,
        };
        self.route(Request::from_parts(parts, body), peer).await
    }

    async fn route(&self, mut request: Request, peer: Option<Peer>) -> Response {
        if let Some(peer) = peer {
            request.extensions_mut().insert(peer);
        }
        let Ok(response) = self.routes.clone().oneshot(request).await;
        response
    }

    /// Whether its answer may be known. Nothing is taken of a body that is long, or that is sent only when it is waited for.
    fn may_know(&self, request: &Request) -> bool {
        let headers = request.headers();
        let is_short = request
            .body()
            .size_hint()
            .upper()
            .is_some_and(|most| most <= LONGEST as u64);
        is_short
            && request.method() == Method::POST
            && request.uri().path() == PATH
            && headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|sent| sent.to_str().is_ok_and(is_json))
            && ![header::CONTENT_ENCODING, header::EXPECT]
                .iter()
                .any(|name| headers.contains_key(name))
            && !(self.has_origins && headers.contains_key(header::ORIGIN))
    }

    async fn known(&self, parts: &Parts, body: &[u8], start: Instant) -> Option<Response> {
        let sent = self.endpoint.hits.sent(&parts.headers, body)?;
        let line = AccessLine::begin(Method::POST, PATH, start);
        let Some((hit, response)) = self.endpoint.hits.answer(&self.endpoint, &sent).await else {
            line.leave();
            return None;
        };
        Some(conclude(&parts.headers, line, response, || hit.served()))
    }
}

/// The body if all of it has come along with the head, as short ones do; else a body that has all of it.
fn whole(mut body: Body) -> Result<Bytes, Body> {
    match body.frame().now_or_never() {
        None | Some(None) => Err(body),
        Some(Some(Ok(frame))) => match frame.into_data() {
            Ok(data) if body.is_end_stream() => Ok(data),
            Ok(data) => Err(Body::from_stream(once(ready(Ok(data))).chain(body.into_data_stream()))),
            // Nothing follows on trailers.
            Err(_) => Err(Body::empty()),
        },
        Some(Some(Err(error))) => Err(Body::from_stream(once(ready(Err::<Bytes, _>(error))))),
    }
}

#[cfg(test)]
mod tests {
    use std::io;

    use futures_util::stream;

    use super::*;

    async fn text(body: Body) -> Option<Bytes> {
        Some(body.collect().await.ok()?.to_bytes())
    }

    #[tokio::test]
    async fn a_body_is_whole_when_all_of_it_is_there_and_loses_nothing_otherwise() {
        assert_eq!(whole(Body::from("all")).unwrap(), "all");
        assert_eq!(text(whole(Body::empty()).unwrap_err()).await.unwrap(), "");
        let parts = stream::iter(["one ", "two ", "three"].map(Ok::<_, io::Error>));
        assert_eq!(
            text(whole(Body::from_stream(parts)).unwrap_err()).await.unwrap(),
            "one two three"
        );
        let broken = stream::iter([Err::<Bytes, _>(io::Error::other("gone"))]);
        assert!(text(whole(Body::from_stream(broken)).unwrap_err()).await.is_none());
        let late = once(async {
            tokio::task::yield_now().await;
            Ok::<_, io::Error>("late")
        });
        assert_eq!(text(whole(Body::from_stream(late)).unwrap_err()).await.unwrap(), "late");
    }
}
