//! What each backend trait promises, run against every engine that implements it.

mod cache;
