//! The limit: axum with one handler that reads the request and returns the bytes that the real server would; if asked to with
//! the same headers, which many bytes of a short answer are.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use axum::serve::ListenerExt;
use bytes::Bytes;
use tokio::net::TcpListener;

use super::arguments::Arguments;
use super::pool::Pool;

/// Serves the answers of the pool until it is ended.
pub async fn serve(arguments: &Arguments) {
    let pool = Pool::read(arguments);
    let is_headed = arguments.get("headed").is_some();
    let headers = pool.headers.iter().filter(|_| is_headed).map(header);
    let answers = Answers {
        headers: headers.collect(),
        bodies: pool.requests.into_iter().map(|request| request.answer.into()).collect(),
    };
    let answers: &Answers = Box::leak(Box::new(answers));
    let router = Router::new().route("/graphql", post(answer)).with_state(answers);
    let address = arguments.text("address");
    let listener = TcpListener::bind(address)
        .await
        .unwrap_or_else(|error| panic!("{address}: {error}"));
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket takes the option"));
    axum::serve(listener, router)
        .await
        .expect("it serves until it is ended");
}

/// What is answered.
struct Answers {
    headers: HeaderMap,
    bodies: Vec<Bytes>,
}

async fn answer(State(answers): State<&'static Answers>, RawQuery(place): RawQuery, _body: Bytes) -> Response {
    let place: usize = place.and_then(|place| place.parse().ok()).unwrap_or_default();
    let body = answers.bodies[place].clone();
    if answers.headers.is_empty() {
        return ([(header::CONTENT_TYPE, "application/json")], body).into_response();
    }
    let mut response = Response::new(body.into());
    *response.headers_mut() = answers.headers.clone();
    response
}

fn header((name, value): &(String, String)) -> (HeaderName, HeaderValue) {
    let name = HeaderName::try_from(name).expect("a server has sent it");
    (name, HeaderValue::try_from(value).expect("a server has sent it"))
}
