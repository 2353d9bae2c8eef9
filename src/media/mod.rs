//! Pictures and files: how pictures are made ready, where they lie, and how what a CDN holds of them is invalidated.

mod assets;
pub mod blob;
mod file_name;
pub mod image;
mod links;
mod pipeline;
mod pool;
mod variant;

pub use assets::Assets;
pub use file_name::{attachment, safe_name};
pub use links::{LinkError, Links, Pass};
pub use pipeline::{Order, Output, Pipeline, PipelineOptions, Processed, Source};
pub use variant::{Fit, Options, Variant, WIDTHS};
