//! What changed between schemas: a table of pairs, and properties of random schemas and edits.

mod bad_input;
mod command;
mod edit;
#[cfg(feature = "https")]
mod https;
mod operations;
mod pair;
mod properties;
mod random;
mod table;
mod told;
