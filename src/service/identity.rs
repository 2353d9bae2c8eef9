//! Signing in and out. Whatever is wrong with a sign-in, the answer is the same and takes the same work:
//! nobody learns here whether an account exists.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Direction, Filter, Id, Kind, Query, Session, Sort, User, Value, Viewer};
use crate::store::StoreError;

use super::check::Check;
use super::{Origin, Password, ServiceError, Services, Token, UserErrorCode as Code};

/// How exact the times of use are: the store is written this often at most.
const QUIET: Duration = Duration::from_secs(5 * 60);
/// The most characters kept of what a device calls itself.
const USER_AGENT: usize = 300;

impl Services {
    /// Signs in: a new session, and the token for it, which is shown this once. Tries are counted before they are judged.
    pub async fn login(
        &self,
        email: &str,
        password: &Password,
        origin: impl Into<Origin>,
    ) -> Result<(Token, Arc<User>, Arc<Session>), ServiceError> {
        let origin = origin.into();
        let refused = ServiceError::Unauthenticated("email or password is wrong");
        let email = login_input(email, password)?;
        let attempt = self.throttle.sign_in(&email, &origin, self.now()).await?;
        let user = self.user_by_email(&email).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let fits = self.hasher.verify(password, hash).await?;
        let Some(user) = user.filter(|user| fits && user.is_active) else {
            return Err(refused);
        };
        let (token, session) = self.begin_session(&user, &origin.user_agent).await?;
        // A password change that came between ends this session too: it may not have seen it.
        let still: Option<Arc<User>> = self.store.get(user.id).await?;
        match still.filter(|now| now.password_hash == user.password_hash && now.is_active) {
            Some(user) => {
                attempt.succeeded().await;
                let user = self.note_login(user).await;
                self.unchanged((token, user, session)).await
            }
            None => {
                self.take_back(&session).await?;
                Err(refused)
            }
        }
    }

    /// Whether the session has rested so long that `renew` is worth calling; says so once for each rest.
    pub fn is_renewal_due(&self, session: &Session) -> bool {
        let now = self.now();
        now >= session.last_seen_at.plus(QUIET) && self.renewals.claim(session.id, now, QUIET)
    }

    /// Notes that a session is used: prolongs it, at most every five minutes. Whether it did.
    ///
    /// The times are quiet: what is cached keeps those it has. Only an end that comes near is told at once.
    pub async fn renew(&self, session: &Session) -> Result<bool, ServiceError> {
        let (now, ttl) = (self.now(), self.sessions.ttl);
        let Some(session) = self.store.get::<Session>(session.id).await? else {
            return Ok(false);
        };
        if now < session.last_seen_at.plus(QUIET) {
            return Ok(false);
        }
        let mut after = Session::clone(&session);
        (after.last_seen_at, after.expires_at) = (now, now.plus(ttl));
        let written = if session.expires_at < now.plus(ttl / 2) {
            self.store.update(&session, after).await.map(drop)
        } else {
            self.store.touch(&session, after).await
        };
        match written {
            Ok(()) => Ok(true),
            // Written by another request, or ended.
            Err(StoreError::Conflict(_)) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Gives the viewer a new password and ends their other sessions; returns their record and how many ended.
    pub async fn change_password(
        &self,
        viewer: &Viewer,
        current: &Password,
        new: &Password,
    ) -> Result<(Arc<User>, u32), ServiceError> {
        let mut check = Check::default();
        check.password("newPassword", new);
        if new.reveal() == current.reveal() {
            check.fail("newPassword", Code::Invalid, "is the current password; choose another");
        }
        let me = self.me(viewer).await?;
        let attempt = self.throttle.proof(me.id, self.now()).await?;
        if self.hasher.verify(current, Some(me.password_hash.clone())).await? {
            attempt.succeeded().await;
        } else {
            check.fail("currentPassword", Code::Invalid, "is not the current password");
        }
        check.done()?;
        let hash = self.hasher.hash(new).await?;
        self.put_password(me.id, Some(&me.password_hash), hash, Some(viewer.session()))
            .await
    }

    /// Stores a new hash and ends the user's sessions but `kept`, in one unit of work. With `verified`, only over
    /// that hash: another change that came between makes the current password a former one.
    pub(super) async fn put_password(
        &self,
        user: Id,
        verified: Option<&str>,
        hash: String,
        kept: Option<Id>,
    ) -> Result<(Arc<User>, u32), ServiceError> {
        let (user, ended) = self
            .retried(|| async {
                let before: Option<Arc<User>> = self.store.get(user).await?;
                let before = before.ok_or(ServiceError::NotFound(Kind::User))?;
                if verified.is_some_and(|verified| verified != before.password_hash) {
                    return Err(former());
                }
                let mut after = User::clone(&before);
                after.password_hash.clone_from(&hash);
                let (change, after) = self.store.updating(&before, after);
                let others = self.sessions_of(user, kept).await?;
                let ended = others.len();
                self.store.write([vec![change], others].concat()).await?;
                Ok((after, ended))
            })
            .await?;
        // Sign-ins with the former password that slipped in between.
        let late = self.end_sessions(user.id, kept).await?;
        Ok((user, u32::try_from(ended).unwrap_or(u32::MAX).saturating_add(late)))
    }

    /// The user with this address, in one round trip whether there is one or not.
    pub(super) async fn user_by_email(&self, email: &str) -> Result<Option<Arc<User>>, ServiceError> {
        let query = Query {
            filter: Filter::Eq("email", Value::Text(email.to_owned())),
            sort: Sort {
                field: "email",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: 1,
        };
        let found = self.store.page(Kind::User, query).await?.pop();
        Ok(found.and_then(|any| any.try_into().ok()))
    }

    pub(super) async fn begin_session(
        &self,
        user: &User,
        user_agent: &str,
    ) -> Result<(Token, Arc<Session>), ServiceError> {
        let now = self.now();
        let token = Token::generate(Id::generate(now), user.id);
        let session = Session {
            id: token.session,
            organization: user.organization,
            version: 0,
            user_id: user.id,
            token_hash: token.hash(),
            user_agent: user_agent
                .chars()
                .filter(|c| !c.is_control())
                .take(USER_AGENT)
                .collect(),
            last_seen_at: now,
            expires_at: now.plus(self.sessions.ttl),
            created_at: now,
            updated_at: now,
        };
        Ok((token, self.store.insert(session).await?))
    }

    /// Notes when the user signed in. A quiet field: a write that fails or comes second is no reason to refuse.
    async fn note_login(&self, user: Arc<User>) -> Arc<User> {
        let now = self.now();
        if user.last_login_at.is_some_and(|last| now < last.plus(QUIET)) {
            return user;
        }
        let mut after = User::clone(&user);
        after.last_login_at = Some(now);
        match self.store.touch(&user, after.clone()).await {
            Ok(()) => Arc::new(after),
            Err(_) => user,
        }
    }
}

fn login_input(email: &str, password: &Password) -> Result<String, ServiceError> {
    let mut check = Check::default();
    let email = check.line("email", email, 254).to_lowercase();
    if password.reveal().is_empty() {
        check.fail("password", Code::Required, "can't be blank");
    }
    check.text("password", password.reveal(), Password::MOST);
    check.done()?;
    Ok(email)
}

fn former() -> ServiceError {
    super::FieldError::new("currentPassword", Code::Invalid, "is not the current password any more").into()
}
