//! `/images`, `/static` and `/files`: assets as they lie in the store, with ETags and ranges; private ones with a signed address only.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::graphql::ErrorCode;
use crate::media::blob::{Area, BlobError, BlobHead, BlobKey, Range, content_type};
use crate::media::{Pass, attachment};

use super::endpoint::Endpoint;
use super::refusal::Refusal;

/// What is named by its content never changes.
const IMMUTABLE: &str = "public, max-age=31536000, immutable";
/// What has a name of its own may.
const NAMED: &str = "public, max-age=86400";
const POLICY: HeaderName = header::CONTENT_SECURITY_POLICY;

/// What a private address says besides its path.
#[derive(Deserialize)]
pub struct Signed {
    name: Option<String>,
    expires: Option<u64>,
    signature: Option<String>,
}

/// Answers with an asset, or a part of it.
pub async fn asset(
    State(endpoint): State<Arc<Endpoint>>,
    method: Method,
    uri: Uri,
    query: Result<Query<Signed>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
) -> Response {
    if !matches!(method, Method::GET | Method::HEAD) {
        return Refusal::method("GET, HEAD", format!("{method} is not answered here")).into_response();
    }
    // As it was sent: a key has nothing in it that would be encoded.
    let key = BlobKey::parse(uri.path().trim_start_matches('/')).ok();
    let Some(key) = key.filter(|key| key.area() != Area::Staging) else {
        return absent().into_response();
    };
    let asked = Asked {
        endpoint: &endpoint,
        key,
        query: query.map(|Query(query)| query).ok(),
        headers: &headers,
    };
    let answered = if method == Method::HEAD {
        asked.head().await
    } else {
        asked.get().await
    };
    answered.unwrap_or_else(IntoResponse::into_response)
}

/// One request for an asset.
struct Asked<'a> {
    endpoint: &'a Endpoint,
    key: BlobKey,
    query: Option<Signed>,
    headers: &'a HeaderMap,
}

impl Asked<'_> {
    async fn head(&self) -> Result<Response, Refusal> {
        let left = self.admit()?;
        let found = self
            .endpoint
            .app
            .assets
            .blobs
            .head(&self.key)
            .await
            .map_err(|error| failed(&error))?;
        let head = found.ok_or_else(absent)?;
        if self.knows(&head) {
            return Ok(self.response(StatusCode::NOT_MODIFIED, &head, left, Body::empty()));
        }
        let mut response = self.response(StatusCode::OK, &head, left, Body::empty());
        response.headers_mut().insert(header::CONTENT_LENGTH, head.bytes.into());
        Ok(response)
    }

    async fn get(&self) -> Result<Response, Refusal> {
        let left = self.admit()?;
        let blobs = &self.endpoint.app.assets.blobs;
        let found = match blobs.get(&self.key, self.range()).await {
            Err(BlobError::Range { bytes }) => return Ok(self.beyond(bytes)),
            found => found.map_err(|error| failed(&error))?.ok_or_else(absent)?,
        };
        if self.knows(&found.head) {
            return Ok(self.response(StatusCode::NOT_MODIFIED, &found.head, left, Body::empty()));
        }
        let is_part = self.range().is_some();
        let status = if is_part {
            StatusCode::PARTIAL_CONTENT
        } else {
            StatusCode::OK
        };
        let mut response = self.response(status, &found.head, left, Body::from_stream(found.body));
        let count = found.part.map_or(0, |(first, last)| last - first + 1);
        response.headers_mut().insert(header::CONTENT_LENGTH, count.into());
        if let (true, Some((first, last))) = (is_part, found.part) {
            let part = value(&format!("bytes {first}-{last}/{}", found.head.bytes));
            response.headers_mut().insert(header::CONTENT_RANGE, part);
        }
        Ok(response)
    }

    /// For how long a private address is still good; `None` where none is needed.
    fn admit(&self) -> Result<Option<Duration>, Refusal> {
        if self.key.area() != Area::Files {
            return Ok(None);
        }
        let forbidden = |message: String| Refusal::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message);
        let signed = self.query.as_ref();
        let signed = signed.and_then(|query| Some((query.name.as_ref()?, query.expires?, query.signature.as_ref()?)));
        let Some((name, expires, signature)) = signed else {
            return Err(forbidden(
                "files are fetched by the signed links that the API gives".into(),
            ));
        };
        let pass = Pass {
            name,
            expires,
            signature,
        };
        let left = self.endpoint.app.assets.links.check(&self.key, pass);
        left.map(Some).map_err(|error| forbidden(error.to_string()))
    }

    /// The part that is asked for. With `If-Range`, only if what the client has is of the same content.
    fn range(&self) -> Option<Range> {
        let text = |name| self.headers.get(name).and_then(|value| value.to_str().ok());
        let same = text(header::IF_RANGE).is_none_or(|tag| self.key.sha256().is_some_and(|hash| tag == strong(&hash)));
        text(header::RANGE).filter(|_| same).and_then(Range::parse)
    }

    /// Whether the client has it already.
    fn knows(&self, head: &BlobHead) -> bool {
        let (lines, etag) = (self.headers.get_all(header::IF_NONE_MATCH), self.etag(head));
        let etag = etag.trim_start_matches("W/");
        let lines = lines.iter().filter_map(|line| line.to_str().ok());
        let mut tags = lines.flat_map(|line| line.split(',')).map(str::trim);
        tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
    }

    /// The hash of the content where the key has it; otherwise what changes with it.
    fn etag(&self, head: &BlobHead) -> String {
        if let Some(hash) = self.key.sha256() {
            return strong(&hash);
        }
        let since = head.modified.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
        format!("W/\"{:x}-{:x}\"", head.bytes, since.as_millis())
    }

    fn response(&self, status: StatusCode, head: &BlobHead, left: Option<Duration>, body: Body) -> Response {
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        let caching = match left {
            Some(left) => format!("private, max-age={}", left.as_secs()),
            None if self.key.sha256().is_some() => IMMUTABLE.to_owned(),
            None => NAMED.to_owned(),
        };
        headers.insert(header::CACHE_CONTROL, value(&caching));
        headers.insert(header::ETAG, value(&self.etag(head)));
        headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        if status == StatusCode::NOT_MODIFIED {
            return response;
        }
        let kind = content_type(self.key.extension());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
        // Whatever it turns out to be, it runs nothing here.
        headers.insert(POLICY, HeaderValue::from_static("default-src 'none'; sandbox"));
        if let Some(disposition) = self.disposition(kind) {
            headers.insert(header::CONTENT_DISPOSITION, value(&disposition));
        }
        response
    }

    /// Private files, and what a browser doesn't know, are saved and not shown.
    fn disposition(&self, kind: &str) -> Option<String> {
        let name = self.query.as_ref().and_then(|query| query.name.as_deref());
        match (self.key.area(), name) {
            (Area::Files, name) => Some(attachment(name.unwrap_or_default())),
            _ => (kind == "application/octet-stream").then(|| "attachment".to_owned()),
        }
    }

    fn beyond(&self, bytes: u64) -> Response {
        let message = format!("the range lies behind the end; there are {bytes} bytes");
        let refusal = Refusal::new(StatusCode::RANGE_NOT_SATISFIABLE, ErrorCode::BadUserInput, message);
        let size = value(&format!("bytes */{bytes}"));
        refusal.with(header::CONTENT_RANGE, size).into_response()
    }
}

fn strong(hash: &str) -> String {
    format!("\"{}\"", &hash[..32])
}

fn value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).expect("it is made of plain characters")
}

fn absent() -> Refusal {
    Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, "there is no such asset")
}

fn failed(error: &BlobError) -> Refusal {
    tracing::warn!(%error, "an asset can't be read");
    let message = "the asset store can't be reached; try again in a moment";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
}
