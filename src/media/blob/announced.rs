//! What is said of a file before it comes, and how it is put where that is held against it.

use serde::{Deserialize, Serialize};

/// What somebody says of a file that is still to come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Announced {
    /// The content type that it is put with. What the file is, is told by its content all the same.
    pub content_type: String,
    /// How many bytes it has.
    pub bytes: u64,
    /// Their SHA-256, if it is known already.
    pub sha256: Option<[u8; 32]>,
}

/// Where a file is put by `PUT`, and what has to be sent along.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PutLink {
    /// The address. One that begins with `/` is of this server.
    pub url: String,
    /// Headers with their values, without those that every client sets by itself.
    pub headers: Vec<(String, String)>,
}
