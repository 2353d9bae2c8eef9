//! The server's end of the socket.

use std::fs::{self, DirBuilder, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
use std::path::{Path, PathBuf};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::unix::OwnedWriteHalf;
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::task::JoinHandle;

use super::NAME;
use crate::app::App;
use crate::cli::command::{Answer, Command};
use crate::cli::execute::execute;
use crate::cli::progress::{Progress, Step};

/// Listens until it is closed.
pub struct AdminSocket {
    path: PathBuf,
    accepting: JoinHandle<()>,
}

/// The most bytes of a command.
const MAX_LINE: u64 = 64 * 1024;

impl AdminSocket {
    /// Listens in the data directory of this app, which the process has locked: a socket that is there is a dead one's.
    pub fn open(app: App) -> io::Result<AdminSocket> {
        let path = app.config.data.join(NAME);
        let listener = listen(&path)?;
        let accepting = tokio::spawn(accept(listener, app));
        Ok(AdminSocket { path, accepting })
    }

    /// Takes the socket away; what runs may go on.
    pub fn close(self) {
        self.accepting.abort();
        if let Err(error) = fs::remove_file(&self.path) {
            tracing::warn!(%error, path = %self.path.display(), "can't remove the admin socket");
        }
    }
}

/// Binds in a directory that nobody else can enter, so that the socket is private before it can be seen.
fn listen(path: &Path) -> io::Result<UnixListener> {
    let nursery = path.with_extension("new");
    let _ = fs::remove_dir_all(&nursery);
    DirBuilder::new().mode(0o700).create(&nursery)?;
    let newborn = nursery.join("s");
    let listener = UnixListener::bind(&newborn)
        .and_then(|listener| fs::set_permissions(&newborn, Permissions::from_mode(0o600)).map(|()| listener))
        .and_then(|listener| fs::rename(&newborn, path).map(|()| listener));
    fs::remove_dir_all(&nursery)?;
    listener
}

async fn accept(listener: UnixListener, app: App) {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                tokio::spawn(converse(stream, app.clone()));
            }
            Err(error) => {
                tracing::warn!(%error, "the admin socket can't accept");
                tokio::time::sleep(std::time::Duration::from_millis(100)).await;
            }
        }
    }
}

/// One question and its answers. Whoever asked may go away; the command runs to its end.
async fn converse(stream: UnixStream, app: App) {
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let read = BufReader::new(reading.take(MAX_LINE)).read_line(&mut line).await;
    if !matches!(read, Ok(1..)) {
        return;
    }
    let answer = match serde_json::from_str::<Command>(&line) {
        Ok(command) => {
            let (progress, steps) = Progress::told();
            let running = tokio::spawn(async move { execute(&app, command, &progress).await });
            forward(steps, &mut writing).await;
            match running.await {
                Ok(Ok(text)) => Answer::Done { text },
                Ok(Err(error)) => Answer::Failed {
                    text: format!("{error:#}"),
                },
                Err(broken) => Answer::Failed {
                    text: format!("the command broke off: {broken}"),
                },
            }
        }
        Err(error) => Answer::Failed {
            text: format!("the running server doesn't understand this command, is it of another version? ({error})"),
        },
    };
    say(&mut writing, &answer).await;
}

async fn forward(mut steps: UnboundedReceiver<Step>, writing: &mut OwnedWriteHalf) {
    while let Some(step) = steps.recv().await {
        say(writing, &Answer::Step(step)).await;
    }
}

async fn say(writing: &mut OwnedWriteHalf, answer: &Answer) {
    let mut line = serde_json::to_vec(answer).expect("answers are plain data");
    line.push(b'\n');
    if let Err(error) = writing.write_all(&line).await {
        tracing::debug!(%error, "whoever sent a command has gone");
    }
}
