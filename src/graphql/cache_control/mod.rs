//! How long an answer may be kept and by whom: hints stand at the types and fields of the schema as `@cacheControl`,
//! and an operation's policy is what all that it selects allows. What nothing was said of is not kept.

mod directive;
mod hint;
mod mask;
mod policies;
mod policy;
mod table;

pub use directive::{Inherit, Kept, KeptBriefly, KeptList, declare};
pub use hint::HintError;
pub use policies::Policies;
pub use policy::{CacheScope, Policy};
