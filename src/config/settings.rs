//! Every key there is, each with its meaning, type, default and rule: the struct, its documentation and
//! what is accepted come from this one list.

use std::path::PathBuf;

use super::key::Key;
use super::setting::accept;
use super::{CacheTtls, Hidden, Secret, rule};

macro_rules! settings {
    ($($(#[doc = $doc:literal])+ $key:ident: $type:ty = $default:expr, $rule:expr;)*) => {
        /// Everything that can be set. Each key is also an environment variable: `listen` is `KANVARO_LISTEN`.
        #[derive(Clone, Debug)]
        pub struct Config {
            $($(#[doc = $doc])+ pub $key: $type,)*
        }

        impl Default for Config {
            fn default() -> Config {
                Config { $($key: $default,)* }
            }
        }

        /// The keys in their order.
        pub(super) const KEYS: &[Key] = &[$(
            Key {
                name: stringify!($key),
                doc: &[$($doc),+],
                set: |config, input| {
                    config.$key = accept(input, $rule)?;
                    Ok(())
                },
                show: |config| super::setting::Setting::show(&config.$key),
            },
        )*];
    };
}

settings! {
    /// `development` or `production`: production makes no demo data, and shows GraphiQL and introspection only if told.
    env: Environment = Environment::Development, rule::any;
    /// Address and port to serve on.
    listen: String = "127.0.0.1:4000".into(), rule::address;
    /// Directory of the embedded store and of assets.
    data: PathBuf = "./data".into(), rule::directory;
    /// `sqlite` (in the data directory) or a `mongodb://` URL.
    database: Secret = "sqlite".into(), rule::database;
    /// `memory`, or a `redis://` URL (`rediss://` with TLS), or `redis+cluster://host:port,host:port` (`rediss+cluster://`).
    cache: Secret = "memory".into(), rule::cache;
    /// PEM file of the authority that has signed the certificate of Redis; unset: those that the system trusts.
    cache_ca: Option<PathBuf> = None, rule::any;
    /// `disk` (in the data directory), or `s3://bucket` with a prefix, like `s3://bucket/kanvaro`. Credentials come as AWS's programs take
    /// them: from AWS_* variables, a profile, or the machine's role.
    assets: String = "disk".into(), rule::assets;
    /// Where S3 answers, if not at Amazon's.
    assets_endpoint: Option<String> = None, rule::url;
    /// Where clients reach S3 that put files to it by themselves, if not where this server does, like `https://files.example.com`.
    assets_public_endpoint: Option<String> = None, rule::url;
    /// Region of the bucket; unset: as AWS's variables or profile say.
    assets_region: Option<String> = None, rule::any;
    /// Whether the bucket is named in the path and not in the host, as other services than Amazon's want it.
    assets_path_style: bool = false, rule::any;
    /// Where public assets are fetched from, like `https://cdn.example.com`; unset: from this server.
    assets_url: Option<String> = None, rule::url;
    /// The CDN before the server and the public assets, which is told what to forget: `cloudfront://` and the id of the distribution,
    /// with credentials as for S3. Unset: there is none, or nobody tells it.
    cdn: Option<String> = None, rule::cdn;
    /// Where CloudFront's API answers, if not at Amazon's.
    cdn_endpoint: Option<String> = None, rule::url;
    /// Whether the distribution reads `Cache-Tag` (its CacheTagConfig). If not, all answers of the API are purged together.
    cdn_tags: bool = false, rule::any;
    /// Kinds whose writes are purged by tag beside those that PUBLIC answers are made of, like `project`: for pages of others behind the
    /// same distribution that bear the tags of this API. CloudFront charges each tag as a path.
    cdn_kinds: Vec<String> = Vec::new(), rule::kinds;
    /// Seconds that the distribution keeps `/static`, as `kanvaro cdn config` sets it up.
    cdn_static_seconds: u64 = 31_536_000, rule::within::<1, 31_536_000, _>;
    /// The same of `/images`, of what doesn't say it itself; what is named by its content says a year.
    cdn_images_seconds: u64 = 86_400, rule::within::<1, 31_536_000, _>;
    /// The same of answers of the API at most, whatever `answer_cdn_seconds` lets them say.
    cdn_api_seconds: u64 = 300, rule::within::<1, 31_536_000, _>;
    /// Headers that the distribution adds to everything.
    cdn_headers: Vec<String> = security_headers(), rule::headers;
    /// Signs the links to private files and the ids of uploads; all processes of one deployment need the same. Unset: one of each process, whose
    /// links and uploads end with it.
    assets_secret: Hidden = Hidden::default(), rule::long_secret;
    /// Hours between two sweeps for files that nobody refers to any more; 0: none but by `kanvaro assets sweep`.
    assets_sweep_hours: u64 = 24, rule::within::<0, 8_760, _>;
    /// Most million pixels of an uploaded picture.
    image_megapixels: u64 = 40, rule::within::<1, 250, _>;
    /// Most megabytes of memory that all pictures take while they are processed; one takes 256 at most.
    image_memory_mb: u64 = 512, rule::within::<256, 65_536, _>;
    /// Threads that process pictures; 0: as many as there are processors.
    image_threads: usize = 0, rule::within::<0, 256, _>;
    /// Most bytes of an uploaded picture of a person.
    avatar_max_bytes: u64 = 2 << 20, rule::within::<1_024, 104_857_600, _>;
    /// Most bytes of an uploaded picture of an organisation.
    logo_max_bytes: u64 = 5 << 20, rule::within::<1_024, 104_857_600, _>;
    /// Most bytes of an uploaded picture of a project.
    cover_max_bytes: u64 = 10 << 20, rule::within::<1_024, 104_857_600, _>;
    /// Most bytes of an uploaded file that hangs on a task.
    attachment_max_bytes: u64 = 25 << 20, rule::within::<1_024, 1_073_741_824, _>;
    /// Most files of one request.
    upload_max_files: usize = 10, rule::within::<1, 100, _>;
    /// Most files of one person that were put after `createUpload` and wait to be completed.
    upload_max_waiting: u32 = 50, rule::within::<1, 1_000, _>;
    /// Seconds that an address is good to which `createUpload` lets a file be put.
    upload_link_seconds: u64 = 3_600, rule::within::<60, 604_800, _>;
    /// Seconds that a link to a private file is good.
    assets_link_seconds: u64 = 3_600, rule::within::<60, 604_800, _>;
    /// What is logged: `error`, `warn`, `info`, `debug`, `trace`, or directives like `info,kanvaro::http=debug`.
    log: String = "info".into(), rule::directives;
    /// `text`, `json`, or `auto`: text on a terminal, JSON otherwise.
    log_format: LogFormat = LogFormat::Auto, rule::any;
    /// Make demo data when the store is empty (never in production).
    demo: bool = true, rule::any;
    /// Serve GraphiQL at `/`; unset: only in development.
    playground: Option<bool> = None, rule::any;
    /// Answer introspection; unset: only in development.
    introspection: Option<bool> = None, rule::any;
    /// Manifests of trusted documents, Apollo's or Relay's: clients name a document of them by its id instead of sending it.
    documents: Vec<String> = Vec::new(), rule::manifests;
    /// Answer the documents of these manifests and nothing else.
    documents_only: bool = false, rule::any;
    /// Create missing indexes at start.
    ensure_indexes: bool = true, rule::any;
    /// Origins that browsers may call from; `*` is any, without cookies.
    cors_origins: Vec<String> = Vec::new(), rule::origins;
    /// Whether the session cookie is sent over HTTPS only; unset: only in production.
    cookie_secure: Option<bool> = None, rule::any;
    /// Days that a session lives after its last use.
    session_days: u32 = 30, rule::within::<1, 3_650, _>;
    /// How mail goes out: `smtp://user:password@host:587?tls=required` (STARTTLS), `smtps://user:password@host`, `smtp://host` in the clear, or
    /// `log`, which prints mails to the log in development and lets them wait in production.
    mail: Secret = "log".into(), rule::mail;
    /// PEM file of the authority that has signed the certificate of the mail server; unset: those that the system trusts.
    mail_ca: Option<PathBuf> = None, rule::any;
    /// What mails come from, like `Kanvaro <kanvaro@example.com>`.
    mail_from: String = "Kanvaro <kanvaro@localhost>".into(), rule::mailbox;
    /// Where the pages are that mails lead to (`/reset-password?token=…`, `/accept-invitation?token=…`), like `https://app.example.com`; unset:
    /// mails have the bare token.
    app_url: Option<String> = None, rule::url;
    /// Proxies in front whose `X-Forwarded-For` is believed: addresses and networks, like `10.0.0.0/8`. Sign-ins are slowed
    /// down by address; behind a proxy that is not named here all are of one.
    trusted_proxies: Vec<String> = Vec::new(), rule::networks;
    /// Most bytes of a request body.
    max_body_bytes: usize = 1 << 20, rule::within::<1_024, 1_073_741_824, _>;
    /// Most levels of fields in an operation.
    max_depth: usize = 15, rule::within::<1, 64, _>;
    /// Most that an operation may cost: each field 1, times the size of the lists it is in.
    max_complexity: u64 = 50_000, rule::within::<1, 1_000_000_000, _>;
    /// Most times that one field may stand under different aliases in one selection.
    max_aliases: usize = 30, rule::within::<1, 10_000, _>;
    /// Most directives in an operation.
    max_directives: usize = 100, rule::within::<1, 10_000, _>;
    /// Most operations of one batched request.
    max_batch: usize = 10, rule::within::<1, 1_000, _>;
    /// Most bytes of the data of one answer; a longer one is refused.
    max_answer_bytes: usize = 32 << 20, rule::within::<1_024, 1_073_741_824, _>;
    /// Fewest connections kept to MongoDB.
    mongodb_pool_min: u32 = 5, rule::within::<0, 10_000, _>;
    /// Most connections to MongoDB.
    mongodb_pool_max: u32 = 10, rule::within::<2, 10_000, _>;
    /// Seconds that an unused connection to MongoDB is kept.
    mongodb_idle_seconds: u64 = 30, rule::within::<1, 86_400, _>;
    /// Seconds to wait for a usable MongoDB server.
    mongodb_selection_seconds: u64 = 5, rule::within::<1, 3_600, _>;
    /// Seconds to wait for the answer of MongoDB.
    mongodb_socket_seconds: u64 = 45, rule::within::<1, 3_600, _>;
    /// Seconds to wait for a connection to Redis.
    cache_connect_seconds: u64 = 10, rule::within::<1, 3_600, _>;
    /// Milliseconds to wait for the answer of the cache.
    cache_timeout_ms: u64 = 500, rule::within::<1, 60_000, _>;
    /// How Redis is used: `validated` keeps values in the process too and asks Redis whether they are
    /// current; `tracked` keeps that in the process as well, told of changes by Redis, so that another process's write is
    /// seen a moment later (not with a cluster); `redis` keeps nothing in the process; `off` always asks the store.
    cache_level: CacheLevel = CacheLevel::Validated, rule::any;
    /// Most megabytes that are cached in the process.
    cache_memory_mb: u64 = 256, rule::within::<1, 1_048_576, _>;
    /// Seconds that entities and lists live in the cache, by kind, where not as the documentation says:
    /// `{ user = 1800, project = 3600, task_list = 180 }`.
    cache_ttl_seconds: CacheTtls = CacheTtls::default(), rule::ttls;
    /// Share, from 0 to 1, of the entities served from the cache that are read from the store too and compared:
    /// `kanvaro_shadow_total` counts how that ends. Every such read is one more on the store.
    shadow: f64 = 0.0, rule::share;
    /// Most seconds that a whole answer is kept, where its `@cacheControl` allows as much; 0: none is kept.
    answer_seconds: u32 = 300, rule::within::<0, 3_600, _>;
    /// Most bytes of an answer that is kept.
    answer_max_bytes: usize = 1 << 20, rule::within::<0, 16_777_216, _>;
    /// Most seconds that a CDN before the server may keep PUBLIC answers, which it then shows for as long after a write, unless it
    /// is told to forget them (`cdn`); 0: there is none.
    answer_cdn_seconds: u32 = 0, rule::within::<0, 3_600, _>;
    /// Seconds that running requests have to finish at shutdown.
    shutdown_seconds: u64 = 20, rule::within::<0, 3_600, _>;
    /// Seconds to wait for the database at start.
    start_seconds: u64 = 30, rule::within::<1, 3_600, _>;
}

/// What no page needs and attacks use: other types than those told, frames of others.
fn security_headers() -> Vec<String> {
    let headers = [
        "X-Content-Type-Options: nosniff",
        "X-Frame-Options: DENY",
        "X-XSS-Protection: 1; mode=block",
    ];
    headers.map(str::to_owned).into()
}

/// What the server is run for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// On somebody's own machine.
    #[default]
    Development,
    /// For real.
    Production,
}

/// Where what is cached is kept.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CacheLevel {
    /// Nowhere; other processes are told of writes.
    Off,
    /// In Redis alone.
    Redis,
    /// Values in the process too, under versions that Redis is asked for.
    #[default]
    Validated,
    /// Values and versions in the process too, while Redis tells of changes.
    Tracked,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// Text on a terminal, JSON otherwise.
    #[default]
    Auto,
    /// For people.
    Text,
    /// For machines.
    Json,
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

    /// Whether the data lies in the data directory, where one process at a time works with it.
    pub fn is_embedded(&self) -> bool {
        self.database.reveal() == "sqlite"
    }
}
