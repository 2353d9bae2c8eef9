//! `kanvaro schema check --against https://…`: a server behind TLS is asked if an authority that is trusted vouches for it.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::support::certificates::Certificates;
use crate::support::process::{Ended, Place};
use crate::support::server::TestServer;

const NAMES: &str = "DNS:localhost,IP:127.0.0.1";

/// What stands before a server and speaks TLS; its port.
async fn front(certificates: &Certificates, server: SocketAddr) -> u16 {
    let chain = CertificateDer::pem_file_iter(certificates.file("cert.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(certificates.file("key.pem")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()));
    let config = config
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let config = config
        .with_single_cert(chain.map(Result::unwrap).collect(), key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            let acceptor = acceptor.clone();
            tokio::spawn(async move {
                // A client that doesn't trust it hangs up.
                if let Ok(mut client) = acceptor.accept(stream).await {
                    let mut server = TcpStream::connect(server).await.unwrap();
                    let _ = copy_bidirectional(&mut client, &mut server).await;
                }
            });
        }
    });
    port
}

/// The program's check against this address, where only this authority is trusted.
async fn check(authority: &Certificates, url: String) -> Ended {
    let ca = authority.file("ca.pem");
    let checking = move || {
        let place = Place::new().with("SSL_CERT_FILE", ca.to_str().unwrap());
        place.run(&["schema", "check", "--against", &url])
    };
    tokio::task::spawn_blocking(checking).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_of_a_trusted_authority_is_asked_under_each_of_its_names() {
    let (certificates, server) = (Certificates::signed_for(NAMES), TestServer::start().await);
    let port = front(&certificates, server.address).await;
    for host in ["localhost", "127.0.0.1"] {
        let ended = check(&certificates, format!("https://{host}:{port}/graphql")).await;
        assert_eq!(ended.code, 0, "{}", ended.err);
        assert!(ended.out.contains("no change"), "{}", ended.out);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn any_other_is_refused_and_the_reason_told() {
    let (certificates, server) = (Certificates::signed_for(NAMES), TestServer::start().await);
    let port = front(&certificates, server.address).await;
    let other = check(
        &Certificates::signed_for(NAMES),
        format!("https://localhost:{port}/graphql"),
    )
    .await;
    assert_eq!((other.code, other.err.lines().count()), (2, 1), "{}", other.err);
    assert!(
        other.err.contains("can't ask https://localhost") && other.err.contains("invalid peer certificate"),
        "{}",
        other.err
    );

    let elsewhere = Certificates::signed_for("DNS:api.example.com");
    let port = front(&elsewhere, server.address).await;
    let named = check(&elsewhere, format!("https://localhost:{port}/graphql")).await;
    assert_eq!(named.code, 2);
    assert!(named.err.contains("not valid for name"), "{}", named.err);

    let plain = check(&certificates, format!("https://{}/graphql", server.address)).await;
    assert_eq!((plain.code, plain.err.lines().count()), (2, 1), "{}", plain.err);
}
