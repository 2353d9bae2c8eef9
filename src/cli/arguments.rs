//! What can be written on the command line; the texts here are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::demo::DemoPlan;
use super::role;
use super::schema::SchemaVerb;
use crate::config::Config;
use crate::model::Role;

/// The GraphQL API of the Kanvaro project-management product.
///
/// Without a command it serves. Everything is embedded unless configured otherwise: a SQLite file in ./data and a
/// cache in the process. Settings come from kanvaro.toml and from KANVARO_* variables; `kanvaro config print` shows them.
#[derive(Debug, Parser)]
#[command(name = "kanvaro", version, max_term_width = 110)]
pub struct Arguments {
    /// The configuration file [default: kanvaro.toml, if there is one]
    #[arg(long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// When serving: the share of the cache's hits to read from the store too and to compare, like 0.01
    #[arg(long, global = true, value_name = "SHARE", value_parser = share)]
    pub shadow: Option<f64>,
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

fn share(text: &str) -> Result<f64, &'static str> {
    let share = text.parse().ok().filter(|share| (0.0..=1.0).contains(share));
    share.ok_or("a number from 0 to 1")
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Serve the API until SIGTERM or Ctrl-C (what happens without a command)
    Serve(ServeOptions),
    /// The GraphQL schema
    #[command(subcommand)]
    Schema(SchemaVerb),
    /// The indexes of the store
    #[command(subcommand)]
    Index(IndexVerb),
    /// Fill the store with organisations, people, projects, tasks and comments to try things with
    Demo(DemoPlan),
    /// Accounts
    #[command(subcommand)]
    User(UserVerb),
    /// The cache of the running server: what it does, what it holds, what it should forget
    #[command(subcommand)]
    Cache(CacheVerb),
    /// Copy a whole store into an empty one, with the same ids, and compare both
    ///
    /// A store is sqlite:DIRECTORY, sqlite (in the configured data directory), or a mongodb:// URL. A server on an
    /// embedded store has to be stopped first, and so has every server on the target. A copy that was cut short goes on when
    /// it is run again.
    Copy(CopyOptions),
    /// Write a whole store as JSON lines, but for what expires by itself, like sessions
    ///
    /// The file holds password hashes. A server on an embedded store has to be stopped first.
    Export {
        /// The file to write [default: standard output]
        file: Option<PathBuf>,
        /// Which store: sqlite:DIRECTORY or a mongodb:// URL [default: the configured one]
        #[arg(long, value_name = "STORE")]
        from: Option<String>,
    },
    /// Bring an export into an empty store
    ///
    /// The file is checked to its end before anything is written. The same file again changes nothing.
    Import(ImportOptions),
    /// Look at configuration, store, cache, files and data directory, and say what to do about what isn't as it should be
    ///
    /// Changes nothing; may run beside a server. Exits with 1 where something is wrong, with 0 where there are only warnings.
    Doctor {
        /// As JSON
        #[arg(long)]
        json: bool,
    },
    /// Ask a running server whether it is well, and exit with 0 if so: for health checks of containers
    Probe(ProbeOptions),
    /// Pictures and files
    #[command(subcommand)]
    Assets(AssetsVerb),
    /// The CDN before the server: how it is set up, and what it should forget
    #[command(subcommand)]
    Cdn(CdnVerb),
    /// The configuration
    #[command(subcommand)]
    Config(ConfigVerb),
}

/// How to serve, where not as configured.
#[derive(Debug, Default, Args)]
pub struct ServeOptions {
    /// Manifests of documents that clients name by their ids instead of sending them: Apollo's or Relay's
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub documents: Vec<String>,
    /// Answer the documents of these manifests and nothing else
    #[arg(long)]
    pub documents_only: bool,
}

impl ServeOptions {
    /// The configuration with what was told here.
    pub fn over(self, config: Config) -> Config {
        Config {
            documents: if self.documents.is_empty() {
                config.documents
            } else {
                self.documents
            },
            documents_only: self.documents_only || config.documents_only,
            ..config
        }
    }
}

/// What to do with indexes.
#[derive(Debug, Subcommand)]
pub enum IndexVerb {
    /// Create the indexes that are missing
    Ensure,
}

/// What to do with accounts.
#[derive(Debug, Subcommand)]
pub enum UserVerb {
    /// Add an account; with --admin also its organisation, if there is none of that name
    ///
    /// What isn't given is asked for. The password is asked for without being shown, or read from the first line of
    /// standard input when that is no terminal; nothing entered, or --generate, makes one and shows it once.
    Add(UserAdd),
    /// Give an account a new password and end all its sessions
    ///
    /// The password is asked for without being shown, or read from the first line of standard input when that is no
    /// terminal; nothing entered, or --generate, makes one and shows it once.
    Password(UserPassword),
}

/// Which account to add.
#[derive(Debug, Args)]
pub struct UserAdd {
    /// Make it an admin; makes the organisation too, if there is none of that name
    #[arg(long, conflicts_with = "role")]
    pub admin: bool,
    /// The organisation [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub organization: Option<String>,
    /// The address to sign in with
    #[arg(long, value_name = "EMAIL")]
    pub email: Option<String>,
    /// Given name
    #[arg(long, value_name = "NAME")]
    pub first_name: Option<String>,
    /// Family name
    #[arg(long, value_name = "NAME")]
    pub last_name: Option<String>,
    /// What it is in the organisation
    #[arg(long, value_name = "ROLE", default_value = "team_member", value_parser = role::parser())]
    pub role: Role,
    /// Make a password instead of asking for one
    #[arg(long)]
    pub generate: bool,
}

/// Whose password to change.
#[derive(Debug, Args)]
pub struct UserPassword {
    /// The address of the account
    pub email: String,
    /// Make a password instead of asking for one
    #[arg(long)]
    pub generate: bool,
}

/// What to do with the cache.
#[derive(Debug, Subcommand)]
pub enum CacheVerb {
    /// Show how often the cache had what was asked for since the server started, and why not where it hadn't
    ///
    /// A server on the embedded store is asked through its data directory, any other through its /metrics.
    Stats(CacheStats),
    /// Show what stands under a key or tag: its state, version, age, time left, size, and what it is; never its content
    Inspect {
        /// `task:ID`, `task:project=ID` (a tag), `task:list:HASH` or `api:HASH`, as X-Cache-Explain shows them
        key: String,
    },
    /// Show for how long the answers to a document may be kept, and which fields allow no longer; needs no database
    Explain {
        /// The GraphQL document
        file: PathBuf,
    },
    /// Have what is cached read from the store anew
    Purge(CachePurge),
}

/// Which server to ask.
#[derive(Debug, Args)]
pub struct CacheStats {
    /// Where a server that isn't on the embedded store answers [default: http:// and the configured `listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// What to purge.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct CachePurge {
    /// What bears this tag: `task:ID` is one task, `task:project=ID` the lists and counts of a project's tasks
    #[arg(long, value_name = "TAG")]
    pub tag: Option<String>,
    /// What was made of this type, like Task; the cache has no list of it, so everything is purged
    #[arg(long = "type", value_name = "TYPE")]
    pub kind: Option<String>,
    /// Everything
    #[arg(long)]
    pub all: bool,
}

/// What to copy.
#[derive(Debug, Args)]
pub struct CopyOptions {
    /// The store to read
    #[arg(long, value_name = "STORE")]
    pub from: String,
    /// The store to fill
    #[arg(long, value_name = "STORE")]
    pub to: String,
}

/// What to import.
#[derive(Debug, Args)]
pub struct ImportOptions {
    /// The file that kanvaro export has written
    #[arg(required_unless_present = "from_app")]
    pub file: Option<PathBuf>,
    /// The MongoDB database of the existing app, mongodb://host/database, instead of a file
    ///
    /// It is only read. What is in the store already stays as it is, so the same again changes nothing. Every user
    /// needs a new password afterwards.
    #[arg(long, value_name = "URL", conflicts_with_all = ["file", "to"])]
    pub from_app: Option<String>,
    /// Which store: sqlite:DIRECTORY or a mongodb:// URL [default: the configured one]
    #[arg(long, value_name = "STORE")]
    pub to: Option<String>,
}

/// What to ask of which server.
#[derive(Debug, Args)]
pub struct ProbeOptions {
    /// Ask whether it can serve requests, which needs the store, not only whether it is there
    #[arg(long)]
    pub ready: bool,
    /// Where it answers [default: http:// and the configured `listen`]
    #[arg(long, value_name = "URL")]
    pub url: Option<String>,
}

/// What to do with pictures and files.
#[derive(Debug, Subcommand)]
pub enum AssetsVerb {
    /// Take away the files that nobody refers to and that are older than a day, and those of uploads that nobody completed in time
    ///
    /// The server does the same by itself, every `assets_sweep_hours`.
    Sweep {
        /// Only tell what would be taken away
        #[arg(long)]
        dry_run: bool,
    },
}

/// What to do with the CDN.
#[derive(Debug, Subcommand)]
pub enum CdnVerb {
    /// Print the CloudFront distribution that suits the configuration, as JSON that AWS's programs take
    ///
    /// Where an id of a policy belongs its name stands: CloudFront gives ids out when the policies are created.
    Config(CdnConfig),
    /// Have the CDN forget what it keeps
    ///
    /// Goes through the queue, so nothing is lost if the CDN can't be reached now.
    Purge(CdnPurge),
}

/// What the distribution stands before.
#[derive(Debug, Args)]
pub struct CdnConfig {
    /// The host under which CloudFront reaches this server, like api.example.com
    #[arg(long, value_name = "HOST")]
    pub origin: String,
}

/// What to purge at the CDN.
#[derive(Debug, Args)]
#[group(required = true, multiple = true)]
pub struct CdnPurge {
    /// Paths like /static/logo.svg, or with * at the end all that begin so
    #[arg(value_name = "PATH")]
    pub paths: Vec<String>,
    /// What bears these tags, as `Cache-Tag` shows them: `api` is every answer of the API
    #[arg(long = "tag", value_name = "TAG")]
    pub tags: Vec<String>,
    /// Everything
    #[arg(long, conflicts_with_all = ["paths", "tags"])]
    pub all: bool,
}

/// What to do with the configuration.
#[derive(Debug, Subcommand)]
pub enum ConfigVerb {
    /// Print every setting with its meaning, its value (secrets hidden) and where that comes from
    Print,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn without_a_command_it_serves() {
        assert!(Arguments::parse_from(["kanvaro"]).verb.is_none());
    }
}
