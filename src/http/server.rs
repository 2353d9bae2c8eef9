//! The routes, and the server that answers on them over HTTP/1.1 and HTTP/2 until it is told to stop.

use std::convert::Infallible;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, StatusCode, Uri};
use axum::middleware::from_fn;
use axum::routing::{any, get};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::app::App;
use crate::graphql::ErrorCode;

use super::client_address::Peer;
use super::cors::cors;
use super::endpoint::Endpoint;
use super::front::Front;
use super::refusal::Refusal;
use super::running::Running;
use super::{assets, graphql, middleware, playground, probe, put};

/// How long a client may take to send a request's head, or keep an idle connection: longer than the 60 s for which
/// load balancers keep theirs, so that they don't send into one that is being closed.
const HEAD_PATIENCE: Duration = Duration::from_secs(75);
/// How often HTTP/2 clients are asked whether they are there.
const KEEP_ALIVE: Duration = Duration::from_secs(30);
const STREAMS_PER_CONNECTION: u32 = 200;
/// How long accepting pauses when the system has no more sockets to give.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// Everything that is served, as a service: for `serve`, and for tests in the process.
pub fn router(app: App) -> Router {
    let endpoint = Arc::new(Endpoint::new(app));
    let front = Arc::new(Front::new(endpoint.clone(), routes(endpoint)));
    let answer = move |request| {
        let front = front.clone();
        async move { Ok::<_, Infallible>(front.answer(request, None).await.map(Body::new)) }
    };
    Router::new().fallback_service(tower::service_fn(answer))
}

/// Serves on this listener until `shutdown`; then accepts no more, and finishes what runs, within the configured time.
pub async fn serve(app: App, listener: TcpListener, shutdown: impl Future<Output = ()>) -> io::Result<()> {
    let limit = Duration::from_secs(app.config.shutdown_seconds);
    let endpoint = Arc::new(Endpoint::new(app));
    let front = Front::new(endpoint.clone(), routes(endpoint.clone()));
    let mut connections = Connections::new(front);
    let mut shutdown = pin!(shutdown);
    loop {
        let accepted = tokio::select! {
            biased;
            () = &mut shutdown => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => connections.add(stream, Peer(peer)),
            Err(error) if is_the_clients(&error) => {}
            Err(error) => {
                tracing::warn!(%error, "no connection could be accepted");
                sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    connections.finish(limit, &endpoint.running).await;
    Ok(())
}

fn routes(endpoint: Arc<Endpoint>) -> Router {
    let cors = cors(&endpoint.app.config.cors_origins);
    let router = Router::new()
        .route(graphql::PATH, any(graphql::graphql))
        .route("/", get(playground::page))
        .route("/graphiql", get(playground::page))
        .route("/graphiql/", get(playground::without_slash))
        .route("/playground/{name}", get(playground::file))
        .route("/plain", get(playground::plain_page))
        .route("/health", get(probe::health))
        .route("/ready", get(probe::ready))
        .route("/metrics", get(probe::metrics))
        .route("/images/{*path}", any(assets::asset))
        .route("/static/{*path}", any(assets::asset))
        .route("/files/{*path}", any(assets::asset))
        .route("/uploads/{*path}", any(put::put))
        .fallback(absent)
        .method_not_allowed_fallback(wrong_method)
        .with_state(endpoint);
    let router = match cors {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(from_fn(middleware::observe))
}

async fn absent(uri: Uri) -> Refusal {
    let path: String = uri.path().chars().take(100).collect();
    let message = format!("nothing is served at {path}; the API is at /graphql");
    Refusal::new(StatusCode::NOT_FOUND, ErrorCode::NotFound, message)
}

async fn wrong_method(method: Method) -> Refusal {
    Refusal::method("GET, HEAD", format!("{method} is not answered here"))
}

/// The open connections and how each of them is served.
struct Connections {
    builder: Builder<TokioExecutor>,
    front: Arc<Front>,
    graceful: GracefulShutdown,
    tasks: JoinSet<()>,
}

impl Connections {
    fn new(front: Front) -> Connections {
        let mut builder = Builder::new(TokioExecutor::new());
        builder
            .http1()
            .timer(TokioTimer::new())
            .header_read_timeout(HEAD_PATIENCE);
        builder
            .http2()
            .timer(TokioTimer::new())
            .keep_alive_interval(KEEP_ALIVE)
            .max_concurrent_streams(STREAMS_PER_CONNECTION);
        Connections {
            builder,
            front: Arc::new(front),
            graceful: GracefulShutdown::new(),
            tasks: JoinSet::new(),
        }
    }

    fn add(&mut self, stream: TcpStream, peer: Peer) {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "TCP_NODELAY could not be set");
        }
        let front = self.front.clone();
        let service = service_fn(move |request: hyper::Request<Incoming>| {
            let front = front.clone();
            async move { Ok::<_, Infallible>(front.answer(request, Some(peer)).await) }
        });
        let connection = self
            .builder
            .serve_connection_with_upgrades(TokioIo::new(stream), service);
        let connection = self.graceful.watch(connection.into_owned());
        self.tasks.spawn(async move {
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection broke off");
            }
        });
        while self.tasks.try_join_next().is_some() {}
    }

    /// Waits for the requests that run, and for mutations whose clients are gone; cuts off what is left at the limit.
    async fn finish(mut self, limit: Duration, running: &Running) {
        let finished = async {
            self.graceful.shutdown().await;
            running.idle().await;
        };
        if timeout(limit, finished).await.is_err() {
            while self.tasks.try_join_next().is_some() {}
            tracing::warn!(
                connections = self.tasks.len(),
                ?limit,
                "requests were cut off at shutdown"
            );
        }
        self.tasks.shutdown().await;
    }
}

/// Whether accepting failed because the client was gone before it was accepted.
fn is_the_clients(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}
