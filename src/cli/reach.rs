//! Runs a command where the data is: in the server that has it open, or here.

use anyhow::Result;

use super::bar::watched;
use super::command::Command;
use super::execute::execute;
use super::socket;
use crate::app::App;
use crate::config::Config;

/// Runs it; returns what to tell the person. The server of an embedded store has it for itself;
/// any other store is open to all.
pub async fn reach(config: Config, command: Command) -> Result<String> {
    if config.is_embedded()
        && let Some(server) = socket::connect(&config.data).await?
    {
        return socket::send(server, &command).await;
    }
    let app = App::start(config).await?;
    let done = alone(&app, command).await;
    app.store.close().await;
    done
}

async fn alone(app: &App, command: Command) -> Result<String> {
    if !matches!(command, Command::EnsureIndexes) {
        app.prepare().await?;
    }
    watched(|progress| async move { execute(app, command, &progress).await }).await?
}
