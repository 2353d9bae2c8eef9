//! Pictures and files: what is made of uploads, where it lies, and how it is served.

mod fuzz;
mod hard;
mod metadata;
mod pictures;
mod pipeline;
pub mod sample;
mod serving;
