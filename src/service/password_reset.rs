//! A new password for who has forgotten theirs. Whoever asks for one is answered alike and after the same work, whether
//! the address is anybody's or not.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Change, Filter, Id, Kind, PasswordReset, Topic, User, Value};

use super::check::Check;
use super::one_time::OneTimeToken;
use super::{Origin, Password, ServiceError, Services, UserErrorCode as Code};

/// How long a request may be used.
pub(super) const LIFE: Duration = Duration::from_secs(30 * 60);
/// How many of a person's requests end with one of them.
const AT_ONCE: u32 = 100;

impl Services {
    /// Sends a mail with which a new password can be chosen, if the address is that of somebody who may sign in.
    pub async fn request_password_reset(&self, email: &str, origin: &Origin) -> Result<(), ServiceError> {
        let mut check = Check::default();
        let email = check.email("email", email);
        check.done()?;
        let now = self.now();
        self.throttle.letter(&email, origin, now).await?;
        let user = self.user_by_email(&email).await?.filter(|user| user.is_active);
        let reset = PasswordReset {
            id: Id::generate(now),
            // One for an address that nobody has goes its way too; the mail is dropped before it is sent.
            organization: user
                .as_ref()
                .map_or_else(|| Id::generate(now), |user| user.organization),
            version: 0,
            user_id: user.map(|user| user.id),
            token_hashes: Vec::new(),
            expires_at: now.plus(LIFE),
            created_at: now,
            updated_at: now,
        };
        let mail = self.mail_about(Topic::PasswordReset, reset.id, reset.organization, reset.expires_at);
        let (asked, _) = self.store.inserting(reset);
        self.store.write(vec![asked, mail]).await?;
        self.post.wake();
        Ok(())
    }

    /// Gives the person of this token a new password, and ends all their sessions. The token is spent, and all others
    /// that they were sent.
    pub async fn reset_password(
        &self,
        token: &str,
        new: &Password,
        origin: &Origin,
    ) -> Result<Arc<User>, ServiceError> {
        let attempt = self.throttle.token(origin, self.now()).await?;
        let mut check = Check::default();
        check.password("newPassword", new);
        let token = OneTimeToken::parse(token);
        let known = match &token {
            Some(token) => self.reset_of(token).await?,
            None => None,
        };
        match known {
            Some(_) => attempt.succeeded().await,
            None => check.fail("token", Code::Invalid, SPENT),
        }
        check.done()?;
        let token = token.ok_or_else(spent)?;
        let hash = self.hasher.hash(new).await?;
        let user = self.retried(|| self.put_reset_password(&token, &hash)).await?;
        // Sign-ins with the former password that slipped in between.
        self.end_sessions(user.id, None).await?;
        self.throttle.start_anew(&user.email).await;
        Ok(user)
    }

    async fn put_reset_password(&self, token: &OneTimeToken, hash: &str) -> Result<Arc<User>, ServiceError> {
        let Some((reset, user)) = self.reset_of(token).await? else {
            return Err(spent());
        };
        let mut after = User::clone(&user);
        hash.clone_into(&mut after.password_hash);
        let (change, after) = self.store.updating(&user, after);
        let mut changes = vec![change, Change::Remove(PasswordReset::clone(&reset).into())];
        changes.extend(self.other_resets(user.id, reset.id).await?);
        changes.extend(self.sessions_of(user.id, None).await?);
        self.store.write(changes).await?;
        Ok(after)
    }

    /// What was asked for with this token, and by whom, if it may still be used.
    async fn reset_of(&self, token: &OneTimeToken) -> Result<Option<(Arc<PasswordReset>, Arc<User>)>, ServiceError> {
        let reset: Option<Arc<PasswordReset>> = self.store.get(token.subject).await?;
        let lives = |reset: &Arc<PasswordReset>| self.now() < reset.expires_at && token.is_among(&reset.token_hashes);
        let found = reset.filter(lives);
        let Some((user, reset)) = found.and_then(|reset| Some((reset.user_id?, reset))) else {
            return Ok(None);
        };
        let user: Option<Arc<User>> = self.store.get(user).await?;
        Ok(user.filter(|user| user.is_active).map(|user| (reset, user)))
    }

    async fn other_resets(&self, user: Id, used: Id) -> Result<Vec<Change>, ServiceError> {
        let of_user = Filter::Eq("userId", Value::Id(user));
        let mut ids = self.store.ids(Kind::PasswordReset, &of_user, AT_ONCE).await?;
        ids.retain(|id| *id != used);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let others = self.store.get_many(Kind::PasswordReset, &ids).await?;
        Ok(others.into_iter().map(Change::Remove).collect())
    }
}

fn spent() -> ServiceError {
    super::FieldError::new("token", Code::Invalid, SPENT).into()
}

const SPENT: &str = "is not valid, or not any more: ask for another mail";
