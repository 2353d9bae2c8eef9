//! Rows: every entity comes back as it was, whatever it holds; what is torn reads as nothing; slots are what clients see.

mod random;
mod round_trips;
mod slots;
