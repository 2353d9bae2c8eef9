//! The command line: what `kanvaro` does when it is called. Commands that need the data of a running embedded
//! server are sent to it; all others run here.

mod account;
mod arguments;
mod ask;
mod bar;
mod cache;
mod cdn;
mod command;
mod demo;
mod doctor;
mod documents;
mod execute;
mod fetch;
#[cfg(feature = "mongo")]
mod migrate;
mod probe;
mod progress;
mod reach;
mod role;
mod run;
mod schema;
mod serve;
mod socket;
mod transfer;
mod welcome;

pub use run::run;
