//! MongoDB as an engine of the store, beyond the promises that every engine gives: round trips, plans, transactions,
//! what is stored, which servers are refused.

mod connection;
mod lives;
mod plans;
mod round_trips;
mod scratch;
mod searches;
mod stored;
mod units;

pub use scratch::{Scratch, fresh, uri_of};
