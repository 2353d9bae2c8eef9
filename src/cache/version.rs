//! The version of a tag: a random token. What was cached under one version is served only while it is current.

use std::time::Duration;

use bytes::Bytes;

/// An opaque random token; two are the same version or have nothing to do with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Version([u8; 8]);

impl Version {
    /// How long a version lives: longer than any entry filled under it.
    pub const TTL: Duration = Duration::from_secs(24 * 3600);

    /// A version that has never been before.
    pub fn fresh() -> Version {
        Version(rand::random())
    }

    /// The bytes under the tag's version key.
    pub fn bytes(&self) -> Bytes {
        Bytes::copy_from_slice(&self.0)
    }

    /// Reads them back; `None` when they are none of ours.
    pub fn parse(bytes: &[u8]) -> Option<Version> {
        bytes.try_into().ok().map(Version)
    }
}
