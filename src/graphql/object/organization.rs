//! The organisation as clients see it.

use std::sync::Arc;

use async_graphql::{ID, Object};

use crate::model::{Kind, Organization, Timestamp};

use super::super::cache_control::Kept;
use super::super::scalar::global_id;

/// A customer of the product: every person, project and task belongs to one, and none sees another's.
#[derive(Clone)]
pub struct OrganizationObject(pub Arc<Organization>);

/// A customer of the product: every person, project and task belongs to one, and none sees another's.
#[Object(name = "Organization", directive = Kept::apply(Kind::Organization))]
impl OrganizationObject {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(Kind::Organization, self.0.id)
    }

    /// What it is called.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its internet domain, like `example.com`.
    async fn domain(&self) -> Option<&str> {
        self.0.domain.as_deref()
    }

    /// The IANA name of its time zone, like `Europe/Berlin`.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// The ISO 4217 code of its currency, like `EUR`.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// The BCP 47 tag of its language, like `en`.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// How often it has been written; grows by one with each change.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When it was made.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When it was last changed.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }
}
