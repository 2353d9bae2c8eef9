//! The CDN before the server: what is written reaches it, whatever fails in between.

mod command;
mod config;
mod gate;
mod order;
mod process;
mod queue;
mod ready;
mod rig;
