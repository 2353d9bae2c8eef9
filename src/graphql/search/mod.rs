//! One search over all that people look for: what is found is ranked, and shows where it was found.

mod candidates;
mod connection;
mod fragment;
mod rank;
mod texts;

pub use candidates::SearchArgs;
pub use connection::{SearchConnection, SearchPage, declare};
