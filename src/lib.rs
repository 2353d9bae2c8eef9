//! The Kanvaro API: floors from plain data at the bottom to the command line at the top.

pub mod app;
pub mod cache;
pub mod cli;
pub mod config;
pub mod execute;
pub mod graphql;
pub mod http;
pub mod invalidation;
pub mod loader;
pub mod mail;
pub mod media;
pub mod metrics;
pub mod model;
pub mod sdl;
pub mod service;
pub mod store;
pub mod telemetry;
