//! `/graphql`: GraphQL over HTTP, <https://graphql.github.io/graphql-over-http/draft/>.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;

use crate::graphql::ErrorCode;

use super::body::read_body;
use super::endpoint::Endpoint;
use super::execute::Answer;
use super::negotiation::{Media, is_json};
use super::operation::Operation;
use super::refusal::Refusal;
use super::request::{Asked, GraphqlRequest};
use super::respond::{respond, respond_many};
use super::work::{Understood, Work};

/// Answers a request for GraphQL.
pub async fn graphql(State(endpoint): State<Arc<Endpoint>>, request: Request) -> Response {
    let Some(media) = Media::accepted(request.headers()) else {
        let message = "answers are application/graphql-response+json or application/json; accept one of them";
        let refusal = Refusal::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message);
        return refusal.into_media(Media::Json);
    };
    let answered = answer(endpoint, request, media).await;
    answered.unwrap_or_else(|refusal| refusal.into_media(media))
}

async fn answer(endpoint: Arc<Endpoint>, request: Request, media: Media) -> Result<Response, Refusal> {
    let (parts, body) = request.into_parts();
    match read(&endpoint, &parts, body).await? {
        Asked::One(one) => {
            let answers = answer_all(endpoint, &parts, vec![one]).await?;
            let one = answers.into_iter().next().expect("one operation has one answer");
            Ok(respond(one, media))
        }
        Asked::Many(many) => Ok(respond_many(answer_all(endpoint, &parts, many).await?, media)),
    }
}

async fn read(endpoint: &Endpoint, parts: &Parts, body: Body) -> Result<Asked, Refusal> {
    match parts.method {
        Method::GET | Method::HEAD => Asked::from_uri(&parts.uri),
        Method::POST => {
            check_body_type(&parts.headers)?;
            let config = &endpoint.app.config;
            let body = read_body(&parts.headers, body, config.max_body_bytes).await?;
            Asked::from_body(&body, config.max_batch)
        }
        _ => Err(Refusal::method(
            "GET, HEAD, POST",
            "GraphQL is asked by POST, or by GET for queries",
        )),
    }
}

async fn answer_all(
    endpoint: Arc<Endpoint>,
    parts: &Parts,
    requests: Vec<GraphqlRequest>,
) -> Result<Vec<Answer>, Refusal> {
    let understand = |request| Operation::understand(&endpoint, request);
    let operations: Vec<Understood> = requests.into_iter().map(understand).collect();
    if parts.method != Method::POST && operations.iter().flatten().any(Operation::is_mutation) {
        return Err(Refusal::method("POST", "a mutation is asked by POST only"));
    }
    Work::prepare(endpoint, operations, &parts.headers).await.run().await
}

/// A body is JSON and not compressed. That no form can send such a type keeps other sites from posting in a
/// person's name without a preflight.
fn check_body_type(headers: &HeaderMap) -> Result<(), Refusal> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or("?"));
    let refuse = |message: String| {
        Err(Refusal::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ErrorCode::BadUserInput,
            message,
        ))
    };
    match text(header::CONTENT_TYPE) {
        None => return refuse("Content-Type is missing; send application/json".into()),
        Some(other) if !is_json(other) => {
            return refuse(format!("the body must be application/json in UTF-8, not {other}"));
        }
        Some(_) => {}
    }
    match text(header::CONTENT_ENCODING) {
        None | Some("identity" | "") => Ok(()),
        Some(other) => refuse(format!("the body must not be compressed, it is {other}")),
    }
}
