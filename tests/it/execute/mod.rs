//! Operations as the specification has them executed, over the real schema: what is asked for in which way, what
//! comes of it, and how much reading that takes.

mod asked;
mod corners;
mod directives;
mod errors;
mod fallbacks;
mod mutations;
mod nulls;
mod variables;

use asked::Asked;
