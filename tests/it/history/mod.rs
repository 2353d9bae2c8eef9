//! The history checker: what was replied and what was read, held against each other.

mod assemble;
mod cases;
mod client;
mod control;
mod deployment;
mod faults;
mod judge;
mod model;
mod proxy;
mod readers;
mod real;
mod row;
mod run;
mod stored;
mod timeline;
mod violation;
mod world;
mod writers;
