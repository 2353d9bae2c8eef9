//! Documents to entities and back: typed, with serde, in the encoding that the engine speaks.

use crate::model::{AnyEntity, Kind};

use super::{Document, StoreError};

/// The encoding of an engine's documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JSON text, ids in hex, times as RFC 3339 text.
    Json,
    /// BSON, with its own types for ids and times.
    #[cfg(feature = "mongo")]
    Bson,
}

impl Format {
    /// The document of an entity.
    pub fn encode(self, entity: &AnyEntity) -> Result<Document, StoreError> {
        match self {
            Format::Json => serde_json::to_vec(entity).map_err(corrupt),
            #[cfg(feature = "mongo")]
            Format::Bson => bson::serialize_to_vec(entity).map_err(corrupt),
        }
    }

    /// The entity of a document.
    pub fn decode(self, kind: Kind, document: &[u8]) -> Result<AnyEntity, StoreError> {
        match self {
            Format::Json => {
                AnyEntity::deserialize(kind, &mut serde_json::Deserializer::from_slice(document)).map_err(corrupt)
            }
            #[cfg(feature = "mongo")]
            Format::Bson => bson::RawDeserializer::new(document)
                .and_then(|decoder| AnyEntity::deserialize(kind, decoder))
                .map_err(corrupt),
        }
    }
}

fn corrupt(error: impl std::fmt::Display) -> StoreError {
    StoreError::Corrupt(error.to_string())
}
