//! What an organisation says of itself.

use std::sync::Arc;

use crate::model::{Kind, Organization, Permission, Viewer};

use super::access::expect;
use super::check::{Check, Patch};
use super::custom_role::needs;
use super::{ServiceError, Services};

/// Changes of an organisation.
#[derive(Clone, Debug, Default)]
pub struct OrganizationFields {
    /// What it is called.
    pub name: Patch<String>,
    /// Its internet domain.
    pub domain: Patch<String>,
    /// IANA name of its time zone.
    pub timezone: Patch<String>,
    /// ISO 4217 code of its currency.
    pub currency: Patch<String>,
    /// BCP 47 tag of its language.
    pub language: Patch<String>,
}

impl OrganizationFields {
    fn apply(&self, organization: &mut Organization, check: &mut Check) {
        if let Some(name) = check.filled("name", &self.name) {
            organization.name = check.line("name", name, 200);
        }
        if let Some(domain) = &self.domain {
            organization.domain = domain.as_ref().map(|name| check.domain("domain", name));
        }
        if let Some(name) = check.filled("timezone", &self.timezone) {
            organization.timezone = check.timezone("timezone", name);
        }
        if let Some(code) = check.filled("currency", &self.currency) {
            organization.currency = check.currency("currency", code);
        }
        if let Some(tag) = check.filled("language", &self.language) {
            organization.language = check.language("language", tag);
        }
    }
}

impl Services {
    /// Changes the viewer's organisation.
    pub async fn update_organization(
        &self,
        viewer: &Viewer,
        fields: &OrganizationFields,
        expected: Option<i64>,
    ) -> Result<Arc<Organization>, ServiceError> {
        needs(viewer, Permission::OrganizationUpdate)?;
        self.retried(|| async {
            let before: Option<Arc<Organization>> = self.store.get(viewer.organization()).await?;
            let before = before.ok_or(ServiceError::NotFound(Kind::Organization))?;
            expect(&before, expected)?;
            let (mut after, mut check) = (Organization::clone(&before), Check::default());
            fields.apply(&mut after, &mut check);
            check.done()?;
            self.save(&before, after).await
        })
        .await
    }
}
