//! The configuration: one struct whose defaults run as they are. Sources, later ones win: the defaults,
//! `kanvaro.toml` (or `--config`), the environment. Nothing else in the program reads the environment.
//! To add a key: a line in `settings.rs`.

mod cache_ttls;
mod environment;
mod error;
mod hidden;
mod key;
mod network;
mod older;
mod print;
mod redis_address;
mod refusal;
mod resolve;
mod rule;
mod secret;
mod setting;
mod settings;

pub use cache_ttls::CacheTtls;
pub use environment::environment;
pub use error::{ConfigError, Origin};
pub use hidden::Hidden;
pub use network::Network;
pub use redis_address::RedisAddress;
pub use resolve::Resolved;
pub use secret::Secret;
pub use settings::{CacheLevel, Config, Environment, LogFormat};
