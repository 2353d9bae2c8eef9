//! How somebody wants things shown. Only they see it, and nothing that the server decides depends on it.

use async_graphql::Enum;
use serde::{Deserialize, Serialize};

use super::Embedded;
use super::declare::declare;

/// The colours of the pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// Dark on light.
    Light,
    /// Light on dark.
    Dark,
    /// As the device has it.
    #[default]
    System,
}

/// How a date is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
pub enum DateFormat {
    /// Month, day, year: `12/31/2026`.
    #[default]
    #[serde(rename = "MM/DD/YYYY")]
    MdySlash,
    /// Day, month, year: `31/12/2026`.
    #[serde(rename = "DD/MM/YYYY")]
    DmySlash,
    /// Day, month, year: `31.12.2026`.
    #[serde(rename = "DD.MM.YYYY")]
    DmyDot,
    /// Year, month, day, as in ISO 8601: `2026-12-31`.
    #[serde(rename = "YYYY-MM-DD")]
    YmdDash,
}

/// How a time of day is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, Enum)]
pub enum TimeFormat {
    /// `11:30 pm`.
    #[default]
    #[graphql(name = "HOURS_12")]
    #[serde(rename = "12h")]
    Hours12,
    /// `23:30`.
    #[graphql(name = "HOURS_24")]
    #[serde(rename = "24h")]
    Hours24,
}

declare! {
    /// How somebody wants things shown.
    #[serde(rename_all = "camelCase", default)]
    #[derive(Default, Eq)]
    pub struct Preferences {
        /// The colours of the pages; `SYSTEM` unless chosen otherwise.
        theme: Theme => scalar,
        /// Whether the sidebar is folded; it isn't unless chosen otherwise.
        sidebar_collapsed: bool => scalar,
        /// How dates are written; `MDY_SLASH` unless chosen otherwise.
        date_format: DateFormat => scalar,
        /// How times of day are written; `HOURS_12` unless chosen otherwise.
        time_format: TimeFormat => scalar,
    }
}

impl Embedded for Preferences {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_stored_is_as_it_is_for_everybody() {
        let stored = r#"{ "theme": "dark", "notifications": { "email": true } }"#;
        let read: Preferences = serde_json::from_str(stored).unwrap();
        let expected = Preferences {
            theme: Theme::Dark,
            ..Preferences::default()
        };
        assert_eq!(read, expected);
    }

    #[test]
    fn they_are_stored_in_the_words_of_the_pages() {
        let stored = serde_json::to_string(&Preferences::default()).unwrap();
        let expected = r#"{"theme":"system","sidebarCollapsed":false,"dateFormat":"MM/DD/YYYY","timeFormat":"12h"}"#;
        assert_eq!(stored, expected);
    }
}
