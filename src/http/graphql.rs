//! `/graphql`: GraphQL over HTTP, <https://graphql.github.io/graphql-over-http/draft/>.

use std::sync::Arc;
use std::time::Instant;

use axum::body::Body;
use axum::extract::{self, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::Response;
use futures_util::future::join_all;

use crate::graphql::ErrorCode;
use crate::loader::Assumed;
use crate::media::Uploads;

use super::answer::Answer;
use super::body::read_body;
use super::endpoint::Endpoint;
use super::hits::Hit;
use super::negotiation::{Media, is_json};
use super::operation::{Misunderstood, Operation};
use super::refusal::Refusal;
use super::request::{Asked, GraphqlRequest};
use super::respond::{respond, respond_many};
use super::terms::Terms;
use super::upload::{is_multipart, read_uploads};
use super::work::{Understood, Work};

/// Where it is.
pub const PATH: &str = "/graphql";

/// Answers a request for GraphQL.
pub async fn graphql(State(endpoint): State<Arc<Endpoint>>, request: extract::Request) -> Response {
    let (parts, body) = request.into_parts();
    in_media(&parts.headers, async |media| {
        match read(&endpoint, &parts, body).await? {
            Read::Known(response) => Ok(response),
            Read::Asked(request) => answer(&endpoint, &parts, request, media).await,
        }
    })
    .await
}

/// Answers a request whose body is JSON, all of it there, and whose answer is not known; `sent`: what that will be found by.
pub async fn answer_json(endpoint: &Arc<Endpoint>, parts: &Parts, body: &[u8], sent: Option<Vec<u8>>) -> Response {
    in_media(&parts.headers, async |media| {
        let request = read_json(endpoint, body, sent).await?;
        answer(endpoint, parts, request, media).await
    })
    .await
}

async fn in_media(headers: &HeaderMap, answering: impl AsyncFnOnce(Media) -> Result<Response, Refusal>) -> Response {
    let Some(media) = Media::accepted(headers) else {
        let message = "answers are application/graphql-response+json or application/json; accept one of them";
        let refusal = Refusal::new(StatusCode::NOT_ACCEPTABLE, ErrorCode::BadUserInput, message);
        return refusal.into_media(Media::Json);
    };
    let answered = answering(media).await;
    answered.unwrap_or_else(|refusal| refusal.into_media(media))
}

async fn answer(endpoint: &Arc<Endpoint>, parts: &Parts, request: Request, media: Media) -> Result<Response, Refusal> {
    let (terms, cdn) = (
        Arc::new(Terms::of(&parts.headers, media)),
        endpoint.app.config.answer_cdn_seconds,
    );
    let is_batch = request.is_batch;
    // In a place of its own: a request's future is moved several times, and most need none of this.
    let mut answers = Box::pin(answer_all(Arc::clone(endpoint), parts, request, &terms)).await?;
    Ok(match answers.pop() {
        Some(one) if !is_batch => respond(one, &terms, cdn),
        last => {
            answers.extend(last);
            respond_many(answers, &terms)
        }
    })
}

/// What is asked for, understood as far as it can be.
struct Request {
    operations: Vec<Understood>,
    is_batch: bool,
    uploads: Uploads,
    /// What its answer may be found again by.
    sent: Option<Vec<u8>>,
}

/// What came of reading a request.
enum Read {
    /// The answer is known.
    Known(Response),
    /// It has to be found.
    Asked(Request),
}

async fn read(endpoint: &Arc<Endpoint>, parts: &Parts, body: Body) -> Result<Read, Refusal> {
    match parts.method {
        Method::GET | Method::HEAD => {
            let asked = Asked::from_uri(&parts.uri)?;
            let understood = Box::pin(understand_all(endpoint, asked, Uploads::default()));
            Ok(Read::Asked(understood.await))
        }
        Method::POST if is_multipart(&parts.headers) => {
            let (asked, uploads) = Box::pin(read_uploads(endpoint, parts, body)).await?;
            let understood = Box::pin(understand_all(endpoint, asked, uploads));
            Ok(Read::Asked(understood.await))
        }
        Method::POST => {
            let start = Instant::now();
            check_body_type(&parts.headers)?;
            let body = read_body(&parts.headers, body, endpoint.app.config.max_body_bytes).await?;
            let sent = endpoint.hits.sent(&parts.headers, &body);
            if let Some(sent) = &sent
                && let Some((hit, mut response)) = endpoint.hits.answer(endpoint, sent).await
            {
                hit.count(start.elapsed());
                response.extensions_mut().insert(hit.served());
                return Ok(Read::Known(response.map(Body::from)));
            }
            Ok(Read::Asked(read_json(endpoint, &body, sent).await?))
        }
        _ => Err(Refusal::method(
            "GET, HEAD, POST",
            "GraphQL is asked by POST, or by GET for queries",
        )),
    }
}

async fn read_json(endpoint: &Endpoint, body: &[u8], sent: Option<Vec<u8>>) -> Result<Request, Refusal> {
    if let Some(known) = endpoint.requests.get(body) {
        return Ok(Request {
            operations: vec![Ok(known)],
            is_batch: false,
            uploads: Uploads::default(),
            sent,
        });
    }
    let asked = Asked::from_body(body, endpoint.app.config.max_batch)?;
    let request = Box::pin(understand_all(endpoint, asked, Uploads::default())).await;
    if let (false, [Ok(one)]) = (request.is_batch, &request.operations[..]) {
        endpoint.requests.insert(body, one);
    }
    let sent = sent.filter(|_| !request.is_batch);
    Ok(Request { sent, ..request })
}

async fn understand_all(endpoint: &Endpoint, asked: Asked, uploads: Uploads) -> Request {
    let (requests, is_batch) = match asked {
        Asked::One(one) => (vec![one], false),
        Asked::Many(many) => (many, true),
    };
    let understood = requests.into_iter().map(|request| understand(endpoint, request));
    Request {
        operations: join_all(understood).await,
        is_batch,
        uploads,
        sent: None,
    }
}

async fn answer_all(
    endpoint: Arc<Endpoint>,
    parts: &Parts,
    request: Request,
    terms: &Arc<Terms>,
) -> Result<Vec<Answer>, Refusal> {
    let Request {
        operations,
        uploads,
        sent,
        ..
    } = request;
    if parts.method != Method::POST && operations.iter().flatten().any(Operation::is_mutation) {
        return Err(Refusal::method("POST", "a mutation is asked by POST only"));
    }
    if may_assume(&operations, terms) {
        let (assumed, operations) = (Assumed::default(), operations.clone());
        let generation = endpoint.app.cache.generation();
        let work = Work::prepare(
            Arc::clone(&endpoint),
            operations,
            parts,
            Arc::clone(terms),
            Some(&assumed),
        );
        let work = work.await;
        let (session, tenant) = (work.session(), work.tenant());
        let answers = work.run().await?;
        if endpoint.app.holds(&assumed.take(), tenant).await {
            if let (Some(sent), Some(session), [answer]) = (&sent, session, &answers[..]) {
                let found = Hit::of(answer, (session, tenant), terms, generation, &endpoint);
                found.into_iter().for_each(|hit| endpoint.hits.insert(sent, hit));
            }
            return Ok(answers);
        }
    }
    let work = Work::prepare(endpoint, operations, parts, Arc::clone(terms), None);
    work.await.bringing(uploads).run().await
}

/// Whether what this process holds may be taken for current until the answers are there: where that turns out wrong, all
/// is done anew, which only queries can bear. Whoever wants to be told how all was read gets it read as it is told.
fn may_assume(operations: &[Understood], terms: &Terms) -> bool {
    !terms.explain && !operations.iter().flatten().any(Operation::is_mutation)
}

async fn understand(endpoint: &Endpoint, mut request: GraphqlRequest) -> Understood {
    match endpoint.persisted.resolve(&mut request).await {
        Ok(()) => Operation::understand(endpoint, request),
        Err(error) => Err(Misunderstood {
            name: request.operation_name,
            errors: vec![error],
        }),
    }
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
