//! Writes and identity: every rule of a change is decided here, on fresh data from the store. Knows no cache and no schema.
//! To add a noun: a file with its input structs and an `impl Services` of its verbs.

mod error;
mod services;

pub use error::{FieldError, ServiceError, UserErrorCode};
pub use services::{Services, SessionPolicy};
