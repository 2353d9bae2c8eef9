//! What a log of a test's own has written.

use std::io;
use std::sync::Arc;

use kanvaro::config::LogFormat;
use kanvaro::telemetry;
use parking_lot::Mutex;
use tracing::{Dispatch, dispatcher};

/// What a log has written so far.
#[derive(Clone, Default)]
pub struct Lines(Arc<Mutex<Vec<u8>>>);

/// A log of what a test's own thread does, for as long as this is held.
pub struct Logging {
    pub lines: Lines,
    _guard: dispatcher::DefaultGuard,
    _second: Dispatch,
}

impl Logging {
    /// The runtime of a test has one thread, so this reaches the tasks of its server, and no other test's.
    pub fn start(format: LogFormat) -> Logging {
        let lines = Lines::default();
        let writer = lines.clone();
        let log = telemetry::dispatch("info", format, false, move || writer.clone()).unwrap();
        // While there is only one log, what other threads log first is asked of theirs, which is none, and stays off.
        let second = telemetry::dispatch("info", format, false, io::sink).unwrap();
        Logging {
            lines,
            _guard: dispatcher::set_default(&log),
            _second: second,
        }
    }
}

impl Lines {
    pub fn clear(&self) {
        self.0.lock().clear();
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.0.lock().clone()).unwrap()
    }
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
