//! Signals to processes, for tests and benches.

use std::process::Command;
use std::time::{Duration, Instant};

/// Sends a signal, like `STOP`, and waits until a process that is to stop has stopped: the sender is told at once, and the
/// receiver goes on until it is next looked at.
pub fn signal(process: u32, name: &str) {
    let sent = Command::new("kill").args(["-s", name, &process.to_string()]).status();
    assert!(sent.unwrap().success());
    let start = Instant::now();
    while name == "STOP" && !has_stopped(process) {
        assert!(
            start.elapsed() < Duration::from_secs(30),
            "the process {process} never stops"
        );
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Whether each of its threads has; one that has gone meanwhile counts for nothing.
fn has_stopped(process: u32) -> bool {
    let threads = std::fs::read_dir(format!("/proc/{process}/task")).unwrap();
    let states = threads.filter_map(|thread| std::fs::read_to_string(thread.ok()?.path().join("stat")).ok());
    let mut states = states.filter_map(|stat| stat.rsplit_once(") ").map(|(_, state)| state.as_bytes()[0]));
    states.all(|state| matches!(state, b'T' | b't' | b'Z' | b'X'))
}
