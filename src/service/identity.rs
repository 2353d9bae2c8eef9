//! Signing in and out. Whatever is wrong with a sign-in, the answer is the same and takes the same work:
//! nobody learns here whether an account exists.

use std::sync::Arc;
use std::time::Duration;

use crate::model::{Change, Direction, Filter, Id, Kind, Query, Session, Sort, User, Value, Viewer};
use crate::store::StoreError;

use super::check::Check;
use super::{Password, ServiceError, Services, Token, UserErrorCode as Code};

/// How exact the times of use are: the store is written this often at most.
const QUIET: Duration = Duration::from_secs(5 * 60);
/// How many sessions are ended in one unit of work.
const AT_ONCE: u32 = 500;
/// The most characters kept of what a device calls itself.
const USER_AGENT: usize = 300;

impl Services {
    /// Signs in: a new session, and the token for it, which is shown this once.
    pub async fn login(
        &self,
        email: &str,
        password: &Password,
        user_agent: &str,
    ) -> Result<(Token, Arc<User>, Arc<Session>), ServiceError> {
        let refused = ServiceError::Unauthenticated("email or password is wrong");
        let email = login_input(email, password)?;
        let user = self.user_by_email(&email).await?;
        let hash = user.as_ref().map(|user| user.password_hash.clone());
        let fits = self.hasher.verify(password, hash).await?;
        let Some(user) = user.filter(|user| fits && user.is_active) else {
            return Err(refused);
        };
        let (token, session) = self.begin_session(&user, user_agent).await?;
        // A password change that came between ends this session too: it may not have seen it.
        let still: Option<Arc<User>> = self.store.get(user.id).await?;
        match still.filter(|now| now.password_hash == user.password_hash && now.is_active) {
            Some(user) => Ok((token, self.note_login(user).await, session)),
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

    /// Ends the viewer's session; nothing when it has ended already.
    pub async fn logout(&self, viewer: &Viewer) -> Result<(), ServiceError> {
        self.retried(|| async {
            let session: Option<Arc<Session>> = self.store.get(viewer.session()).await?;
            match session.filter(|session| session.user_id == viewer.user()) {
                Some(session) => Ok(self.store.remove(&session).await?),
                None => Ok(()),
            }
        })
        .await
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
        let known = self.hasher.verify(current, Some(me.password_hash.clone())).await?;
        if !known {
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

    /// Ends all sessions of the user but `kept`; returns how many.
    async fn end_sessions(&self, user: Id, kept: Option<Id>) -> Result<u32, ServiceError> {
        let mut ended = 0;
        loop {
            let round = self
                .retried(|| async {
                    let others = self.sessions_of(user, kept).await?;
                    let count = u32::try_from(others.len()).unwrap_or(u32::MAX);
                    if count > 0 {
                        self.store.write(others).await?;
                    }
                    Ok(count)
                })
                .await?;
            if round == 0 {
                return Ok(ended);
            }
            ended += round;
        }
    }

    /// The removal of the user's sessions but `kept`, of a bounded number of them.
    async fn sessions_of(&self, user: Id, kept: Option<Id>) -> Result<Vec<Change>, ServiceError> {
        let of_user = Filter::Eq("userId", Value::Id(user));
        let mut ids = self.store.ids(Kind::Session, &of_user, AT_ONCE).await?;
        ids.retain(|id| Some(*id) != kept);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sessions = self.store.get_many(Kind::Session, &ids).await?;
        Ok(sessions.into_iter().map(Change::Remove).collect())
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

    async fn begin_session(&self, user: &User, user_agent: &str) -> Result<(Token, Arc<Session>), ServiceError> {
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
