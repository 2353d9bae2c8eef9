//! What can be asked of schemas on the command line; the texts here are the help.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// What to do with the schema.
#[derive(Debug, Subcommand)]
pub enum SchemaVerb {
    /// Print the schema in GraphQL's schema language, sorted; needs no database
    Print,
    /// Show what changed from one schema to another, and what that does to clients
    ///
    /// Exits with 0 when nothing breaks, 1 when something does, 2 when a schema can't be read.
    Diff(SchemaDiff),
    /// Check this program's schema: against its file, or with --against for what it would break
    ///
    /// Without --against the file has to be what `kanvaro schema print` prints. Exits with 0 when all is well, 1 when
    /// something breaks or the file is old, 2 when a schema can't be read.
    Check(SchemaCheck),
}

/// Which schemas to compare.
#[derive(Debug, Args)]
pub struct SchemaDiff {
    /// What was: a file, a running server's http(s):// address, or a git ref, of which the file --file is taken
    pub old: String,
    /// What is: likewise
    pub new: String,
    /// How.
    #[command(flatten)]
    pub how: Comparison,
}

/// What to check the schema against.
#[derive(Debug, Args)]
pub struct SchemaCheck {
    /// What clients know: a git ref (of which the file --file is taken), a file, or a running server's http(s):// address
    #[arg(long, value_name = "REF|FILE|URL")]
    pub against: Option<String>,
    /// How.
    #[command(flatten)]
    pub how: Comparison,
}

/// How to compare and what to do with the result.
#[derive(Debug, Args)]
pub struct Comparison {
    /// Where the schema lies in the repository
    #[arg(long, value_name = "PATH", default_value = "schema/schema.graphql")]
    pub file: String,
    /// Operations that clients send: .graphql files, or .json manifests of persisted queries (Apollo's or Relay's)
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    pub operations: Vec<String>,
    /// Count what breaks, but is used by none of --operations, as dangerous only
    #[arg(long, requires = "operations")]
    pub allow_unused: bool,
    /// A change that is meant, and why: 'FIELD_REMOVED:Task.title moved to Task.name'; * stands for anything
    #[arg(long, value_name = "CHANGE:PATH REASON")]
    pub ignore: Vec<String>,
    /// A file of such entries, one a line; # begins a comment
    #[arg(long, value_name = "FILE")]
    pub ignore_file: Vec<PathBuf>,
    /// From which severity on to exit with 1
    #[arg(long, value_enum, value_name = "SEVERITY", default_value_t = FailOn::Breaking)]
    pub fail_on: FailOn,
    /// How to show it
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Format::Text)]
    pub format: Format,
    /// Leave out changes that are safe
    #[arg(long)]
    pub hide_safe: bool,
    /// A header to ask a running server with, like 'authorization: Bearer …'
    #[arg(long, value_name = "NAME: VALUE")]
    pub header: Vec<String>,
}

/// From which severity on it fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOn {
    /// What worked stops working
    Breaking,
    /// What worked may behave differently
    Dangerous,
}

/// How the result is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// A line each, in colours on a terminal
    Text,
    /// One object
    Json,
    /// A table, for a comment on a pull request
    Markdown,
    /// Annotations of GitHub Actions
    Github,
}
