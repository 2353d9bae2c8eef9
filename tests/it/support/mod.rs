//! What several tests build on: sample entities, engines to run against.

pub mod app;
#[cfg(feature = "aws")]
pub mod aws;
#[cfg(any(feature = "https", feature = "redis"))]
pub mod certificates;
pub mod crowd;
#[cfg(feature = "mongo")]
pub mod explaining;
pub mod faulty;
pub mod home;
#[cfg(feature = "redis")]
pub mod levels;
pub mod lines;
pub mod mutation;
pub mod named;
pub mod process;
pub mod queries;
#[cfg(feature = "redis")]
pub mod redis;
#[cfg(feature = "redis")]
pub mod redis_cluster;
pub mod sample;
pub mod sdl;
pub mod server;
pub mod signal;
#[cfg(feature = "smtp")]
pub mod smtp;
pub mod stack;
pub mod studio;
pub mod switch;
pub mod world;
