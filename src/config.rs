//! The configuration: one struct whose defaults run as they are. Sources, later ones win: the defaults,
//! `kanvaro.toml` (or `--config`), the environment. Nothing else in the program reads the environment.

use std::fmt;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Everything that can be set. Each key is also an environment variable: `listen` is `KANVARO_LISTEN`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// `development` or `production`: production makes no demo data, and shows GraphiQL and introspection only if told.
    pub env: Environment,
    /// Address and port to serve on.
    pub listen: String,
    /// Directory of the embedded store and of assets.
    pub data: PathBuf,
    /// `sqlite` (in the data directory) or a `mongodb://` URL.
    pub database: Secret,
    /// `memory`, or a `redis://` or `rediss://` URL.
    pub cache: Secret,
    /// `disk` (in the data directory).
    pub assets: String,
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives like `info,kanvaro::http=debug`.
    pub log: String,
    /// `text`, `json`, or `auto`: text on a terminal, JSON otherwise.
    pub log_format: LogFormat,
    /// Make demo data when the store is empty (never in production).
    pub demo: bool,
    /// Serve GraphiQL at `/`; unset: only in development.
    pub playground: Option<bool>,
    /// Answer introspection; unset: only in development.
    pub introspection: Option<bool>,
    /// Create missing indexes at start.
    pub ensure_indexes: bool,
    /// Origins that browsers may call from; `*` is any, without cookies.
    pub cors_origins: Vec<String>,
    /// Whether the session cookie is sent over HTTPS only; unset: only in production.
    pub cookie_secure: Option<bool>,
    /// Days that a session lives after its last use.
    pub session_days: u32,
    /// Most bytes of a request body.
    pub max_body_bytes: usize,
    /// Most levels of fields in an operation.
    pub max_depth: usize,
    /// Most that an operation may cost: each field 1, times the size of the lists it is in.
    pub max_complexity: u64,
    /// Most times that one field may stand under different aliases in one selection.
    pub max_aliases: usize,
    /// Most directives in an operation.
    pub max_directives: usize,
    /// Most operations of one batched request.
    pub max_batch: usize,
    /// Fewest connections kept to MongoDB.
    pub mongodb_pool_min: u32,
    /// Most connections to MongoDB.
    pub mongodb_pool_max: u32,
    /// Seconds that an unused connection to MongoDB is kept.
    pub mongodb_idle_seconds: u64,
    /// Seconds to wait for a usable MongoDB server.
    pub mongodb_selection_seconds: u64,
    /// Seconds to wait for the answer of MongoDB.
    pub mongodb_socket_seconds: u64,
    /// Seconds to wait for a connection to Redis.
    pub cache_connect_seconds: u64,
    /// Milliseconds to wait for the answer of the cache.
    pub cache_timeout_ms: u64,
    /// Most megabytes of the in-process cache.
    pub cache_memory_mb: u64,
    /// Seconds that running requests have to finish at shutdown.
    pub shutdown_seconds: u64,
    /// Seconds to wait for the database at start.
    pub start_seconds: u64,
}

/// What the server is run for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// On somebody's own machine.
    #[default]
    Development,
    /// For real.
    Production,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// Text that may hold a password: it prints without.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Secret(String);

impl Secret {
    /// The text with its password.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Secret {
        Secret(text.to_owned())
    }
}

impl fmt::Display for Secret {
    /// A URL with its user and password hidden; other text as it is.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let shown = self.0.split_once("://").and_then(|(scheme, rest)| {
            let host = rest.rsplit_once('@')?.1;
            Some(format!("{scheme}://***@{host}"))
        });
        f.write_str(shown.as_deref().unwrap_or(&self.0))
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl Config {
    /// Whether this is for real.
    pub fn is_production(&self) -> bool {
        self.env == Environment::Production
    }

    /// Whether GraphiQL is served.
    pub fn serves_playground(&self) -> bool {
        self.playground.unwrap_or(!self.is_production())
    }

    /// Whether introspection is answered.
    pub fn serves_introspection(&self) -> bool {
        self.introspection.unwrap_or(!self.is_production())
    }

    /// Whether the session cookie is sent over HTTPS only.
    pub fn secures_cookie(&self) -> bool {
        self.cookie_secure.unwrap_or(self.is_production())
    }
}

impl Default for Config {
    fn default() -> Config {
        Config {
            env: Environment::Development,
            listen: "127.0.0.1:4000".into(),
            data: "./data".into(),
            database: "sqlite".into(),
            cache: "memory".into(),
            assets: "disk".into(),
            log: "info".into(),
            log_format: LogFormat::Auto,
            demo: true,
            playground: None,
            introspection: None,
            ensure_indexes: true,
            cors_origins: Vec::new(),
            cookie_secure: None,
            session_days: 30,
            max_body_bytes: 1 << 20,
            max_depth: 15,
            max_complexity: 50_000,
            max_aliases: 30,
            max_directives: 100,
            max_batch: 10,
            mongodb_pool_min: 5,
            mongodb_pool_max: 10,
            mongodb_idle_seconds: 30,
            mongodb_selection_seconds: 5,
            mongodb_socket_seconds: 45,
            cache_connect_seconds: 10,
            cache_timeout_ms: 500,
            cache_memory_mb: 256,
            shutdown_seconds: 20,
            start_seconds: 30,
        }
    }
}
