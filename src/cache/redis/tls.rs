//! How a server is addressed, and with TLS what is trusted.

use std::path::Path;

use redis::io::tcp::TcpSettings;
use redis::{Client, ConnectionAddr, ConnectionInfo, IntoConnectionInfo, TlsCertificates};

use crate::cache::CacheError;
use crate::config::Secret;

/// The server at a URL. With TLS its certificate must be signed by an authority of the PEM file `ca`, or without that
/// by one that the system trusts (also through `SSL_CERT_FILE` and `SSL_CERT_DIR`), and bear the name in the URL.
pub(super) fn server(url: &Secret, ca: Option<&Path>) -> Result<ConnectionInfo, CacheError> {
    let info = url.reveal().into_connection_info();
    let info = info.map_err(|error| CacheError::Misconfigured(error.to_string()))?;
    let info = info.set_tcp_settings(TcpSettings::default().set_nodelay(true));
    let is_tls = matches!(info.addr(), ConnectionAddr::TcpTls { .. });
    if is_tls {
        // An error says that there is one already, which is as good.
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    }
    match ca {
        None => Ok(info),
        Some(_) if !is_tls => Err(CacheError::Misconfigured(
            "cache_ca is set, but cache is no rediss:// address".into(),
        )),
        Some(path) => trusting(info, path),
    }
}

/// A host and port.
pub(super) type Node = (String, u16);

/// Where a server is.
pub(super) fn address(info: &ConnectionInfo) -> Node {
    match info.addr() {
        ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => (host.clone(), *port),
        other => (other.to_string(), 0),
    }
}

/// Another server with the same settings, as a node of the same cluster is.
pub(super) fn sibling(info: &ConnectionInfo, (host, port): &Node) -> ConnectionInfo {
    let (host, port) = (host.clone(), *port);
    let addr = match info.addr() {
        ConnectionAddr::TcpTls {
            insecure, tls_params, ..
        } => ConnectionAddr::TcpTls {
            host,
            port,
            insecure: *insecure,
            tls_params: tls_params.clone(),
        },
        _ => ConnectionAddr::Tcp(host, port),
    };
    info.clone().set_addr(addr)
}

fn trusting(info: ConnectionInfo, path: &Path) -> Result<ConnectionInfo, CacheError> {
    let wrong = |reason: String| CacheError::Misconfigured(format!("cache_ca is {}: {reason}", path.display()));
    let pem = std::fs::read(path).map_err(|error| wrong(error.to_string()))?;
    if !pem.windows(BEGIN.len()).any(|part| part == BEGIN) {
        return Err(wrong("there is no certificate in it".into()));
    }
    let certificates = TlsCertificates {
        client_tls: None,
        root_cert: Some(pem),
    };
    let client = Client::build_with_tls(info, certificates).map_err(|error| wrong(error.to_string()))?;
    Ok(client.get_connection_info().clone())
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";
