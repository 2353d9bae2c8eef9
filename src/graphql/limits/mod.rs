//! What an operation may ask for: depth, cost, aliases and directives, checked on the parsed document before
//! anything runs. The check is linear in the document however its fragments are wound.

mod check;
mod error;
mod sizes;
mod walk;
mod weight;

pub use check::Limits;
pub use error::LimitError;
