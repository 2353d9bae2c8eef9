//! `/uploads`: takes in one file at a signed address, of the length, type and content that were announced for it, piece by
//! piece. It waits where nothing is served from, until its upload is completed.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use http_body_util::BodyExt;
use serde::Deserialize;
use sha2::{Digest, Sha256};
use tokio::time::timeout;

use crate::graphql::ErrorCode;
use crate::media::blob::{Announced, Area, BlobError, BlobKey, Content};
use crate::media::{Assets, IncomingFile, PutPass, UploadedFile, hex, unhex};

use super::body::drain;
use super::endpoint::Endpoint;
use super::refusal::Refusal;

/// How long a client may take to send the next piece.
const PATIENCE: Duration = Duration::from_secs(30);

/// What an address says besides its path.
#[derive(Deserialize)]
pub struct Signed {
    bytes: u64,
    #[serde(rename = "type")]
    content_type: String,
    sha256: Option<String>,
    expires: u64,
    signature: String,
}

/// Takes a file in.
pub async fn put(
    State(endpoint): State<Arc<Endpoint>>,
    method: Method,
    uri: Uri,
    query: Result<Query<Signed>, axum::extract::rejection::QueryRejection>,
    headers: HeaderMap,
    mut body: Body,
) -> Response {
    if method != Method::PUT {
        return Refusal::method("PUT", format!("{method} is not answered here")).into_response();
    }
    let signed = query.ok().map(|Query(signed)| signed);
    let taken = take(&endpoint.app.assets, &uri, signed, &headers, &mut body).await;
    match taken {
        Ok(()) => done(),
        Err(refusal) => {
            if !headers.contains_key(header::EXPECT) {
                drain(body).await;
            }
            refusal.into_response()
        }
    }
}

async fn take(
    assets: &Assets,
    uri: &Uri,
    signed: Option<Signed>,
    headers: &HeaderMap,
    body: &mut Body,
) -> Result<(), Refusal> {
    let signed = signed.ok_or_else(|| {
        forbidden("files are put to the addresses that createUpload gives; this one is incomplete".into())
    })?;
    let (key, announced) = admit(assets, uri, &signed)?;
    check_headers(headers, &announced)?;
    let file = receive(assets, body, &announced).await?;
    let content = Content::File(file.path().to_owned());
    assets.blobs.stage(&key, content).await.map_err(|error| unkept(&error))
}

/// What may be put, and where, by the address alone.
fn admit(assets: &Assets, uri: &Uri, signed: &Signed) -> Result<(BlobKey, Announced), Refusal> {
    let invalid = || forbidden("this address is not valid; ask createUpload for one".into());
    let name = uri.path().strip_prefix("/uploads/").unwrap_or_default();
    let key = BlobKey::parse(&format!("{}/{name}", Area::Staging.name())).map_err(|_| invalid())?;
    let sha256 = match &signed.sha256 {
        Some(text) => Some(unhex(text).ok_or_else(invalid)?),
        None => None,
    };
    let announced = Announced {
        content_type: signed.content_type.clone(),
        bytes: signed.bytes,
        sha256,
    };
    let pass = PutPass {
        announced: &announced,
        expires: signed.expires,
        signature: &signed.signature,
    };
    let checked = assets.links.check_put(&key, pass);
    checked.map_err(|error| forbidden(error.to_string()))?;
    Ok((key, announced))
}

/// Refuses what can't become the announced file before anything of it is read.
fn check_headers(headers: &HeaderMap, announced: &Announced) -> Result<(), Refusal> {
    let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let content_type = text(header::CONTENT_TYPE).unwrap_or_default();
    if !content_type.eq_ignore_ascii_case(&announced.content_type) {
        return Err(Refusal::bad_request(format!(
            "this address takes a file with the header Content-Type: {}; send what createUpload lists in headers",
            announced.content_type
        )));
    }
    let length = text(header::CONTENT_LENGTH).and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length > announced.bytes => Err(too_long(announced)),
        Some(length) if length < announced.bytes => Err(too_short(length, announced)),
        _ => Ok(()),
    }
}

/// Into a temporary file, which goes away by itself unless all is as announced.
async fn receive(assets: &Assets, body: &mut Body, announced: &Announced) -> Result<UploadedFile, Refusal> {
    let mut file = assets.incoming.create().await.map_err(|error| unwritten(&error))?;
    let mut hash = Sha256::new();
    while let Some(piece) = next(body).await? {
        if file.bytes() + piece.len() as u64 > announced.bytes {
            return Err(too_long(announced));
        }
        hash.update(&piece);
        IncomingFile::write(&mut file, &piece)
            .await
            .map_err(|error| unwritten(&error))?;
    }
    if file.bytes() < announced.bytes {
        return Err(too_short(file.bytes(), announced));
    }
    let found: [u8; 32] = hash.finalize().into();
    if announced.sha256.is_some_and(|sha256| sha256 != found) {
        let found = hex(&found);
        return Err(Refusal::bad_request(format!(
            "the body has the SHA-256 {found}, which is not the one that createUpload was told"
        )));
    }
    file.finish("").await.map_err(|error| unwritten(&error))
}

async fn next(body: &mut Body) -> Result<Option<Bytes>, Refusal> {
    loop {
        let slow = |_| {
            let message = "the body came too slowly";
            Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadUserInput, message)
        };
        let Some(frame) = timeout(PATIENCE, body.frame()).await.map_err(slow)? else {
            return Ok(None);
        };
        let frame = frame.map_err(|_| Refusal::bad_request("the body broke off"))?;
        if let Ok(piece) = frame.into_data() {
            return Ok(Some(piece));
        }
    }
}

fn done() -> Response {
    let mut response = StatusCode::OK.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

fn too_long(announced: &Announced) -> Refusal {
    let message = format!(
        "the body is too large: {} bytes were announced to createUpload, and no more are taken",
        announced.bytes
    );
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, message)
}

fn too_short(bytes: u64, announced: &Announced) -> Refusal {
    Refusal::bad_request(format!(
        "the body has {bytes} bytes, and {} were announced to createUpload",
        announced.bytes
    ))
}

fn forbidden(message: String) -> Refusal {
    Refusal::new(StatusCode::FORBIDDEN, ErrorCode::Forbidden, message)
}

fn unkept(error: &BlobError) -> Refusal {
    tracing::warn!(%error, "what was put can't be kept");
    away()
}

fn unwritten(error: &std::io::Error) -> Refusal {
    tracing::error!(%error, "what is put can't be written to its temporary file");
    away()
}

fn away() -> Refusal {
    let message = "the file can't be kept at the moment; try again";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
}
