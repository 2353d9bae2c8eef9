//! What each level of the cache asks of Redis, what it knows when Redis goes away, and what it shows after another
//! process's write.

mod looks;
mod losses;
mod process;
mod tracked;
