//! The page to explore the API with: GraphiQL where it was bundled (`scripts/playground.sh`), a plain page otherwise.
//! Neither asks another host for anything; each is sent with a policy that allows it no more than it needs.

mod bundle;
mod page;
mod plain;

pub use page::{file, page, plain_page, without_slash};
