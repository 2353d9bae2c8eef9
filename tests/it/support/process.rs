//! The real program in a directory of its own: commands that end, and servers that run until they are stopped.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStderr, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::signal::signal;

/// How long anything may take that a test waits for.
const PATIENCE: Duration = Duration::from_secs(120);

/// A working directory with its environment.
pub struct Place {
    pub directory: TempDir,
    environment: Vec<(String, String)>,
}

/// What a command left behind.
pub struct Ended {
    pub code: i32,
    pub out: String,
    pub err: String,
}

/// A server that is ready; killed when dropped.
pub struct Server {
    child: Child,
    pub url: String,
    /// What it said when it was ready.
    pub said: String,
    _errors: Receiver<String>,
}

impl Place {
    pub fn new() -> Place {
        let directory = tempfile::tempdir().unwrap();
        let environment = Vec::new();
        Place { directory, environment }.with("KANVARO_LISTEN", "127.0.0.1:0")
    }

    pub fn with(mut self, name: &str, value: &str) -> Place {
        self.environment.push((name.into(), value.into()));
        self
    }

    pub fn data(&self) -> std::path::PathBuf {
        self.directory.path().join("data")
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.directory.path().join(name), text).unwrap();
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_kanvaro"));
        for (name, _) in std::env::vars() {
            if name.starts_with("KANVARO_") || name.starts_with("REDIS_") || name == "MONGODB_URI" {
                command.env_remove(name);
            }
        }
        command.args(arguments).current_dir(self.directory.path());
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// Runs a command to its end.
    pub fn run(&self, arguments: &[&str]) -> Ended {
        self.run_with_input(arguments, "")
    }

    /// Runs a command to its end, with this on its standard input.
    pub fn run_with_input(&self, arguments: &[&str], input: &str) -> Ended {
        let mut child = self.command(arguments).spawn().unwrap();
        // A command that reads nothing may be gone already.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        let Output { status, stdout, stderr } = child.wait_with_output().unwrap();
        Ended {
            code: status.code().expect("it ended by itself"),
            out: String::from_utf8(stdout).unwrap(),
            err: String::from_utf8(stderr).unwrap(),
        }
    }

    /// Starts a command that a test ends before its time.
    #[cfg(feature = "mongo")]
    pub fn spawn(&self, arguments: &[&str]) -> Child {
        self.command(arguments).spawn().unwrap()
    }

    /// Starts a server and waits until it is ready.
    pub fn serve(&self) -> Server {
        self.serve_with(&[])
    }

    /// The same with these arguments.
    pub fn serve_with(&self, arguments: &[&str]) -> Server {
        let arguments = [&["serve"], arguments].concat();
        let mut child = self.command(&arguments).spawn().unwrap();
        let errors = collect(child.stderr.take().unwrap());
        let lines = read(child.stdout.take().unwrap());
        let start = Instant::now();
        let mut said = String::new();
        while !said.ends_with("Ctrl-C stops it.\n") {
            let left = PATIENCE.saturating_sub(start.elapsed());
            match lines.recv_timeout(left) {
                Ok(line) => said += &format!("{line}\n"),
                Err(_) => {
                    let _ = child.kill();
                    let errors: Vec<String> = errors.iter().collect();
                    panic!("the server isn't ready; it said {said:?} and {errors:#?}");
                }
            }
        }
        let url = said.split_whitespace().find(|word| word.ends_with("/graphql")).unwrap();
        let url = url.trim_end_matches("/graphql").to_owned();
        Server {
            child,
            url,
            said,
            _errors: errors,
        }
    }
}

impl Server {
    /// Sends a signal.
    pub fn signal(&self, name: &str) {
        signal(self.child.id(), name);
    }

    /// Waits for its end; its exit code, or `None` when a signal ended it.
    pub fn wait(&mut self) -> Option<i32> {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("the server doesn't end");
    }

    /// Stops it as a supervisor does.
    pub fn stop(mut self) {
        self.signal("TERM");
        assert_eq!(self.wait(), Some(0));
    }

    /// What follows `label` on its line of what the server said.
    pub fn told(&self, label: &str) -> Option<&str> {
        let line = self.said.lines().find_map(|line| line.trim().strip_prefix(label))?;
        line.split_whitespace().next()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(pipe: ChildStdout) -> Receiver<String> {
    lines(BufReader::new(pipe))
}

fn collect(pipe: ChildStderr) -> Receiver<String> {
    lines(BufReader::new(pipe))
}

fn lines(reader: impl BufRead + Send + 'static) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        for line in reader.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

/// Whether nothing but its owner can open the file.
pub fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    path.metadata().unwrap().permissions().mode() & 0o077 == 0
}
