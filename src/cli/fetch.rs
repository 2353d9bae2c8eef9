//! Questions to a running server over HTTP, for commands: one GET, a short answer.

use std::time::Duration;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

/// How long a server may take to answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// What a server has answered.
pub struct Fetched {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: String,
}

/// Where a server that listens so is reached from here.
pub fn local(listen: &str) -> String {
    let listen = listen
        .replacen("0.0.0.0:", "127.0.0.1:", 1)
        .replacen("[::]:", "[::1]:", 1);
    format!("http://{listen}")
}

/// Asks the server at this address for what is at this path.
pub async fn fetch(url: &str, path: &str) -> Result<Fetched> {
    let Some(host) = url
        .strip_prefix("http://")
        .map(|rest| rest.split('/').next().unwrap_or(rest))
    else {
        bail!("--url is the http:// address of a server, like http://127.0.0.1:4000");
    };
    let told = timeout(PATIENCE, get(host, path))
        .await
        .with_context(|| format!("the server at {host} takes too long"))?;
    let answer = told.with_context(|| format!("can't ask the server at {host}"))?;
    read(&answer).with_context(|| format!("what answers at {host} is no HTTP server"))
}

fn read(answer: &str) -> Option<Fetched> {
    let (head, body) = answer.split_once("\r\n\r\n")?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some(Fetched {
        status,
        body: body.to_owned(),
    })
}

/// `GET` in HTTP 1.0, whose answer ends with the connection.
async fn get(host: &str, path: &str) -> std::io::Result<String> {
    let mut stream = TcpStream::connect(host).await?;
    let request = format!("GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    Ok(answer)
}
