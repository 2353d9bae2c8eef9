//! The command's end of the socket.

use std::io::ErrorKind;
use std::path::Path;

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::UnixStream;

use super::NAME;
use crate::cli::bar::Bar;
use crate::cli::command::{Answer, Command};

/// The server that has this data directory open; `None` when there is none.
pub async fn connect(data: &Path) -> Result<Option<UnixStream>> {
    let path = data.join(NAME);
    match UnixStream::connect(&path).await {
        Ok(stream) => Ok(Some(stream)),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => Ok(None),
        Err(error) => Err(error).with_context(|| format!("can't ask the running server at {}", path.display())),
    }
}

/// Sends a command, shows its progress, returns what to tell the person.
pub async fn send(server: UnixStream, command: &Command) -> Result<String> {
    let (reading, mut writing) = server.into_split();
    let mut line = serde_json::to_vec(command)?;
    line.push(b'\n');
    writing.write_all(&line).await?;
    let mut lines = BufReader::new(reading).lines();
    let mut bar = Bar::default();
    while let Some(line) = lines.next_line().await? {
        match serde_json::from_str(&line)? {
            Answer::Step(step) => bar.show(&step),
            Answer::Done { text } => {
                bar.end();
                return Ok(text);
            }
            Answer::Failed { text } => bail!(text),
        }
    }
    bail!("the running server stopped before the command was done")
}
