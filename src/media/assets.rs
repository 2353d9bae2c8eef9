//! All that is needed to take a picture or file in and to hand it out.

use super::blob::Blobs;
use super::{Links, Pipeline};

/// Handles on all of it; clones share everything.
#[derive(Clone)]
pub struct Assets {
    /// Where files lie.
    pub blobs: Blobs,
    /// Makes pictures ready.
    pub pictures: Pipeline,
    /// Where they are fetched from.
    pub links: Links,
}
