//! A person as colleagues see them: never with what they sign in by.

use std::sync::Arc;

use async_graphql::{Context, ID, Object};

use crate::model::{Kind, Role, Timestamp, User};

use super::super::cache_control::{Kept, KeptBriefly};
use super::super::scalar::global_id;
use super::{Nullable, OrganizationObject, one};

/// A member of an organisation.
#[derive(Clone)]
pub struct UserObject(pub Arc<User>);

/// A member of an organisation.
#[Object(name = "User", directive = Kept::apply(Kind::User))]
impl UserObject {
    /// The global id.
    pub async fn id(&self) -> ID {
        global_id(Kind::User, self.0.id)
    }

    /// The given name.
    async fn first_name(&self) -> &str {
        &self.0.first_name
    }

    /// The family name.
    async fn last_name(&self) -> &str {
        &self.0.last_name
    }

    /// Given and family name, as to be shown.
    async fn full_name(&self) -> String {
        let User {
            first_name, last_name, ..
        } = &*self.0;
        format!("{first_name} {last_name}").trim().to_owned()
    }

    /// The address that they sign in with, in lower case.
    async fn email(&self) -> &str {
        &self.0.email
    }

    /// What they are in the organisation; decides what they may.
    async fn role(&self) -> Role {
        self.0.role
    }

    /// Whether they may sign in.
    async fn is_active(&self) -> bool {
        self.0.is_active
    }

    /// The IANA name of their time zone, like `Europe/Berlin`.
    async fn timezone(&self) -> &str {
        &self.0.timezone
    }

    /// The BCP 47 tag of their language, like `en`.
    async fn language(&self) -> &str {
        &self.0.language
    }

    /// The ISO 4217 code of the currency they prefer, like `EUR`.
    async fn currency(&self) -> &str {
        &self.0.currency
    }

    /// When they last signed in; null if they never have.
    #[graphql(directive = KeptBriefly::apply(60))]
    async fn last_login_at(&self) -> Option<Timestamp> {
        self.0.last_login_at
    }

    /// The organisation they are a member of.
    async fn organization(&self, ctx: &Context<'_>) -> Nullable<OrganizationObject> {
        one(ctx, Some(self.0.organization)).await
    }

    /// How often the record has been written; grows by one with each change.
    async fn version(&self) -> i64 {
        self.0.version
    }

    /// When they joined.
    async fn created_at(&self) -> Timestamp {
        self.0.created_at
    }

    /// When the record was last changed.
    async fn updated_at(&self) -> Timestamp {
        self.0.updated_at
    }
}
