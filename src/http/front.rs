//! In front of the routes: what most requests are, a POST of short JSON that is all there, is answered here without being routed:
//! at once where the answer is known. Every other goes on to the routes as it came; nothing is refused here.

use std::sync::Arc;
use std::time::Instant;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{Method, Request, Response, header};
use axum::{BoxError, Router};
use futures_util::future::ready;
use futures_util::stream::once;
use futures_util::{FutureExt, StreamExt};
use http_body_util::{BodyExt, Either, Full};
use tower::ServiceExt;

use super::client_address::Peer;
use super::endpoint::Endpoint;
use super::graphql::{self, PATH};
use super::hits::LONGEST;
use super::middleware::{AccessLine, observed, set_own};
use super::negotiation::is_json;

/// A response's body: one that is all there is sent without being boxed.
pub type Reply = Either<Full<Bytes>, Body>;

/// The routes and what stands in front of them.
pub struct Front {
    endpoint: Arc<Endpoint>,
    routes: Router,
    /// Whether other origins' pages may call: to these the routes tell more.
    has_origins: bool,
    /// In bytes.
    longest: u64,
}

impl Front {
    /// In front of these routes.
    pub fn new(endpoint: Arc<Endpoint>, routes: Router) -> Front {
        let config = &endpoint.app.config;
        Front {
            has_origins: !config.cors_origins.is_empty(),
            longest: LONGEST.min(config.max_body_bytes) as u64,
            endpoint,
            routes,
        }
    }

    /// Answers any request, which came from there.
    pub async fn answer<B: Sent>(&self, request: Request<B>, peer: Option<Peer>) -> Response<Reply> {
        let (mut parts, body) = request.into_parts();
        let body = if self.may_take(&parts, &body) {
            let start = Instant::now();
            match whole(body) {
                Ok(body) => return self.answer_json(parts, &body, start, peer).await,
                Err(body) => body,
            }
        } else {
            Body::new(body)
        };
        note(&mut parts, peer);
        let request = Request::from_parts(parts, body);
        let Ok(response) = Box::pin(self.routes.clone().oneshot(request)).await;
        response.map(Either::Right)
    }

    /// Whether it is answered here if all of its body is there. Nothing is taken of a body that is long, or that is sent only
    /// when it is waited for.
    fn may_take(&self, parts: &Parts, body: &impl HttpBody) -> bool {
        let headers = &parts.headers;
        body.size_hint().upper().is_some_and(|most| most <= self.longest)
            && parts.method == Method::POST
            && parts.uri.path() == PATH
            && headers
                .get(header::CONTENT_TYPE)
                .is_some_and(|sent| sent.to_str().is_ok_and(is_json))
            && ![header::CONTENT_ENCODING, header::EXPECT]
                .iter()
                .any(|name| headers.contains_key(name))
            && !(self.has_origins && headers.contains_key(header::ORIGIN))
    }

    async fn answer_json(&self, mut parts: Parts, body: &[u8], start: Instant, peer: Option<Peer>) -> Response<Reply> {
        let line = AccessLine::begin(&parts.headers, Method::POST, PATH, start);
        let sent = self.endpoint.hits.sent(&parts.headers, body);
        if let Some(sent) = &sent
            && let Some((hit, mut response)) = self.endpoint.hits.answer(&self.endpoint, sent).await
        {
            let served = AccessLine::is_wanted().then(|| hit.served());
            let id = line.id.clone();
            let time = line.end(response.status(), served.as_ref());
            hit.count(time);
            set_own(response.headers_mut(), id, time);
            return response.map(|body| Either::Left(Full::new(body)));
        }
        note(&mut parts, peer);
        let answering = graphql::answer_json(&self.endpoint, &parts, body, sent);
        Box::pin(observed(line, answering)).await.map(Either::Right)
    }
}

/// A body as it is sent.
pub trait Sent: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static {}

impl<B: HttpBody<Data = Bytes, Error: Into<BoxError>> + Send + Unpin + 'static> Sent for B {}

fn note(parts: &mut Parts, peer: Option<Peer>) {
    if let Some(peer) = peer {
        parts.extensions.insert(peer);
    }
}

/// The body if all of it has come along with the head, as short ones do; else a body that has all of it.
fn whole<B: Sent>(mut body: B) -> Result<Bytes, Body> {
    match body.frame().now_or_never() {
        None | Some(None) => Err(Body::new(body)),
        Some(Some(Ok(frame))) => match frame.into_data() {
            Ok(data) if body.is_end_stream() => Ok(data),
            Ok(data) => {
                let rest = Body::new(body).into_data_stream();
                Err(Body::from_stream(once(ready(Ok(data))).chain(rest)))
            }
            // Nothing follows on trailers.
            Err(_) => Err(Body::empty()),
        },
        Some(Some(Err(error))) => Err(Body::from_stream(once(ready(Err::<Bytes, BoxError>(error.into()))))),
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
