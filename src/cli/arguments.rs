//! What can be written on the command line; the texts here are the help.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use super::demo::DemoPlan;
use super::role;
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
    /// What to do.
    #[command(subcommand)]
    pub verb: Option<Verb>,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Serve the API until SIGTERM or Ctrl-C (what happens without a command)
    Serve,
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
    /// The configuration
    #[command(subcommand)]
    Config(ConfigVerb),
}

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub enum SchemaVerb {
    /// Print the schema in GraphQL's schema language; needs no database
    Print,
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
