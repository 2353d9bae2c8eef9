//! Addresses of this server to which one file is put, as S3 has them by itself: signed, for a while, for what was announced.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use sha2::Sha256;

use super::blob::{Announced, BlobKey, PutLink};
use super::file_name::encoded;
use super::hex::hex;
use super::{LinkError, Links};

/// What such an address says besides the key.
#[derive(Clone, Copy, Debug)]
pub struct PutPass<'a> {
    /// What may be put there.
    pub announced: &'a Announced,
    /// Until when it is good, in seconds since 1970.
    pub expires: u64,
    /// That somebody who knows the secret said so.
    pub signature: &'a str,
}

const PURPOSE: &str = "kanvaro upload address 1";
/// What stands in addresses for the staging area.
const PATH: &str = "/uploads/";

impl Links {
    /// Where what was announced is put under this key.
    pub fn put(&self, key: &BlobKey, announced: &Announced, expires: u64) -> PutLink {
        let signature = URL_SAFE_NO_PAD.encode(self.putting(key, announced, expires).finalize().into_bytes());
        let name = key.as_str().split_once('/').map_or("", |(_, name)| name);
        let kind = encoded(&announced.content_type);
        let mut url = format!("{PATH}{name}?bytes={}&type={kind}", announced.bytes);
        if let Some(sha256) = announced.sha256 {
            write!(url, "&sha256={}", hex(&sha256)).expect("text takes text");
        }
        write!(url, "&expires={expires}&signature={signature}").expect("text takes text");
        PutLink {
            url,
            headers: vec![("content-type".into(), announced.content_type.clone())],
        }
    }

    /// Checks such an address.
    pub fn check_put(&self, key: &BlobKey, pass: PutPass<'_>) -> Result<(), LinkError> {
        let signature = URL_SAFE_NO_PAD.decode(pass.signature).map_err(|_| LinkError::Forged)?;
        let mac = self.putting(key, pass.announced, pass.expires);
        mac.verify_slice(&signature).map_err(|_| LinkError::Forged)?;
        self.left(pass.expires).map(drop)
    }

    fn putting(&self, key: &BlobKey, announced: &Announced, expires: u64) -> Hmac<Sha256> {
        let Announced {
            content_type,
            bytes,
            sha256,
        } = announced;
        let sha256 = sha256.as_ref().map_or(String::new(), hex);
        // Only the last of them may have a line break.
        let said = format!("{key}\n{expires}\n{bytes}\n{sha256}\n{content_type}");
        self.signing(PURPOSE, said.as_bytes())
    }
}
