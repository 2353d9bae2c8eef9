//! A real mail server of one test, aiosmtpd, which puts what it takes into a directory.

use std::ffi::OsString;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::certificates::Certificates;
use super::redis::free_port;

/// A mail server, stopped at its end.
pub struct Server {
    port: u16,
    directory: TempDir,
    process: Option<Child>,
    tls: Option<(Tls, Certificates)>,
}

/// How TLS begins.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Tls {
    /// Before anything is said.
    Implicit,
    /// By STARTTLS, without which no mail is taken.
    StartTls,
}

impl Server {
    /// A free port where nobody takes mail yet.
    pub fn absent() -> Server {
        Server {
            port: free_port(),
            directory: tempfile::tempdir().unwrap(),
            process: None,
            tls: None,
        }
    }

    /// A server that takes mail over TLS only, with a certificate for these names.
    pub fn over_tls(tls: Tls, names: &str) -> Server {
        let mut server = Server::absent();
        server.tls = Some((tls, Certificates::signed_for(names)));
        server.start();
        server
    }

    /// The authority that has signed its certificate.
    pub fn authority(&self) -> PathBuf {
        let (_, certificates) = self.tls.as_ref().expect("a server over TLS");
        certificates.file("ca.pem")
    }

    fn arguments(&self) -> Vec<OsString> {
        let Some((tls, certificates)) = &self.tls else {
            return Vec::new();
        };
        let (certificate, key) = match tls {
            Tls::Implicit => ("--smtpscert", "--smtpskey"),
            Tls::StartTls => ("--tlscert", "--tlskey"),
        };
        let (cert, file) = (certificates.file("cert.pem"), certificates.file("key.pem"));
        vec![certificate.into(), cert.into(), key.into(), file.into()]
    }

    /// A server that takes mail.
    pub fn started() -> Server {
        let mut server = Server::absent();
        server.start();
        server
    }

    pub fn url(&self) -> String {
        match self.tls.as_ref().map(|(tls, _)| tls) {
            None => format!("smtp://127.0.0.1:{}", self.port),
            Some(Tls::Implicit) => format!("smtps://127.0.0.1:{}", self.port),
            Some(Tls::StartTls) => format!("smtp://127.0.0.1:{}?tls=required", self.port),
        }
    }

    pub fn start(&mut self) {
        let python = std::env::var("KANVARO_TEST_SMTP_PYTHON")
            .expect("KANVARO_TEST_SMTP_PYTHON names no Python with aiosmtpd: run ./scripts/test.sh, which makes one");
        let mailbox = self.mailbox();
        let process = Command::new(python)
            .args(["-m", "aiosmtpd", "-n", "-l", &format!("127.0.0.1:{}", self.port)])
            .args(self.arguments())
            .args(["-c", "aiosmtpd.handlers.Mailbox"])
            .arg(&mailbox)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        self.process = Some(process.expect("the Python of KANVARO_TEST_SMTP_PYTHON starts"));
        let start = Instant::now();
        while TcpStream::connect(("127.0.0.1", self.port)).is_err() {
            assert!(start.elapsed() < Duration::from_secs(30), "aiosmtpd did not start");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Kills it; what it has taken stays.
    pub fn stop(&mut self) {
        if let Some(mut process) = self.process.take() {
            process.kill().unwrap();
            process.wait().unwrap();
        }
    }

    /// All that was taken for this address, as it came.
    pub fn mails(&self, to: &str) -> Vec<String> {
        let Ok(found) = std::fs::read_dir(self.mailbox().join("new")) else {
            return Vec::new();
        };
        let mut files: Vec<PathBuf> = found.map(|file| file.unwrap().path()).collect();
        files.sort_by_key(|file| file.metadata().and_then(|file| file.modified()).unwrap());
        let texts = files
            .iter()
            .map(|file| std::fs::read_to_string(file).unwrap().replace("\r\n", "\n"));
        let head = format!("X-RcptTo: {to}\n");
        texts.filter(|text| text.contains(&head)).collect()
    }

    fn mailbox(&self) -> PathBuf {
        self.directory.path().join("mail")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// The token in a mail: 59 digits, of which quoted-printable may have broken the line.
pub fn token(mail: &str) -> String {
    let (_, body) = mail.split_once("\n\n").expect("a mail has a head and a body");
    let body = body.replace("=\n", "").replace("=3D", "=");
    let is_digit = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    let words = body.split(|c: char| !is_digit(c));
    let mut tokens = words.filter(|word| word.len() == 59);
    tokens.next().unwrap_or_else(|| panic!("no token in {body}")).to_owned()
}
