//! Findings on the data directory: whether it can be written, and who works with it.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::Result;
use tokio::net::UnixStream;

use crate::config::Config;
use crate::model::Finding;

const PART: &str = "data";

/// The findings on the directory; `server` is what its socket led to.
pub fn directory(config: &Config, server: &Result<Option<UnixStream>>) -> Vec<Finding> {
    let path = config.data.display();
    let mut findings = vec![match write(&config.data) {
        Ok(true) => Finding::ok(PART, format!("{path} can be written")),
        Ok(false) => Finding::ok(PART, format!("{path} isn't there yet, and can be made")),
        Err(error) => Finding::wrong(
            PART,
            format!("{path} can't be written: {error}"),
            "give the user that the server runs as the right to write it, or set data to another directory; in a container mount a \
             volume there",
        ),
    }];
    if !config.is_embedded() {
        return findings;
    }
    findings.push(match server {
        Ok(Some(_)) => Finding::ok(
            PART,
            format!("{path} is held by a running server, which answers on its socket"),
        ),
        Ok(None) => Finding::ok(PART, format!("no server answers on the socket of {path}")),
        Err(error) => Finding::warning(
            PART,
            format!("{error:#}"),
            "run commands as the user that the server runs as",
        ),
    });
    findings
}

/// Whether it is there; an error where it, or the directory that it would be made in, can't be written.
fn write(data: &Path) -> io::Result<bool> {
    if data.exists() {
        return try_file(data).map(|()| true);
    }
    let made_in = data
        .ancestors()
        .skip(1)
        .find(|ancestor| *ancestor == Path::new("") || ancestor.exists());
    let made_in = made_in
        .filter(|ancestor| *ancestor != Path::new(""))
        .unwrap_or(Path::new("."));
    try_file(made_in).map(|()| false)
}

/// Makes a file there and takes it away again.
fn try_file(directory: &Path) -> io::Result<()> {
    let path = directory.join(format!(".kanvaro-doctor-{:016x}", rand::random::<u64>()));
    let made = fs::File::create_new(&path).and_then(|mut file| io::Write::write_all(&mut file, b"doctor"));
    let removed = fs::remove_file(&path);
    made.and(removed)
}
