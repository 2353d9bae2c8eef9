//! Pictures and files: how uploads come in, how pictures are made ready, where all of it lies and how it is fetched.

mod assets;
pub mod blob;
pub mod cdn;
mod file_name;
mod grant;
mod hex;
pub mod image;
mod incoming;
mod intake;
mod links;
mod pipeline;
mod pool;
mod put_pass;
mod sniff;
mod stage;
mod staging;
mod variant;

pub use assets::{Assets, UploadLimits};
pub use file_name::{attachment, safe_name};
pub use grant::Grant;
pub use hex::{hex, unhex};
pub use incoming::{Incoming, IncomingFile, UploadedFile, Uploads};
pub use intake::{IntakeError, Taken, check_size};
pub use links::{LinkError, Links, Pass};
pub use pipeline::{Order, Output, Pipeline, PipelineOptions, Processed, Source};
pub use put_pass::PutPass;
pub use stage::Stage;
pub use staging::StagingError;
pub use variant::{Fit, Options, Variant, WIDTHS};
