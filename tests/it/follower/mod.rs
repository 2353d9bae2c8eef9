//! What others write to MongoDB, past this API, becomes visible through it: one process follows the changes at a time.

mod changes;
mod deployment;
mod interruptions;
