//! Takes a request's body in, up to the limit, whether or not its length was announced.

use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::BodyExt;
use tokio::time::timeout;

use crate::graphql::ErrorCode;

use super::refusal::Refusal;

/// How long a client may take to send a body.
const PATIENCE: Duration = Duration::from_secs(30);
/// What is read of a body that is too long, and thrown away: a client that can't finish sending often doesn't read
/// the answer.
const DRAIN_BYTES: usize = 16 << 20;
const DRAIN_PATIENCE: Duration = Duration::from_secs(2);

/// The body's bytes, or 413 when there are more than `most`.
pub async fn read_body(headers: &HeaderMap, mut body: Body, most: usize) -> Result<Vec<u8>, Refusal> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| length > most as u64) {
        if !headers.contains_key(header::EXPECT) {
            Box::pin(drain(body)).await;
        }
        return Err(too_large(most));
    }
    let room = announced
        .and_then(|length| usize::try_from(length).ok())
        .unwrap_or_default();
    let slow = |_| {
        Refusal::new(
            StatusCode::REQUEST_TIMEOUT,
            ErrorCode::BadUserInput,
            "the body came too slowly",
        )
    };
    match timeout(PATIENCE, collect(&mut body, Vec::with_capacity(room), most))
        .await
        .map_err(slow)??
    {
        Some(bytes) => Ok(bytes),
        None => {
            Box::pin(drain(body)).await;
            Err(too_large(most))
        }
    }
}

/// `None`: there is more than `most`.
async fn collect(body: &mut Body, mut bytes: Vec<u8>, most: usize) -> Result<Option<Vec<u8>>, Refusal> {
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Refusal::bad_request("the body broke off"))?;
        if let Ok(data) = frame.into_data() {
            if bytes.len() + data.len() > most {
                return Ok(None);
            }
            bytes.extend_from_slice(&data);
        }
    }
    Ok(Some(bytes))
}

/// Reads on for a moment and throws it away.
pub async fn drain(mut body: Body) {
    let mut left = DRAIN_BYTES;
    let rest = async {
        while let Some(Ok(frame)) = body.frame().await {
            left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
            if left == 0 {
                return;
            }
        }
    };
    if timeout(DRAIN_PATIENCE, rest).await.is_err() {
        tracing::debug!("a body over the limit was not sent to its end");
    }
}

fn too_large(most: usize) -> Refusal {
    let message = format!("the body is too large, at most {most} bytes are allowed");
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, ErrorCode::BadUserInput, message)
}
