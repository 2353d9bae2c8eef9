//! The limit: axum with one handler that reads the request and returns the bytes that the real server would.

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::header;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::serve::ListenerExt;
use bytes::Bytes;
use tokio::net::TcpListener;

use super::arguments::Arguments;
use super::pool::Pool;

/// Serves the answers of the pool until it is ended.
pub async fn serve(arguments: &Arguments) {
    let pool = Pool::read(arguments);
    let answers: Vec<Bytes> = pool.requests.into_iter().map(|request| request.answer.into()).collect();
    let router = Router::new().route("/graphql", post(answer)).with_state(answers.leak());
    let address = arguments.text("address");
    let listener = TcpListener::bind(address)
        .await
        .unwrap_or_else(|error| panic!("{address}: {error}"));
    let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a socket takes the option"));
    axum::serve(listener, router)
        .await
        .expect("it serves until it is ended");
}

async fn answer(State(answers): State<&'static [Bytes]>, RawQuery(place): RawQuery, _body: Bytes) -> impl IntoResponse {
    let place: usize = place.and_then(|place| place.parse().ok()).unwrap_or_default();
    ([(header::CONTENT_TYPE, "application/json")], answers[place].clone())
}
