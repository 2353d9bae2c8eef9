//! Certificates of an authority that nobody else has heard of.

use std::path::PathBuf;
use std::process::Command;

use tempfile::TempDir;

/// The files of an authority, and of a certificate that it has signed.
pub struct Certificates {
    directory: TempDir,
}

impl Certificates {
    /// A new authority's, for these names as OpenSSL writes them: `DNS:localhost,IP:127.0.0.1`.
    pub fn signed_for(name: &str) -> Certificates {
        let certificates = Certificates {
            directory: tempfile::tempdir().unwrap(),
        };
        let authority = "req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=authority -keyout ca.key -out ca.pem";
        certificates.openssl(authority);
        certificates.openssl("req -newkey rsa:2048 -nodes -subj /CN=server -keyout key.pem -out request.pem");
        std::fs::write(certificates.file("names"), format!("subjectAltName={name}")).unwrap();
        certificates.openssl(
            "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out cert.pem",
        );
        certificates
    }

    /// `ca.pem`, `cert.pem` or `key.pem`.
    pub fn file(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn openssl(&self, arguments: &str) {
        let done = Command::new("openssl")
            .args(arguments.split(' '))
            .current_dir(&self.directory)
            .output()
            .expect("openssl is on the path: install the package openssl");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    }
}
