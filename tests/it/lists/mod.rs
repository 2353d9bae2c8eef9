//! Lists: every row once in any order and direction, filters, what is refused, and what they cost.

mod ask;
mod filters;
mod paging;
mod round_trips;
