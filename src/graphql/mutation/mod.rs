//! The mutation root: a file per noun, each a thin face on the services. A mutation reads its ids, calls one verb
//! and answers through `payload::settled`; it decides nothing itself. Roots are nullable: one that fails leaves the others be.

mod all;
mod answer;
mod asset;
mod board;
mod bulk;
mod cache;
mod client;
mod comment;
mod cookie;
mod custom_role;
mod dependency;
mod identity;
mod invitation;
mod member;
mod organization;
mod password_reset;
mod patch;
mod payload;
mod preferences;
mod profile;
mod project;
mod rate;
mod relocation;
mod rights;
mod root;
mod session;
mod task;
mod upload;

pub use all::{Nullable, declare};
pub use client::Client;
pub use cookie::{SESSION_COOKIE, session_cookie};
pub use root::Mutation;
