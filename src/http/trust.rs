//! Which documents may be asked for: those of the manifests by their ids; where there are no others, by what they say too.

use std::collections::HashSet;
use std::sync::Arc;

use async_graphql::ServerError;

use crate::graphql::{ErrorCode, TrustedDocuments};

use super::normal;

/// The trusted documents of a server.
pub struct Trust {
    documents: Arc<TrustedDocuments>,
    /// Hashes of what they say; only where no others are answered.
    said: HashSet<[u8; 32]>,
}

/// What tells the way out.
const WAY_OUT: &str = "put it into the manifest of its client and start the server with that (--documents FILE, or the \
    setting \"documents\"), or ask a server that is started without --documents-only";
/// Most characters of an id that are told again.
const LONGEST_ID: usize = 100;

impl Trust {
    /// Trust in these.
    pub fn new(documents: Arc<TrustedDocuments>) -> Trust {
        let texts = documents.texts().filter(|_| documents.only);
        Trust {
            said: texts.map(normal::hash).collect(),
            documents,
        }
    }

    /// Whether no others are answered.
    pub fn is_required(&self) -> bool {
        self.documents.only
    }

    /// The text of an id.
    pub fn get(&self, id: &str) -> Option<&Arc<str>> {
        self.documents.get(id)
    }

    /// Refuses a text that says something else than the trusted ones, where there are no others.
    pub fn check(&self, text: &str) -> Result<(), ServerError> {
        if !self.is_required() || self.said.contains(&normal::hash(text)) {
            return Ok(());
        }
        let message = format!("this server answers trusted documents only, and this one is none of them: {WAY_OUT}");
        Err(coded(message, ErrorCode::DocumentNotTrusted))
    }

    /// Why an id is refused.
    pub fn unknown(&self, id: &str) -> ServerError {
        let id: String = id.chars().take(LONGEST_ID).collect();
        if self.is_required() {
            let message = format!("this server answers trusted documents only, and none of them is {id:?}: {WAY_OUT}");
            return coded(message, ErrorCode::DocumentNotTrusted);
        }
        let message = format!(
            "there is no document {id:?}: send its text as \"query\", or start the server with the manifest that it \
             stands in (--documents FILE, or the setting \"documents\")"
        );
        coded(message, ErrorCode::PersistedQueryNotFound)
    }
}

/// An error of this code.
pub(super) fn coded(message: impl Into<String>, code: ErrorCode) -> ServerError {
    let mut error = ServerError::new(message, None);
    error.extensions.get_or_insert_default().set("code", code.name());
    error
}
