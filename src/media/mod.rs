//! Pictures and files: how pictures are made ready, where they lie, and how what a CDN holds of them is invalidated.

pub mod blob;
pub mod image;
mod pipeline;
mod pool;
mod variant;

pub use pipeline::{Order, Output, Pipeline, PipelineOptions, Processed, Source};
pub use variant::{Fit, Options, Variant, WIDTHS};
