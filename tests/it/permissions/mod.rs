//! Who may what: every query, mutation, node and field, done by everybody there can be, in a project of their own, in
//! another one and in another organisation. `matrix.txt` says what has to come of it.
//!
//! What is new in the schema has no row there and fails. `KANVARO_TEST_MATRIX=write` writes the file anew, with `?` for
//! what has no rule yet: put the rule in its place, and read all that has changed in it.

mod cast;
mod fields;
mod mutations;
mod queries;
mod seen;
mod sheet;
mod walk;
