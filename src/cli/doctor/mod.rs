//! `kanvaro doctor`: looks at every part of a deployment and says what to do. Changes nothing.

mod config;
mod data;
mod parts;
mod report;
mod run;

pub use run::doctor;
