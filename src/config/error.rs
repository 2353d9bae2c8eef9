//! What can be wrong with the configuration, said so that the person can mend it.

use std::fmt;
use std::path::PathBuf;

/// Why the configuration was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ConfigError {
    /// The file can't be read.
    #[error("can't read the configuration file {}: {reason}", .path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        reason: String,
    },
    /// The file isn't TOML.
    #[error("{} line {line}: {message}", .path.display())]
    Syntax {
        /// Which.
        path: PathBuf,
        /// Where in it.
        line: usize,
        /// What is wrong there.
        message: String,
    },
    /// There is no such key.
    #[error("{origin}: there is no setting {name}{}", meant(.nearest.as_deref()))]
    Unknown {
        /// As it stands there.
        name: String,
        /// Where it stands.
        origin: Origin,
        /// What it may have been meant to be.
        nearest: Option<String>,
    },
    /// The value can't be what it is.
    #[error("{key} is {value} ({origin}); expected: {expected}")]
    Wrong {
        /// Which key.
        key: &'static str,
        /// What it is, with secrets hidden.
        value: String,
        /// What it could be.
        expected: String,
        /// Where it stands.
        origin: Origin,
    },
}

/// Where a value comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Origin {
    /// Nobody has set it.
    #[default]
    Default,
    /// This file.
    File(PathBuf),
    /// This environment variable.
    Variable(String),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Origin::Default => f.write_str("default"),
            Origin::File(path) => write!(f, "file {}", path.display()),
            Origin::Variable(name) => write!(f, "environment variable {name}"),
        }
    }
}

fn meant(nearest: Option<&str>) -> String {
    nearest.map_or_else(
        || "; `kanvaro config print` shows all".into(),
        |nearest| format!("; did you mean {nearest}?"),
    )
}
