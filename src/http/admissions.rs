//! Who was let in by which token, so that the rows of session and user are decoded when they change and not at each
//! request. It decides nothing alone: both rows have been read for the request, and the times are judged anew.

use std::sync::Arc;

use quick_cache::sync::Cache;

use crate::model::{AnyEntity, Row, Session, Timestamp, Viewer};
use crate::service::Token;

/// Who is let in by which token.
pub struct Admissions {
    last: Cache<Token, Arc<Admission>>,
}

/// Somebody who was let in, and by what.
pub struct Admission {
    /// The rows that were found then.
    rows: [Row; 2],
    /// Their session.
    pub session: Arc<Session>,
    /// Who they are.
    pub viewer: Viewer,
}

/// The most tokens whose last admission is kept; some 10 MB.
const MOST: usize = 8_192;

impl Default for Admissions {
    fn default() -> Admissions {
        Admissions { last: Cache::new(MOST) }
    }
}

impl Admissions {
    /// Whom this token lets in, of whose session and user these are the rows now; nobody where it does not admit.
    pub fn get(&self, token: &Token, rows: [Row; 2], now: Timestamp) -> Option<Arc<Admission>> {
        let last = self.last.get(token).filter(|last| last.rows == rows);
        if let Some(last) = last {
            return (now < last.session.expires_at).then_some(last);
        }
        let (AnyEntity::Session(session), AnyEntity::User(user)) = (rows[0].entity()?, rows[1].entity()?) else {
            return None;
        };
        if !token.admits(&session, &user, now) {
            return None;
        }
        let viewer = Viewer::new(&user, &session);
        let admission = Arc::new(Admission { rows, session, viewer });
        self.last.insert(token.clone(), Arc::clone(&admission));
        Some(admission)
    }
}
