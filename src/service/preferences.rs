//! How somebody wants things shown: changed by themselves alone.

use std::sync::Arc;

use crate::model::{DateFormat, Preferences, Theme, TimeFormat, User, Viewer};

use super::check::{Check, Patch};
use super::{ServiceError, Services};

/// Changes of the own preferences.
#[derive(Clone, Copy, Debug, Default)]
pub struct PreferencesFields {
    /// The colours of the pages.
    pub theme: Patch<Theme>,
    /// Whether the sidebar is folded.
    pub sidebar_collapsed: Patch<bool>,
    /// How dates are written.
    pub date_format: Patch<DateFormat>,
    /// How times of day are written.
    pub time_format: Patch<TimeFormat>,
}

impl PreferencesFields {
    fn apply(&self, to: &mut Preferences, check: &mut Check) {
        if let Some(theme) = check.filled("theme", &self.theme) {
            to.theme = *theme;
        }
        if let Some(collapsed) = check.filled("sidebarCollapsed", &self.sidebar_collapsed) {
            to.sidebar_collapsed = *collapsed;
        }
        if let Some(format) = check.filled("dateFormat", &self.date_format) {
            to.date_format = *format;
        }
        if let Some(format) = check.filled("timeFormat", &self.time_format) {
            to.time_format = *format;
        }
    }
}

impl Services {
    /// Changes how the viewer wants things shown.
    pub async fn update_preferences(
        &self,
        viewer: &Viewer,
        fields: &PreferencesFields,
    ) -> Result<Arc<User>, ServiceError> {
        self.retried(|| async {
            let before = self.me(viewer).await?;
            let (mut after, mut check) = (User::clone(&before), Check::default());
            fields.apply(&mut after.preferences, &mut check);
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }
}
