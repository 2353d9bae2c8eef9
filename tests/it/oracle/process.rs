//! The oracle: a Node program that answers by graphql-js over a dump of the data.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::thread;

use serde_json::Value;
use tokio::task::JoinHandle;

use super::sdl;

const HOME: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/oracle");

/// A running oracle; it ends with this.
pub struct Oracle {
    child: Child,
    pipes: Option<Pipes>,
}

/// The way to it and back.
pub struct Pipes {
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// A lot of questions that is being answered.
pub type Lot = JoinHandle<(Pipes, Vec<String>)>;

impl Oracle {
    /// Starts it on the world of this file.
    pub fn start(world: &Path) -> Oracle {
        let installed = Path::new(HOME).join("node_modules/graphql/package.json");
        assert!(
            installed.exists(),
            "graphql-js isn't installed: run scripts/test.sh, or `npm ci` in tests/oracle"
        );
        let mut child = Command::new("node")
            .arg(Path::new(HOME).join("oracle.mjs"))
            .args([Path::new(sdl::PATH), world])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the oracle needs Node.js 20 or later: apt-get install nodejs npm");
        let pipes = Pipes {
            questions: child.stdin.take().unwrap(),
            answers: BufReader::new(child.stdout.take().unwrap()),
        };
        Oracle {
            child,
            pipes: Some(pipes),
        }
    }

    /// Asks all of these; the oracle answers while the caller does something else.
    pub fn ask(&mut self, questions: &[Value]) -> Lot {
        let lines: Vec<String> = questions.iter().map(|question| format!("{question}\n")).collect();
        let mut pipes = self.pipes.take().expect("one lot after the other");
        tokio::task::spawn_blocking(move || {
            let answers = pipes.pass(&lines);
            (pipes, answers)
        })
    }

    /// The answers of a lot, in the order of its questions.
    pub async fn answers(&mut self, lot: Lot) -> Vec<String> {
        let (pipes, answers) = lot.await.unwrap();
        self.pipes = Some(pipes);
        answers
    }
}

impl Drop for Oracle {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

impl Pipes {
    /// Writes on the one side while it reads on the other, so that neither waits for the other.
    fn pass(&mut self, lines: &[String]) -> Vec<String> {
        let Pipes { questions, answers } = self;
        thread::scope(|scope| {
            scope.spawn(move || {
                for line in lines {
                    questions
                        .write_all(line.as_bytes())
                        .expect("the oracle takes questions");
                }
            });
            let answers = answers.lines().take(lines.len());
            let answers: Vec<String> = answers.map(Result::unwrap).collect();
            assert_eq!(
                answers.len(),
                lines.len(),
                "the oracle has ended; its standard error says why"
            );
            answers
        })
    }
}
