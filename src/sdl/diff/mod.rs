//! What changed from one schema to another, judged as graphql-inspector judges it.

mod applied;
mod argument;
mod differ;
mod directive;
mod enumeration;
mod field;
mod input;
mod list;
mod nullability;
mod root;
mod types;

pub use differ::diff;
pub(super) use differ::sort;
