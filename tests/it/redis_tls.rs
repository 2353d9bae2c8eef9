//! Redis over TLS: a private authority is trusted where it is named, and nothing else is spoken to.

use std::path::{Path, PathBuf};
use std::time::Duration;

use kanvaro::cache::{CacheBackend, CacheError};

use crate::support::certificates::Certificates;
use crate::support::process::Place;
use crate::support::redis::{LIMIT, Server, free_port, try_backend};

/// A Redis that wants TLS and a password.
struct TlsServer {
    certificates: Certificates,
    port: u16,
    _server: Server,
}

impl TlsServer {
    fn started(name: &str) -> TlsServer {
        let certificates = Certificates::signed_for(name);
        let port = free_port();
        let (tls_port, cert, key) = (
            port.to_string(),
            certificates.file("cert.pem"),
            certificates.file("key.pem"),
        );
        let ca = certificates.file("ca.pem");
        let arguments = [
            ("--tls-port", tls_port.as_str()),
            ("--tls-cert-file", text(&cert)),
            ("--tls-key-file", text(&key)),
            ("--tls-ca-cert-file", text(&ca)),
            ("--tls-auth-clients", "no"),
            ("--requirepass", "geheim"),
        ];
        let arguments: Vec<&str> = arguments.iter().flat_map(|(name, value)| [*name, *value]).collect();
        TlsServer {
            _server: Server::with(&arguments),
            certificates,
            port,
        }
    }

    fn url(&self, user: &str, host: &str) -> String {
        format!("rediss://{user}{host}:{}", self.port)
    }

    fn ca(&self) -> PathBuf {
        self.certificates.file("ca.pem")
    }
}

fn text(path: &Path) -> &str {
    path.to_str().unwrap()
}

async fn ping(url: &str, ca: Option<&Path>) -> Result<(), CacheError> {
    try_backend(url, LIMIT, ca)?.ping().await
}

fn refusal(done: Result<(), CacheError>) -> String {
    done.expect_err("it is refused").to_string()
}

const NAMES: &str = "DNS:localhost,IP:127.0.0.1";

#[tokio::test]
async fn a_server_of_the_named_authority_is_used_with_its_password() {
    let server = TlsServer::started(NAMES);
    for host in ["localhost", "127.0.0.1"] {
        ping(&server.url(":geheim@", host), Some(&server.ca())).await.unwrap();
    }
}

#[tokio::test]
async fn a_server_of_an_unknown_authority_is_refused() {
    let server = TlsServer::started(NAMES);
    let url = server.url(":geheim@", "localhost");
    let unknown = refusal(ping(&url, None).await);
    assert!(unknown.contains("UnknownIssuer"), "{unknown}");
    let other = Certificates::signed_for(NAMES);
    let other = refusal(ping(&url, Some(&other.file("ca.pem"))).await);
    assert!(other.contains("invalid peer certificate"), "{other}");
}

#[tokio::test]
async fn a_certificate_for_another_name_is_refused() {
    let server = TlsServer::started("DNS:redis.example.com");
    let refused = refusal(ping(&server.url(":geheim@", "localhost"), Some(&server.ca())).await);
    assert!(refused.contains("not valid for name"), "{refused}");
}

#[tokio::test]
async fn a_wrong_password_is_refused() {
    let server = TlsServer::started(NAMES);
    for user in ["", ":falsch@"] {
        let refused = refusal(ping(&server.url(user, "localhost"), Some(&server.ca())).await);
        assert!(
            !refused.contains("falsch") && !refused.contains("certificate"),
            "{refused}"
        );
    }
}

#[tokio::test]
async fn an_authority_that_cannot_be_read_is_refused_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let empty = directory.path().join("empty.pem");
    std::fs::write(&empty, "nothing").unwrap();
    for (url, ca, said) in [
        (
            "rediss://localhost",
            directory.path().join("absent.pem"),
            "No such file",
        ),
        ("rediss://localhost", empty.clone(), "no certificate in it"),
        ("redis://localhost", empty, "no rediss:// address"),
    ] {
        let refused = try_backend(url, Duration::from_secs(1), Some(&ca))
            .err()
            .unwrap()
            .to_string();
        assert!(refused.contains(said), "{refused}");
    }
}

#[tokio::test]
async fn the_program_trusts_what_the_system_or_its_setting_names() {
    let server = TlsServer::started(NAMES);
    for (variable, status) in [
        ("KANVARO_CACHE_CA", "ready"),
        ("SSL_CERT_FILE", "ready"),
        ("KANVARO_LOG", "degraded"),
    ] {
        let value = if status == "ready" { server.ca() } else { "info".into() };
        let place = Place::new()
            .with("KANVARO_CACHE", &server.url(":geheim@", "localhost"))
            .with("KANVARO_DEMO", "false")
            .with(variable, text(&value));
        let served = place.serve();
        let ready = reqwest::get(format!("{}/ready", served.url)).await.unwrap();
        let ready: serde_json::Value = ready.json().await.unwrap();
        assert_eq!(ready["status"], status, "{variable}: {ready}");
        served.stop();
    }
}
