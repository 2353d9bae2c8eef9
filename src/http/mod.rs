//! The API over HTTP: GraphQL at `/graphql`, GraphiQL at `/` and `/graphiql`, probes beside them.
//! Assets at `/images`, `/static` and `/files`, what is put at `/uploads`.
//! What a request goes through: `front` (short JSON is answered there, past the routes), `middleware`, `graphql` (negotiation, body or `upload`, request), `persisted`, `operation` (nesting,
//! documents, limits), `identity`, `answers` (looked up, else `execute`, kept), `respond`. Nothing here knows an entity but the session and its user.

mod admissions;
mod answer;
mod answers;
mod assets;
mod body;
mod client_address;
mod coding;
mod cors;
mod document_id;
mod documents;
mod endpoint;
mod execute;
mod front;
mod graphql;
mod hits;
mod identity;
mod json;
mod middleware;
mod names;
mod negotiation;
mod nesting;
mod normal;
mod operation;
mod paced;
mod persisted;
mod playground;
mod probe;
mod put;
mod refusal;
mod request;
mod requests;
mod respond;
mod running;
mod server;
mod terms;
mod trust;
mod upload;
mod upload_map;
mod work;

pub use server::{router, serve};
