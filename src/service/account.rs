//! Organisations and accounts, as whoever runs the server makes them: these verbs ask no viewer,
//! and no mutation leads here.

use std::sync::Arc;

use crate::model::{Filter, Id, Kind, Organization, Preferences, Role, User};
use crate::store::StoreError;

use super::check::Check;
use super::{FieldError, Password, ServiceError, Services, UserErrorCode as Code};

/// An account to make.
#[derive(Clone, Debug)]
pub struct NewUser {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// Address; unique in the whole store.
    pub email: String,
    /// What they are in the organisation.
    pub role: Role,
    /// What they sign in with.
    pub password: Password,
}

/// An organisation to make.
#[derive(Clone, Debug)]
pub struct NewOrganization {
    /// What it is called.
    pub name: String,
    /// IANA name of its time zone.
    pub timezone: String,
    /// ISO 4217 code of its currency.
    pub currency: String,
    /// BCP 47 tag of its language.
    pub language: String,
}

impl NewOrganization {
    /// One of this name, with the product's defaults.
    pub fn named(name: impl Into<String>) -> NewOrganization {
        NewOrganization {
            name: name.into(),
            timezone: "UTC".into(),
            currency: "USD".into(),
            language: "en".into(),
        }
    }
}

impl Services {
    /// Whether the store holds no organisation yet.
    pub async fn is_empty(&self) -> Result<bool, ServiceError> {
        let any = self.store.ids(Kind::Organization, &Filter::everything(), 1).await?;
        Ok(any.is_empty())
    }

    /// The hash of a password, as accounts hold it.
    pub async fn hash_password(&self, password: &Password) -> Result<String, ServiceError> {
        self.hasher.hash(password).await
    }

    /// Makes an organisation and its first administrator, both or neither.
    pub async fn create_organization_with_admin(
        &self,
        organization: NewOrganization,
        admin: NewUser,
    ) -> Result<(Arc<Organization>, Arc<User>), ServiceError> {
        let mut check = Check::default();
        let organization = self.organization(&organization, &mut check);
        let admin = NewUser {
            role: Role::Admin,
            ..admin
        };
        let user = self.user(&organization, &admin, check).await?;
        let (first, organization) = self.store.inserting(organization);
        let (second, user) = self.store.inserting(user);
        self.store.write(vec![first, second]).await.map_err(taken)?;
        Ok((organization, user))
    }

    /// Makes an account in an organisation.
    pub async fn create_user(&self, organization: Id, user: &NewUser) -> Result<Arc<User>, ServiceError> {
        let found: Option<Arc<Organization>> = self.store.get(organization).await?;
        let organization = found.ok_or(ServiceError::NotFound(Kind::Organization))?;
        let user = self.user(&organization, user, Check::default()).await?;
        self.store.insert(user).await.map_err(taken)
    }

    /// Gives the account with this address a new password and ends all its sessions.
    pub async fn set_password(&self, email: &str, new: &Password) -> Result<Arc<User>, ServiceError> {
        let mut check = Check::default();
        let email = check.email("email", email);
        check.password("password", new);
        check.done()?;
        let user = self.user_by_email(&email).await?;
        let user = user.ok_or(ServiceError::NotFound(Kind::User))?;
        let hash = self.hasher.hash(new).await?;
        Ok(self.put_password(user.id, None, hash, None).await?.0)
    }

    fn organization(&self, new: &NewOrganization, check: &mut Check) -> Organization {
        let now = self.now();
        Organization {
            id: Id::generate(now),
            version: 0,
            name: check.line("organization", &new.name, 200),
            domain: None,
            timezone: check.timezone("timezone", &new.timezone),
            currency: check.currency("currency", &new.currency),
            language: check.language("language", &new.language),
            logo: None,
            created_at: now,
            updated_at: now,
        }
    }

    pub(super) async fn user(
        &self,
        home: &Organization,
        new: &NewUser,
        mut check: Check,
    ) -> Result<User, ServiceError> {
        let now = self.now();
        let mut user = User {
            id: Id::generate(now),
            organization: home.id,
            version: 0,
            first_name: check.line("firstName", &new.first_name, 100),
            last_name: check.line("lastName", &new.last_name, 100),
            email: check.email("email", &new.email),
            password_hash: String::new(),
            role: new.role,
            custom_role: None,
            is_active: true,
            timezone: home.timezone.clone(),
            language: home.language.clone(),
            currency: home.currency.clone(),
            hourly_rate: None,
            billing_rate: None,
            last_login_at: None,
            avatar: None,
            preferences: Preferences::default(),
            search_terms: Vec::new(),
            created_at: now,
            updated_at: now,
        };
        check.password("password", &new.password);
        check.done()?;
        user.password_hash = self.hasher.hash(&new.password).await?;
        user.refresh();
        Ok(user)
    }
}

fn taken(error: StoreError) -> ServiceError {
    match error {
        StoreError::Duplicate { .. } => {
            FieldError::new("email", Code::Taken, "is the address of another account").into()
        }
        other => other.into(),
    }
}
