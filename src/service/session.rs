//! The ends of sessions. One that has ended admits nobody from the next request on, in whichever process.

use std::sync::Arc;

use crate::model::{Change, Filter, Id, Kind, Session, Value, Viewer};

use super::{ServiceError, Services};

/// How many sessions are ended in one unit of work.
const AT_ONCE: u32 = 500;

impl Services {
    /// Ends the viewer's session; nothing when it has ended already.
    pub async fn logout(&self, viewer: &Viewer) -> Result<(), ServiceError> {
        self.retried(|| async {
            let session: Option<Arc<Session>> = self.store.get(viewer.session()).await?;
            match session.filter(|session| session.user_id == viewer.user()) {
                Some(session) => Ok(self.store.remove(&session).await?),
                None => self.unchanged(()).await,
            }
        })
        .await
    }

    /// Ends one of the viewer's sessions, also the one that asks; another person's is as absent as one that has ended.
    pub async fn revoke_session(&self, viewer: &Viewer, id: Id) -> Result<Id, ServiceError> {
        self.retried(|| async {
            let session: Option<Arc<Session>> = self.store.get(id).await?;
            let own = session.filter(|session| session.user_id == viewer.user());
            let session = own.ok_or(ServiceError::NotFound(Kind::Session))?;
            self.store.remove(&session).await?;
            Ok(id)
        })
        .await
    }

    /// Ends all of the viewer's sessions, or all but the one that asks; returns how many.
    pub async fn logout_everywhere(&self, viewer: &Viewer, keeps_current: bool) -> Result<u32, ServiceError> {
        let kept = keeps_current.then(|| viewer.session());
        self.end_sessions(viewer.user(), kept).await
    }

    /// Ends all sessions of the user but `kept`; returns how many.
    pub(super) async fn end_sessions(&self, user: Id, kept: Option<Id>) -> Result<u32, ServiceError> {
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
    pub(super) async fn sessions_of(&self, user: Id, kept: Option<Id>) -> Result<Vec<Change>, ServiceError> {
        let of_user = Filter::Eq("userId", Value::Id(user));
        let mut ids = self.store.ids(Kind::Session, &of_user, AT_ONCE).await?;
        ids.retain(|id| Some(*id) != kept);
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let sessions = self.store.get_many(Kind::Session, &ids).await?;
        Ok(sessions.into_iter().map(Change::Remove).collect())
    }
}
