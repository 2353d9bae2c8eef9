//! `import --from-app`: the documents of the existing app's MongoDB database as ours. What they lack is defaulted, what can't be
//! read is refused, and both are told. Never writes into the app's database.

mod board;
mod comment;
mod custom_role;
mod fields;
mod money;
mod organization;
mod people;
mod preferences;
mod project;
mod report;
mod run;
mod status;
mod task;
mod write;

pub use run::migrate;
