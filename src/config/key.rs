//! What is known of one key besides its value.

use super::Config;
use super::setting::Input;

/// A line of the list in `settings.rs`.
pub(super) struct Key {
    /// As it stands in the file.
    pub name: &'static str,
    /// What it means, line by line.
    pub doc: &'static [&'static str],
    /// Takes a value, or says what is expected.
    pub set: fn(&mut Config, Input<'_>) -> Result<(), String>,
    /// The value with secrets hidden; `None` when it is unset.
    pub show: fn(&Config) -> Option<toml::Value>,
}

impl Key {
    /// The environment variable of the same meaning.
    pub fn variable(&self) -> String {
        format!("KANVARO_{}", self.name.to_uppercase())
    }

    /// Whether its values may hold a password.
    pub fn is_secret(&self) -> bool {
        matches!(self.name, "database" | "cache" | "assets_secret" | "mail")
    }
}
