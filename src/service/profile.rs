//! What people change of their own record.

use std::sync::Arc;

use crate::model::{User, Viewer};

use super::check::{Check, Patch};
use super::{ServiceError, Services};

/// Changes of the own record.
#[derive(Clone, Debug, Default)]
pub struct ProfileFields {
    /// Given name.
    pub first_name: Patch<String>,
    /// Family name.
    pub last_name: Patch<String>,
    /// IANA name of the time zone.
    pub timezone: Patch<String>,
    /// BCP 47 tag of the language.
    pub language: Patch<String>,
    /// ISO 4217 code of the currency.
    pub currency: Patch<String>,
}

impl ProfileFields {
    fn apply(&self, user: &mut User, check: &mut Check) {
        if let Some(name) = check.filled("firstName", &self.first_name) {
            user.first_name = check.line("firstName", name, 100);
        }
        if let Some(name) = check.filled("lastName", &self.last_name) {
            user.last_name = check.line("lastName", name, 100);
        }
        if let Some(name) = check.filled("timezone", &self.timezone) {
            user.timezone = check.timezone("timezone", name);
        }
        if let Some(tag) = check.filled("language", &self.language) {
            user.language = check.language("language", tag);
        }
        if let Some(code) = check.filled("currency", &self.currency) {
            user.currency = check.currency("currency", code);
        }
        user.refresh();
    }
}

impl Services {
    /// Changes the viewer's own record.
    pub async fn update_profile(&self, viewer: &Viewer, fields: &ProfileFields) -> Result<Arc<User>, ServiceError> {
        self.retried(|| async {
            let before = self.me(viewer).await?;
            let (mut after, mut check) = (User::clone(&before), Check::default());
            fields.apply(&mut after, &mut check);
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }
}
