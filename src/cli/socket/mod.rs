//! The way of commands into a running embedded server: a Unix socket in its data directory that only its owner can
//! open. One JSON line asks; JSON lines answer, the last one `done` or `failed`.

mod client;
mod server;

pub use client::{connect, send};
pub use server::AdminSocket;

const NAME: &str = "kanvaro.sock";
