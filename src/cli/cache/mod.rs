//! `kanvaro cache`: what operators ask of the cache.

mod explain;
mod figures;
mod inspect;
mod purge;
mod stats;

pub use explain::explain;
pub use figures::figures;
pub use inspect::inspect;
pub use purge::purge;
pub use stats::stats;
