//! How users of the app wanted things shown, in its own words; what it has no word for here is as it is for everybody.

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::fields::Fields;
use super::report::Report;
use crate::model::{DateFormat, Kind, Preferences, Theme, TimeFormat};

const KIND: Kind = Kind::User;

/// The preferences of a user as ours.
pub fn preferences(user: Fields<'_>, report: &mut Report) -> Preferences {
    let Some(written) = user.below("preferences") else {
        return Preferences::default();
    };
    if written.has("notifications") {
        report.left_out(KIND, "preferences.notifications");
    }
    Preferences {
        theme: known::<Theme>(written, "theme", report),
        sidebar_collapsed: written.flag("sidebarCollapsed").unwrap_or_default(),
        date_format: known::<DateFormat>(written, "dateFormat", report),
        time_format: known::<TimeFormat>(written, "timeFormat", report),
    }
}

fn known<T: DeserializeOwned + Default>(written: Fields<'_>, field: &str, report: &mut Report) -> T {
    let Some(word) = written.text(field) else {
        return T::default();
    };
    let value: Value = json!(word);
    serde_json::from_value(value).unwrap_or_else(|_| {
        report.defaulted(KIND, format!("preferences.{field} {word:?} is as it is for everybody"));
        T::default()
    })
}
