//! GraphQL schemas as documents: read, printed sorted, compared change by change, and held against known operations.
//! Knows nothing of this product. SDL and operations are parsed and validated by apollo-compiler: the whole grammar
//! with schema descriptions and extensions, the rules of the specification, the place of every mistake, a limit on
//! nesting, and operations checked against a schema. async-graphql's own parser has no descriptions of schemas and no
//! rules, and names grammar rules in its errors; graphql-parser has no rules either.

mod caching;
mod change;
mod diff;
mod document;
mod error;
mod ignore;
mod introspection;
mod kind;
mod literal;
mod operations;
mod place;
mod print;
mod rename;
mod told;

pub use change::{Change, Severity};
pub use diff::diff;
pub use document::Sdl;
pub use error::SdlError;
pub use ignore::{Ignore, IgnoreError};
pub use introspection::{IntrospectionError, QUERIES, from_introspection};
pub use kind::ChangeKind;
pub use operations::{Documents, Known, Manifests, OperationsError, Persisted, Use, pass_unused};
pub use place::Place;
pub use print::print;
