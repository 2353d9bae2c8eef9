//! The schema: types, queries and mutations. Reads go through the loader, writes through the services;
//! rules stand in `model::permission`, never in a resolver. Never imports the store.

mod cache_control;
mod connection;
mod context;
mod cursor;
mod declare;
mod document;
mod error;
mod executor;
mod guard;
mod inner;
mod limits;
mod longest;
mod mutation;
pub mod object;
mod order;
mod page;
mod plans;
mod query;
mod reply;
mod scalar;
mod schema;
mod trusted;
mod upload;
mod validate;

pub use cache_control::{CacheScope, HintError, Policies, Policy};
pub use context::{ContextExt, Scope};
pub use document::Document;
pub use error::{ApiError, ErrorCode};
pub use executor::Executor;
pub use limits::{LimitError, Limits};
pub use mutation::{Client, SESSION_COOKIE, session_cookie};
pub use reply::Reply;
pub use schema::{ApiSchema, policies, schema, table};
pub use trusted::{Acceptance, TrustedDocuments};
pub use upload::Upload;
