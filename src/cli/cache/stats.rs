//! `cache stats`: the figures of the running server, by its socket or its /metrics.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use super::figures;
use crate::cli::command::Command;
use crate::cli::socket;
use crate::config::Config;

/// How long a server may take to tell its figures.
const PATIENCE: Duration = Duration::from_secs(10);

/// The figures of the server that this configuration is of; `url` names another address of it.
pub async fn stats(config: Config, url: Option<String>) -> Result<String> {
    if let Some(url) = url {
        return Ok(figures(&fetch(&url).await?));
    }
    if !config.is_embedded() {
        return Ok(figures(&fetch(&local(&config.listen)).await?));
    }
    match socket::connect(&config.data).await? {
        Some(server) => socket::send(server, &Command::CacheStats).await,
        None => bail!(
            "no server runs on {}: these are a running server's figures",
            config.data.display()
        ),
    }
}

/// Where a server that listens so is reached from here.
fn local(listen: &str) -> String {
    let listen = listen
        .replacen("0.0.0.0:", "127.0.0.1:", 1)
        .replacen("[::]:", "[::1]:", 1);
    format!("http://{listen}")
}

async fn fetch(url: &str) -> Result<String> {
    let Some(host) = url
        .strip_prefix("http://")
        .map(|rest| rest.split('/').next().unwrap_or(rest))
    else {
        bail!("--url is the http:// address of a server, like http://127.0.0.1:4000");
    };
    let told = timeout(PATIENCE, get(host))
        .await
        .context("the server takes too long")?;
    let answer = told.with_context(|| format!("can't ask the server at {host} for its figures"))?;
    match answer.split_once("\r\n\r\n") {
        Some((head, body)) if head.lines().next().is_some_and(|line| line.contains(" 200 ")) => Ok(body.to_owned()),
        _ => bail!("what answers at {host} has no /metrics"),
    }
}

/// `GET /metrics` in HTTP 1.0, whose answer ends with the connection.
async fn get(host: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host).await?;
    let request = format!("GET /metrics HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
