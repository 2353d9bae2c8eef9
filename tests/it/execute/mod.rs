//! Operations as the specification has them executed, over the real schema: what is asked for in which way, what
//! comes of it, and how much reading that takes.

mod allocations;
mod asked;
mod bounds;
mod corners;
mod directives;
mod errors;
mod fallbacks;
mod mutations;
mod nulls;
mod rounds;
mod variables;
mod walk;

use asked::Asked;
