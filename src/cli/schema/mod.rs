//! `kanvaro schema`: the schema as a file, and what changed between two.

mod annotate;
mod arguments;
mod connect;
mod fetch;
mod json;
mod markdown;
mod operations;
mod report;
mod run;
mod source;
mod text;

pub use arguments::SchemaVerb;
pub use run::run;
pub use source::printed;
