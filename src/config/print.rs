//! The effective configuration as a file that could be `kanvaro.toml`, secrets hidden.

use std::fmt::Write;

use super::Resolved;
use super::settings::KEYS;

impl Resolved {
    /// Every key with its meaning, its value and where that comes from.
    pub fn print(&self) -> String {
        let mut text = String::new();
        for key in KEYS {
            for line in key.doc {
                writeln!(text, "#{line}").expect("text takes text");
            }
            let origin = self.origins.get(key.name).cloned().unwrap_or_default();
            let line = match (key.show)(&self.config) {
                Some(value) => format!("{} = {value}  # {origin}", key.name),
                None => format!("# {} is unset  # {origin}", key.name),
            };
            writeln!(text, "{line}\n").expect("text takes text");
        }
        text.truncate(text.trim_end().len());
        text
    }
}
