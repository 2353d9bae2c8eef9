//! Whole answers from the cache: `question` says what an answer depends on, `look` whether one is there that counts,
//! `judge` whether a new one may be kept, `fill` keeps it, `ask` is the way of one operation through all of these.

mod ask;
mod caching;
mod etag;
mod explain;
mod fill;
mod judge;
mod look;
mod paths;
mod question;
mod turns;
mod unkept;

pub use ask::{ask, ask_explained, refuse};
pub use caching::{Caching, Reason, Status};
pub use etag::{Etag, Known};
pub use fill::Fills;
pub use look::age;
pub use question::Question;
pub use unkept::Unkept;
