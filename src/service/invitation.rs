//! Asking people to join the organisation. Nobody is made more than whoever asks them; and who asks doesn't learn whether an
//! address has an account elsewhere.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    AnyEntity, Change, Filter, Id, Invitation, Kind, Organization, Permission, Role, Session, Topic, User, Value,
    Viewer, permission,
};
use crate::store::StoreError;

use super::check::Check;
use super::one_time::OneTimeToken;
use super::{FieldError, NewUser, Origin, Password, ServiceError, Services, Token, UserErrorCode as Code};

/// How long an invitation may be accepted.
pub(super) const LIFE: Duration = Duration::from_secs(7 * 86_400);
/// How many invitations of one address are replaced or end together.
const AT_ONCE: u32 = 100;

/// Who accepts an invitation, and what they want to sign in with.
#[derive(Clone, Debug)]
pub struct Acceptance {
    /// Given name.
    pub first_name: String,
    /// Family name.
    pub last_name: String,
    /// What they will sign in with.
    pub password: Password,
}

impl Services {
    /// Asks somebody to join; an earlier invitation of the same address ends.
    pub async fn invite_user(&self, viewer: &Viewer, email: &str, role: Role) -> Result<Arc<Invitation>, ServiceError> {
        if !viewer.has(Permission::UserInvite) {
            return Err(ServiceError::Forbidden(Permission::UserInvite));
        }
        let mut check = Check::default();
        let email = check.email("email", email);
        if let Some(beyond) = permission::beyond(role.permissions(), viewer.permissions()) {
            let message = format!(
                "may what you may not: {}; give a role within your own rights",
                beyond.name()
            );
            check.fail("role", Code::OutOfRange, message);
        }
        let there = self.user_by_email(&email).await?;
        let colleague = there.filter(|user| user.organization == viewer.organization());
        match colleague {
            Some(user) if user.id == viewer.user() => check.fail("email", Code::Taken, "is your own address"),
            Some(_) => check.fail("email", Code::Taken, "is the address of a member of the organisation"),
            None => {}
        }
        check.done()?;
        self.throttle.invitation(viewer.user(), self.now()).await?;
        self.retried(|| self.put_invitation(viewer, &email, role)).await
    }

    /// Takes an invitation back. Who may not invite sees none.
    pub async fn cancel_invitation(&self, viewer: &Viewer, id: Id) -> Result<Id, ServiceError> {
        self.retried(|| async {
            let invitation: Option<Arc<Invitation>> = self.store.get(id).await?;
            let is_seen = |invitation: &Arc<Invitation>| {
                invitation.organization == viewer.organization() && viewer.has(Permission::UserInvite)
            };
            let invitation = invitation
                .filter(is_seen)
                .ok_or(ServiceError::NotFound(Kind::Invitation))?;
            self.store.remove(&invitation).await?;
            Ok(id)
        })
        .await
    }

    /// Makes the account that somebody was asked to have, and signs them in.
    pub async fn accept_invitation(
        &self,
        token: &str,
        acceptance: &Acceptance,
        origin: &Origin,
    ) -> Result<(Token, Arc<User>, Arc<Session>), ServiceError> {
        let attempt = self.throttle.token(origin, self.now()).await?;
        let token = OneTimeToken::parse(token).ok_or_else(spent)?;
        let (invitation, home) = self.invitation_of(&token).await?.ok_or_else(spent)?;
        attempt.succeeded().await;
        let new = NewUser {
            first_name: acceptance.first_name.clone(),
            last_name: acceptance.last_name.clone(),
            email: invitation.email.clone(),
            role: invitation.role,
            password: acceptance.password.clone(),
        };
        let user = self.user(&home, &new, Check::default()).await?;
        let user = self.retried(|| self.put_member(&token, user.clone())).await?;
        let (token, session) = self.begin_session(&user, &origin.user_agent).await?;
        Ok((token, user, session))
    }

    async fn put_invitation(&self, viewer: &Viewer, email: &str, role: Role) -> Result<Arc<Invitation>, ServiceError> {
        let now = self.now();
        let invitation = Invitation {
            id: Id::generate(now),
            organization: viewer.organization(),
            version: 0,
            email: email.to_owned(),
            role,
            invited_by: viewer.user(),
            token_hashes: Vec::new(),
            expires_at: now.plus(LIFE),
            created_at: now,
            updated_at: now,
        };
        let mut changes = self.invitations_of(viewer.organization(), email).await?;
        changes.push(self.mail_about(
            Topic::Invitation,
            invitation.id,
            invitation.organization,
            invitation.expires_at,
        ));
        let (change, invitation) = self.store.inserting(invitation);
        changes.push(change);
        self.store.write(changes).await?;
        self.post.wake();
        Ok(invitation)
    }

    /// Writes the new member over all invitations of their address.
    async fn put_member(&self, token: &OneTimeToken, user: User) -> Result<Arc<User>, ServiceError> {
        let (invitation, _) = self.invitation_of(token).await?.ok_or_else(spent)?;
        let mut changes = self.invitations_of(invitation.organization, &invitation.email).await?;
        let (change, user) = self.store.inserting(user);
        changes.push(change);
        match self.store.write(changes).await {
            Ok(()) => Ok(user),
            Err(StoreError::Duplicate { .. }) => {
                let message = "its address has an account already: sign in with that, or ask for an invitation to another address";
                Err(FieldError::new("token", Code::Taken, message).into())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// The end of all invitations of this address.
    async fn invitations_of(&self, organization: Id, email: &str) -> Result<Vec<Change>, ServiceError> {
        let of_address = Filter::All(vec![
            Filter::Eq("organization", Value::Id(organization)),
            Filter::Eq("email", Value::Text(email.to_owned())),
        ]);
        let ids = self.store.ids(Kind::Invitation, &of_address, AT_ONCE).await?;
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let found: Vec<AnyEntity> = self.store.get_many(Kind::Invitation, &ids).await?;
        Ok(found.into_iter().map(Change::Remove).collect())
    }

    /// The invitation of this token and to where, if it may still be accepted: whoever asked may still ask for as much.
    async fn invitation_of(
        &self,
        token: &OneTimeToken,
    ) -> Result<Option<(Arc<Invitation>, Arc<Organization>)>, ServiceError> {
        let invitation: Option<Arc<Invitation>> = self.store.get(token.subject).await?;
        let lives = |invitation: &Arc<Invitation>| {
            self.now() < invitation.expires_at && token.is_among(&invitation.token_hashes)
        };
        let Some(invitation) = invitation.filter(lives) else {
            return Ok(None);
        };
        let inviter: Option<Arc<User>> = self.store.get(invitation.invited_by).await?;
        let is_member = |user: &Arc<User>| user.is_active && user.organization == invitation.organization;
        let Some(inviter) = inviter.filter(is_member) else {
            return Ok(None);
        };
        let rights = self.rights_of(&inviter).await?;
        let beyond = permission::beyond(invitation.role.permissions(), rights);
        if !rights.has(Permission::UserInvite) || beyond.is_some() {
            return Ok(None);
        }
        let home: Option<Arc<Organization>> = self.store.get(invitation.organization).await?;
        Ok(home.map(|home| (invitation, home)))
    }
}

fn spent() -> ServiceError {
    FieldError::new(
        "token",
        Code::Invalid,
        "is not valid, or not any more: ask for another invitation",
    )
    .into()
}
