//! A running server's schema, by introspection.

use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail};
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST, HeaderMap, HeaderName, HeaderValue};
use http::{Request, StatusCode, Uri};
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::handshake;
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::time::timeout;

use super::connect::connect;
use crate::sdl::{IntrospectionError, QUERIES, Sdl, from_introspection};

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(30);
/// The longest answer that is read; a schema of 10 000 types is a tenth of it.
const LONGEST: usize = 256 << 20;

/// Asks the server at this address.
pub fn schema(url: &str, headers: &[String]) -> Result<Sdl> {
    let headers = headers
        .iter()
        .map(|header| parsed(header))
        .collect::<Result<HeaderMap>>()?;
    let uri: Uri = url.parse().with_context(|| format!("{url} is no address"))?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(ask(url, &uri, &headers))
}

async fn ask(url: &str, uri: &Uri, headers: &HeaderMap) -> Result<Sdl> {
    let mut refusal = None;
    for query in QUERIES {
        let body = json!({ "query": query }).to_string();
        let sent = timeout(PATIENCE, post(uri, headers, body)).await;
        let answered = sent.with_context(|| format!("{url} takes longer than {} s", PATIENCE.as_secs()))?;
        let (status, answer) = answered.with_context(|| format!("can't ask {url}"))?;
        match from_introspection(url, &answer) {
            Ok(schema) => return Ok(schema),
            // It may be that it doesn't know a part of the question: the next asks for less.
            Err(IntrospectionError::Refused(from, why)) => {
                refusal.get_or_insert(IntrospectionError::Refused(from, why));
            }
            Err(other) if status.is_success() => return Err(other.into()),
            Err(other) => return Err(anyhow!("{other}, status {status}")),
        }
    }
    match refusal {
        Some(refusal) => Err(refusal.into()),
        None => bail!("{url}: nothing was asked"),
    }
}

/// Sends one request on a connection of its own.
async fn post(uri: &Uri, headers: &HeaderMap, body: String) -> Result<(StatusCode, Bytes)> {
    let (mut sender, connection) = handshake(TokioIo::new(connect(uri).await?)).await?;
    tokio::spawn(connection);
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or("", |authority| authority.as_str());
    let mut request = Request::post(path).body(Full::new(Bytes::from(body)))?;
    request.headers_mut().insert(HOST, authority.parse()?);
    request
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in headers {
        request.headers_mut().insert(name, value.clone());
    }
    let response = sender.send_request(request).await?;
    let status = response.status();
    let body = Limited::new(response.into_body(), LONGEST).collect().await;
    let body = body.map_err(|error| anyhow!("its answer can't be read: {error}"))?;
    Ok((status, body.to_bytes()))
}

fn parsed(header: &str) -> Result<(HeaderName, HeaderValue)> {
    let wrong = || format!("--header {header:?}: NAME: VALUE was expected");
    let (name, value) = header.split_once(':').with_context(wrong)?;
    let name = HeaderName::try_from(name.trim()).with_context(wrong)?;
    Ok((name, HeaderValue::try_from(value.trim()).with_context(wrong)?))
}
