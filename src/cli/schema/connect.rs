//! Connections to a server that is to be asked for its schema, over http or https.

use anyhow::{Context, Result, bail};
use http::Uri;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;

/// A connection.
pub trait Wire: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Wire for T {}

/// Connects to the server of this address.
pub async fn connect(uri: &Uri) -> Result<Box<dyn Wire>> {
    let host = uri.host().context("an address has a host")?;
    let is_tls = uri.scheme_str() == Some("https");
    let port = uri.port_u16().unwrap_or(if is_tls { 443 } else { 80 });
    let stream = TcpStream::connect((host.trim_matches(['[', ']']), port)).await?;
    if is_tls {
        encrypt(host, stream).await
    } else {
        Ok(Box::new(stream))
    }
}

/// The certificate has to be signed by an authority that the system trusts (`SSL_CERT_FILE` and `SSL_CERT_DIR` count).
#[cfg(feature = "https")]
async fn encrypt(host: &str, stream: TcpStream) -> Result<Box<dyn Wire>> {
    use std::sync::Arc;

    use tokio_rustls::TlsConnector;
    use tokio_rustls::rustls::pki_types::ServerName;
    use tokio_rustls::rustls::{ClientConfig, RootCertStore};

    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if roots.is_empty() {
        bail!("the system trusts no authority; SSL_CERT_FILE can name certificates of some");
    }
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?;
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned())?;
    let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
    Ok(Box::new(stream))
}

#[cfg(not(feature = "https"))]
async fn encrypt(_: &str, _: TcpStream) -> Result<Box<dyn Wire>> {
    bail!("this program was built without https; ask the server over http, or build with the feature https")
}
