//! The API over HTTP: GraphQL at `/graphql`, GraphiQL at `/`, probes beside them.
//! What a request goes through: `middleware`, `graphql` (negotiation, body, request), `operation` (nesting, documents,
//! limits), `identity`, `execute`, `respond`. Nothing here knows an entity but the session and its user.

mod body;
mod cors;
mod documents;
mod endpoint;
mod execute;
mod graphql;
mod identity;
mod json;
mod middleware;
mod names;
mod negotiation;
mod nesting;
mod operation;
mod playground;
mod probe;
mod refusal;
mod request;
mod respond;
mod running;
mod server;
mod work;

pub use server::{router, serve};
