//! `serve`: the life of a server, from opening the store to closing it.

use std::time::Duration;

use anyhow::{Context, Result};
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::task::JoinHandle;

use super::documents::trusted;
use super::socket::AdminSocket;
use super::welcome::welcome;
use crate::app::App;
use crate::config::Config;
use crate::http;
use crate::store::Store;

/// How often what has expired is taken away.
const SWEEP: Duration = Duration::from_secs(600);

/// Serves until it is told to stop.
pub async fn serve(config: Config) -> Result<()> {
    let trusted = trusted(&config).await?;
    let app = App::start(config).await?.trusting(trusted);
    let served = serve_app(&app).await;
    app.store.close().await;
    served
}

async fn serve_app(app: &App) -> Result<()> {
    app.prepare().await?;
    let listen = &app.config.listen;
    let listener = TcpListener::bind(listen).await;
    let listener =
        listener.with_context(|| format!("can't listen on {listen}; KANVARO_LISTEN sets another address"))?;
    let stop = stop()?;
    let socket = admin_socket(app);
    let (sweeping, follower, purger) = (sweep(app.store.clone()), app.follow(), app.purge());
    let sweeping_assets = sweep_assets(app.clone());
    let services = app.services.clone();
    let sending = tokio::spawn(async move { services.keep_sending().await });
    let served = match welcome(app, listener.local_addr()?).await {
        Ok(()) => http::serve(app.clone(), listener, stop).await.context("serving failed"),
        Err(error) => Err(error),
    };
    sweeping.abort();
    sweeping_assets.abort();
    sending.abort();
    follower.stop().await;
    if let Some(purger) = purger {
        purger.stop().await;
    }
    if let Some(socket) = socket {
        socket.close();
    }
    served
}

/// Resolves when the process is told to stop.
fn stop() -> Result<impl Future<Output = ()> + Send + 'static> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// The socket for commands; without it they have to wait until the server is stopped.
fn admin_socket(app: &App) -> Option<AdminSocket> {
    if !app.config.is_embedded() {
        return None;
    }
    let opened = AdminSocket::open(app.clone());
    opened
        .inspect_err(|error| tracing::warn!(%error, "no admin socket: commands can't reach this server"))
        .ok()
}

fn sweep(store: Store) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut turns = tokio::time::interval(SWEEP);
        loop {
            turns.tick().await;
            match store.sweep(store.clock().now()).await {
                Ok(count) => tracing::debug!(count, "took away what has expired"),
                Err(error) => tracing::warn!(%error, "can't take away what has expired"),
            }
        }
    })
}

/// Takes away what killed processes have left of uploads, and now and then the files that nobody refers to: for the first
/// time within the first hour, so that processes that start together don't do it together.
fn sweep_assets(app: App) -> JoinHandle<()> {
    tokio::spawn(async move {
        match app.assets.incoming.sweep() {
            Ok(count) => tracing::debug!(count, "took away what was left of uploads"),
            Err(error) => tracing::warn!(%error, "can't take away what is left of uploads"),
        }
        let hours = app.config.assets_sweep_hours;
        if hours == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_secs(rand::random_range(60..3_600))).await;
        let mut turns = tokio::time::interval(Duration::from_secs(hours * 3_600));
        loop {
            turns.tick().await;
            match app.services.sweep_assets(false).await {
                Ok(swept) => tracing::info!(?swept, "looked for files that nobody refers to"),
                Err(error) => tracing::warn!(%error, "can't look for files that nobody refers to"),
            }
        }
    })
}
