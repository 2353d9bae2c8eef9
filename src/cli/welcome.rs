//! What a server says when it is ready, and what it does about a store without an organisation.

use std::io::{Write, stdout};
use std::net::SocketAddr;

use anyhow::Result;

use super::demo::DemoPlan;
use super::execute::demo;
use super::progress::Progress;
use crate::app::App;

/// Prints where the server is and how to get in. Makes demo data first if the store is empty and the server may.
pub async fn welcome(app: &App, address: SocketAddr) -> Result<()> {
    let base = format!("http://{}", reachable(address));
    let mut lines = vec![
        format!("Kanvaro {} is ready.", env!("CARGO_PKG_VERSION")),
        format!("  GraphQL   {base}/graphql"),
    ];
    if app.config.serves_playground() {
        lines.push(format!("  GraphiQL  {base}/"));
    }
    lines.extend(documents(app));
    lines.extend(way_in(app).await?);
    lines.push("Ctrl-C stops it.".into());
    let mut out = stdout().lock();
    writeln!(out, "{}", lines.join("\n"))?;
    Ok(out.flush()?)
}

/// Which documents are trusted, where any are.
fn documents(app: &App) -> Option<String> {
    let (count, only) = (app.trusted.count(), app.trusted.only);
    let rest = if only { ", and nothing else is answered" } else { "" };
    (count > 0).then(|| format!("  Documents {count} trusted{rest}"))
}

async fn way_in(app: &App) -> Result<Vec<String>> {
    if !app.services.is_empty().await? {
        return Ok(Vec::new());
    }
    if app.config.is_production() || !app.config.demo {
        return Ok(vec![
            "There is no organisation yet. Make the first one and its admin:".into(),
            "  kanvaro user add --admin --organization NAME".into(),
        ]);
    }
    let plan = DemoPlan::first();
    let (made, password) = match demo(app, &plan, &Progress::untold()).await {
        Ok(made) => made,
        // Another server on the same store was quicker.
        Err(_) if !app.services.is_empty().await? => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    Ok(vec![
        format!("The store was empty and now holds {}.", made.summary(&plan)),
        format!("  Sign in as  {}", made.email),
        format!("  Password    {}   (shown this once)", password.reveal()),
    ])
}

/// The address as a browser on this machine takes it.
fn reachable(address: SocketAddr) -> String {
    if address.ip().is_unspecified() {
        format!("localhost:{}", address.port())
    } else {
        address.to_string()
    }
}
