//! The way to CloudFront, which a test can bar, and on which it sees what is sent. Moto takes every order as a new one; what
//! a real CloudFront knows again is told from here.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use parking_lot::Mutex;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::support::aws::{self, Invalidation};

/// A way that passes on what it is sent.
pub struct Gate {
    pub url: String,
    state: Arc<Ways>,
    task: JoinHandle<()>,
}

/// What becomes of an order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Way {
    /// It gets there, and the answer comes back.
    #[default]
    Open,
    /// It is refused: 503.
    Closed,
    /// It gets there; the answer is lost.
    Deaf,
    /// Too many are on their way.
    Busy,
    /// It is refused for good if this is in it.
    Never(String),
    /// It gets there, and is never carried out.
    Slow,
}

#[derive(Default)]
struct Ways {
    way: Mutex<Way>,
    seen: Mutex<Vec<Invalidation>>,
}

impl Gate {
    /// An open one.
    pub async fn new() -> Gate {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let state = Arc::new(Ways::default());
        let router = Router::new().fallback(pass).with_state(Arc::clone(&state));
        let task = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Gate { url, state, task }
    }

    /// From now on.
    pub fn becomes(&self, way: Way) {
        *self.state.way.lock() = way;
    }

    /// The orders that came so far, also those that did not get there.
    pub fn seen(&self) -> Vec<Invalidation> {
        self.state.seen.lock().clone()
    }
}

impl Drop for Gate {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn pass(State(ways): State<Arc<Ways>>, request: Request) -> Response {
    let way = ways.way.lock().clone();
    let (parts, body) = request.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    if parts.method == Method::POST {
        let order = Invalidation::read(&String::from_utf8_lossy(&body));
        let never = matches!(&way, Way::Never(item) if order.items.contains(item));
        ways.seen.lock().push(order);
        if never {
            return refused(StatusCode::BAD_REQUEST, "InvalidArgument");
        }
    }
    match way {
        Way::Closed => return refused(StatusCode::SERVICE_UNAVAILABLE, "ServiceUnavailable"),
        Way::Busy => return refused(StatusCode::BAD_REQUEST, "TooManyInvalidationsInProgress"),
        _ => {}
    }
    let mut asked = reqwest::Client::new().request(parts.method.clone(), format!("{}{}", aws::url(), parts.uri));
    for name in ["authorization", "content-type", "x-amz-date"] {
        if let Some(value) = parts.headers.get(name) {
            asked = asked.header(name, value);
        }
    }
    let answer = asked.body(body).send().await.unwrap();
    let (status, text) = (answer.status(), answer.bytes().await.unwrap());
    match way {
        Way::Deaf => refused(StatusCode::BAD_GATEWAY, "Lost"),
        Way::Slow => (status, unfinished(&text)).into_response(),
        _ => (status, Body::from(text)).into_response(),
    }
}

fn unfinished(answer: &Bytes) -> String {
    String::from_utf8_lossy(answer).replace("<Status>COMPLETED</Status>", "<Status>InProgress</Status>")
}

fn refused(status: StatusCode, code: &str) -> Response {
    let body = format!(
        "<ErrorResponse><Error><Type>Sender</Type><Code>{code}</Code><Message>m</Message></Error></ErrorResponse>"
    );
    (status, [("content-type", "text/xml")], body).into_response()
}
