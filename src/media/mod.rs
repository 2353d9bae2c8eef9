//! Pictures and files: how uploads come in, how pictures are made ready, where all of it lies and how it is fetched.

mod assets;
pub mod blob;
pub mod cdn;
mod file_name;
pub mod image;
mod incoming;
mod intake;
mod links;
mod pipeline;
mod pool;
mod sniff;
mod variant;

pub use assets::{Assets, UploadLimits};
pub use file_name::{attachment, safe_name};
pub use incoming::{Incoming, IncomingFile, UploadedFile, Uploads};
pub use intake::{IntakeError, Taken};
pub use links::{LinkError, Links, Pass};
pub use pipeline::{Order, Output, Pipeline, PipelineOptions, Processed, Source};
pub use variant::{Fit, Options, Variant, WIDTHS};
