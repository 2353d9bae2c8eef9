//! Who was let in by which token, so that the rows of session, user and custom role are decoded when they change and not at each
//! request. It decides nothing alone: the rows have been read for the request, and the times are judged anew.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::model::{AnyEntity, CustomRole, Entity, Id, Row, Session, Timestamp, User, Viewer};
use crate::service::Token;

/// Who is let in by which token.
pub struct Admissions {
    last: Cache<Token, Arc<Admission>>,
}

/// Somebody who was let in, and by what.
pub struct Admission {
    /// The rows that were found then.
    rows: Rows,
    /// Their session.
    pub session: Arc<Session>,
    /// Who they are.
    pub viewer: Viewer,
}

/// What is read to let somebody in.
#[derive(PartialEq)]
pub struct Rows {
    /// The session of the token.
    pub session: Row,
    /// Its user.
    pub user: Row,
    /// The custom role that the user bears, if there is one.
    pub role: Option<Row>,
}

/// The most tokens whose last admission is kept; some 10 MB.
const MOST: usize = 8_192;

impl Default for Admissions {
    fn default() -> Admissions {
        Admissions { last: Cache::new(MOST) }
    }
}

impl Admissions {
    /// The custom role that whoever this token lets in bore the last time: most likely still.
    pub fn last_role(&self, token: &Token) -> Option<Id> {
        self.last.get(token)?.rows.custom_role()
    }

    /// Whom this token lets in, where these are the rows now; nobody where it does not admit.
    pub fn get(&self, token: &Token, rows: Rows, now: Timestamp) -> Option<Arc<Admission>> {
        let last = self.last.get(token).filter(|last| last.rows == rows);
        if let Some(last) = last {
            return (now < last.session.expires_at).then_some(last);
        }
        let (AnyEntity::Session(session), AnyEntity::User(user)) = (rows.session.entity()?, rows.user.entity()?) else {
            return None;
        };
        if !token.admits(&session, &user, now) {
            return None;
        }
        let mut viewer = Viewer::new(&user, &session);
        if let Some(role) = rows.role.as_ref().and_then(CustomRole::from_row) {
            viewer = viewer.bearing(&role);
        }
        let admission = Arc::new(Admission { rows, session, viewer });
        self.last.insert(token.clone(), Arc::clone(&admission));
        Some(admission)
    }
}

impl Rows {
    /// Which custom role the user bears.
    pub fn custom_role(&self) -> Option<Id> {
        self.user.one(User::SLOTS.custom_role)
    }
}
