//! What the handle will answer by itself once tags have typed states; goes with that change.

use bytes::Bytes;

use crate::model::Tag;

use super::{Cache, CacheError, Version, version_key};

/// What one look into the cache found.
pub struct Got {
    /// The values under the keys, in their order.
    pub values: Vec<Option<Bytes>>,
    /// The states of the tags, in their order.
    pub tags: Vec<TagState>,
}

/// What the cache says of a tag.
#[derive(Clone, Copy)]
pub enum TagState {
    /// It has no version.
    Absent,
    /// Writes are under way.
    Marked,
    /// What was filled under this version is served.
    Current(Version, ()),
    /// Something foreign stands in its place.
    Foreign,
}

impl Cache {
    /// The values under these keys and the states of these tags.
    pub async fn look(&self, keys: &[String], tags: &[Tag]) -> Result<Got, CacheError> {
        let mut all = keys.to_vec();
        all.extend(tags.iter().map(version_key));
        let mut values = self.get_many(&all).await?;
        let state = |version: Option<Bytes>| match version {
            None => TagState::Absent,
            Some(bytes) => Version::parse(&bytes).map_or(TagState::Foreign, |version| TagState::Current(version, ())),
        };
        let tags = values.split_off(keys.len()).into_iter().map(state).collect();
        Ok(Got { values, tags })
    }
}
