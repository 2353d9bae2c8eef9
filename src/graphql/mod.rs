//! The schema: types, queries and mutations. Reads go through the loader, writes through the services;
//! rules stand in `model::permission`, never in a resolver. Never imports the store.

mod cache_control;
mod connection;
mod context;
mod cursor;
mod error;
mod guard;
mod limits;
mod mutation;
mod node;
pub mod object;
mod order;
mod page;
mod query;
mod scalar;
mod schema;

pub use cache_control::{CacheScope, HintError, Policies, Policy};
pub use context::{ContextExt, Scope};
pub use error::{ApiError, ErrorCode};
pub use limits::{LimitError, Limits};
pub use mutation::{Client, SESSION_COOKIE, session_cookie};
pub use schema::{ApiSchema, policies, schema};
