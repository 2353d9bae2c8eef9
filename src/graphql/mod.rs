//! The schema: types, queries and mutations. Reads go through the loader, writes through the services;
//! rules stand in `model::permission`, never in a resolver. Never imports the store.

mod context;
mod error;
mod mutation;
pub mod object;
mod query;
mod scalar;
mod schema;

pub use context::{ContextExt, Scope};
pub use error::{ApiError, ErrorCode};
pub use mutation::{SESSION_COOKIE, session_cookie};
pub use schema::{ApiSchema, schema};
