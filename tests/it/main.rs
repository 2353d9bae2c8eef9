//! The integration tests: one binary, a file per behaviour.

#![allow(clippy::unwrap_used, reason = "a test fails by panicking")]

mod agreement;
mod answers;
#[cfg(feature = "redis")]
mod assuming;
mod bad_input;
mod boards;
mod bulk;
#[cfg(feature = "redis")]
mod cache_levels;
mod cache_ttls;
#[cfg(feature = "aws")]
mod cdn;
mod cli;
mod cli_called;
mod comments;
mod consulted;
mod contract;
mod csrf;
mod custom_roles;
mod dashboard;
mod dependencies;
mod doctor;
mod execute;
mod explained;
mod field_rules;
#[cfg(feature = "mongo")]
mod follower;
mod freshness;
#[cfg(feature = "mongo")]
mod from_app;
#[cfg(all(feature = "mongo", feature = "redis"))]
mod herd;
#[cfg(all(feature = "mongo", feature = "redis"))]
mod history;
mod http_identity;
mod http_nesting;
mod http_protocol;
mod http_server;
mod identity;
mod invalidation;
mod layers;
mod limits;
mod list_freshness;
#[cfg(feature = "mongo")]
mod list_plans;
mod lists;
mod loader;
mod media;
#[cfg(feature = "mongo")]
mod mongo;
mod nodes;
mod operators;
mod operators_cli;
mod oracle;
mod people_next;
mod permissions;
mod playground;
mod playground_queries;
mod policy;
#[cfg(feature = "smtp")]
mod post;
mod preferences;
mod projects;
mod races;
mod rates;
mod reading;
#[cfg(feature = "redis")]
mod redis_cluster;
#[cfg(feature = "redis")]
mod redis_limits;
#[cfg(feature = "redis")]
mod redis_outage;
#[cfg(feature = "redis")]
mod redis_reign;
#[cfg(feature = "redis")]
mod redis_tls;
mod relocation;
mod rights;
mod rights_taken;
mod roles;
mod rows;
mod schedules;
mod sdl;
mod sdl_diff;
mod search;
mod sessions;
mod shadows;
mod sharing;
mod sqlite;
mod strangers;
mod support;
mod tasks;
mod throttle;
mod transfer;
mod trusted;
mod typed_client;
mod uploads;
mod visibility;
