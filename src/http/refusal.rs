//! A request that is answered without being executed: status, code and message as a well-formed GraphQL error.

use axum::body::Body;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::graphql::ErrorCode;

use super::negotiation::Media;
use super::respond::X_CACHE;

/// Why a request is refused. As a response it is JSON; `into_media` gives it another type.
#[derive(Debug)]
pub struct Refusal {
    status: StatusCode,
    code: ErrorCode,
    message: String,
    header: Option<(HeaderName, HeaderValue)>,
}

impl Refusal {
    /// A refusal with this status, code and message: what is wrong, how much, how much is allowed.
    pub fn new(status: StatusCode, code: ErrorCode, message: impl Into<String>) -> Refusal {
        Refusal {
            status,
            code,
            message: message.into(),
            header: None,
        }
    }

    /// 400: the request can't be understood.
    pub fn bad_request(message: impl Into<String>) -> Refusal {
        Refusal::new(StatusCode::BAD_REQUEST, ErrorCode::BadUserInput, message)
    }

    /// 405: the method is none of these.
    pub fn method(allowed: &'static str, message: impl Into<String>) -> Refusal {
        let refusal = Refusal::new(StatusCode::METHOD_NOT_ALLOWED, ErrorCode::BadUserInput, message);
        refusal.with(header::ALLOW, HeaderValue::from_static(allowed))
    }

    /// 500: our fault, which the log has.
    pub fn internal() -> Refusal {
        let message = "something went wrong on our side";
        Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            ErrorCode::InternalServerError,
            message,
        )
    }

    /// The same with a header.
    pub fn with(mut self, name: HeaderName, value: HeaderValue) -> Refusal {
        self.header = Some((name, value));
        self
    }

    /// The response in this media type.
    pub fn into_media(self, media: Media) -> Response {
        let code = self.code.name();
        let body = serde_json::json!({ "errors": [{ "message": self.message, "extensions": { "code": code } }] });
        let mut response = Response::new(Body::from(body.to_string()));
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, media.content_type());
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(X_CACHE, HeaderValue::from_static("BYPASS"));
        if let Some((name, value)) = self.header {
            headers.insert(name, value);
        }
        response
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        self.into_media(Media::Json)
    }
}
