//! Requests that bring files: <https://github.com/jaydenseric/graphql-multipart-request-spec>. What they ask for is read as if it
//! were JSON; files are written to temporary ones as they come, piece by piece, and never held in memory.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, StatusCode, header};
use multer::{Field, Multipart, parse_boundary};
use tokio::time::timeout;

use crate::graphql::ErrorCode;
use crate::media::{IncomingFile, UploadedFile, Uploads};

use super::endpoint::Endpoint;
use super::identity::identify;
use super::paced::{Paced, Progress};
use super::refusal::Refusal;
use super::request::Asked;
use super::upload_map::UploadMap;

/// One of these has to be there, with anything in it. No page of another origin can send one without asking first, while it
/// could post a form in a person's name.
pub const PREFLIGHT: [HeaderName; 3] = [
    HeaderName::from_static("graphql-require-preflight"),
    HeaderName::from_static("apollo-require-preflight"),
    HeaderName::from_static("x-apollo-operation-name"),
];
/// How long a client may take to send the next piece.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long what is refused is read on.
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// Whether the body comes in parts.
pub fn is_multipart(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let name = content_type.and_then(|value| value.split(';').next());
    name.is_some_and(|name| name.trim().eq_ignore_ascii_case("multipart/form-data"))
}

/// What the request asks for, with the files that it has brought. Nothing is taken of who is not signed in.
pub async fn read_uploads(endpoint: &Arc<Endpoint>, parts: &Parts, body: Body) -> Result<(Asked, Uploads), Refusal> {
    check_preflight(&parts.headers)?;
    let boundary = boundary(&parts.headers)?;
    check_signed_in(endpoint, &parts.headers).await?;
    let progress = Progress::default();
    let stream = Paced::new(body.into_data_stream(), progress.clone());
    let mut reader = Reader {
        endpoint,
        parts: Multipart::new(stream, boundary),
        progress,
    };
    let read = reader.read().await;
    if read.is_err() {
        reader.drain().await;
    }
    read
}

fn check_preflight(headers: &HeaderMap) -> Result<(), Refusal> {
    let is_there = |name: &HeaderName| headers.get(name).is_some_and(|value| !value.is_empty());
    if PREFLIGHT.iter().any(is_there) {
        return Ok(());
    }
    let names = PREFLIGHT.map(|name| name.to_string()).join(", ");
    Err(Refusal::bad_request(format!(
        "multipart/form-data needs one of the headers {names}, not empty, so that no other site's form can send it"
    )))
}

fn boundary(headers: &HeaderMap) -> Result<String, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let found = parse_boundary(content_type.unwrap_or_default());
    found.map_err(|_| Refusal::bad_request("the content type multipart/form-data has no boundary"))
}

async fn check_signed_in(endpoint: &Arc<Endpoint>, headers: &HeaderMap) -> Result<(), Refusal> {
    let identified = identify(endpoint, headers, &endpoint.app.loaders()).await;
    let (code, message) = match identified {
        Ok(identity) if identity.viewer.is_some() => return Ok(()),
        Ok(_) => (
            ErrorCode::Unauthenticated,
            "sign in first: who isn't can't upload".into(),
        ),
        Err(error) => error.describe(),
    };
    let status = match code {
        ErrorCode::Unauthenticated => StatusCode::UNAUTHORIZED,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    Err(Refusal::new(status, code, message))
}

/// Reads one part after the other.
struct Reader<'r> {
    endpoint: &'r Endpoint,
    parts: Multipart<'r>,
    progress: Progress,
}

impl<'r> Reader<'r> {
    async fn read(&mut self) -> Result<(Asked, Uploads), Refusal> {
        let asked = self.operations().await?;
        let (asked, map) = self.map(asked).await?;
        let uploads = self.files(&map).await?;
        Ok((asked, uploads))
    }

    /// Reads on for a moment and throws it away: a client that can't finish sending often doesn't read the answer.
    async fn drain(&mut self) {
        let rest = async {
            while let Ok(Some(mut field)) = self.parts.next_field().await {
                self.progress.made();
                while let Ok(Some(_)) = field.chunk().await {
                    self.progress.made();
                }
            }
        };
        if timeout(DRAIN_PATIENCE, rest).await.is_err() {
            tracing::debug!("a refused upload was not sent to its end");
        }
    }

    async fn operations(&mut self) -> Result<Asked, Refusal> {
        let config = &self.endpoint.app.config;
        let text = self.text("operations", config.max_body_bytes).await?;
        Asked::from_body(&text, config.max_batch)
    }

    /// Puts a value for each file in the place where it belongs.
    async fn map(&mut self, mut asked: Asked) -> Result<(Asked, UploadMap), Refusal> {
        let config = &self.endpoint.app.config;
        let text = self.text("map", config.max_body_bytes).await?;
        let map = UploadMap::read(&text, config.upload_max_files)?;
        map.put(&mut asked)?;
        Ok((asked, map))
    }

    async fn files(&mut self, map: &UploadMap) -> Result<Uploads, Refusal> {
        let mut files: Vec<Option<UploadedFile>> = Vec::new();
        files.resize_with(map.len(), || None);
        while let Some(field) = self.next().await? {
            let name = field.name().unwrap_or_default().to_owned();
            let number = map.number(&name).ok_or_else(|| {
                Refusal::bad_request(format!(
                    "the part {name:?} is not named in map; operations, map and files come in this order"
                ))
            })?;
            if files[number].is_some() {
                return Err(Refusal::bad_request(format!("the part {name:?} comes twice")));
            }
            files[number] = Some(self.file(field, &name).await?);
        }
        if let Some(missing) = files.iter().position(Option::is_none) {
            let name = map.name(missing);
            return Err(Refusal::bad_request(format!(
                "the file {name:?} is named in map and doesn't come"
            )));
        }
        Ok(Uploads::new(files.into_iter().flatten()))
    }

    async fn file(&self, mut field: Field<'r>, name: &str) -> Result<UploadedFile, Refusal> {
        let assets = &self.endpoint.app.assets;
        let called = field.file_name().unwrap_or_default().to_owned();
        let (most, mut file) = (
            assets.limits.largest(),
            assets.incoming.create().await.map_err(unwritten)?,
        );
        while let Some(piece) = self.piece(&mut field).await? {
            if file.bytes() + piece.len() as u64 > most {
                let message = format!("the file {name:?} is too large, at most {most} bytes are allowed");
                return Err(Refusal::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    ErrorCode::BadUserInput,
                    message,
                ));
            }
            IncomingFile::write(&mut file, &piece).await.map_err(unwritten)?;
        }
        file.finish(&called).await.map_err(unwritten)
    }

    /// The part of this name, which has to be the next one.
    async fn text(&mut self, name: &str, most: usize) -> Result<Vec<u8>, Refusal> {
        let wanted = format!("the part {name:?} is missing; operations, map and files come in this order");
        let field = self.next().await?;
        let mut field = field
            .filter(|field| field.name() == Some(name))
            .ok_or_else(|| Refusal::bad_request(wanted))?;
        let mut text = Vec::new();
        while let Some(piece) = self.piece(&mut field).await? {
            if text.len() + piece.len() > most {
                let message = format!("the part {name:?} is too large, at most {most} bytes are allowed");
                return Err(Refusal::new(
                    StatusCode::PAYLOAD_TOO_LARGE,
                    ErrorCode::BadUserInput,
                    message,
                ));
            }
            text.extend_from_slice(&piece);
        }
        Ok(text)
    }

    async fn next(&mut self) -> Result<Option<Field<'r>>, Refusal> {
        let next = timeout(PATIENCE, self.parts.next_field()).await.map_err(slow)?;
        self.progress.made();
        next.map_err(|error| broken(&error))
    }

    async fn piece(&self, field: &mut Field<'r>) -> Result<Option<bytes::Bytes>, Refusal> {
        let piece = timeout(PATIENCE, field.chunk()).await.map_err(slow)?;
        self.progress.made();
        piece.map_err(|error| broken(&error))
    }
}

fn slow(_: tokio::time::error::Elapsed) -> Refusal {
    let message = "the body came too slowly";
    Refusal::new(StatusCode::REQUEST_TIMEOUT, ErrorCode::BadUserInput, message)
}

fn broken(error: &multer::Error) -> Refusal {
    Refusal::bad_request(format!("the body is not readable multipart/form-data: {error}"))
}

#[allow(clippy::needless_pass_by_value, reason = "it is what map_err calls")]
fn unwritten(error: std::io::Error) -> Refusal {
    tracing::error!(%error, "an upload can't be written to its temporary file");
    let message = "the file can't be kept at the moment; try again";
    Refusal::new(StatusCode::SERVICE_UNAVAILABLE, ErrorCode::Unavailable, message)
}
