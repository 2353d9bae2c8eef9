//! The handle on sending that everybody holds: one timeout and one measurement for all ways.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::timeout;

use crate::metrics::Metrics;

use super::{Letter, MailBackend, MailError};

/// A cheap handle on sending mail; clones share everything.
#[derive(Clone)]
pub struct Mailer {
    backend: Arc<dyn MailBackend>,
    metrics: Metrics,
}

/// How long a letter may take.
const PATIENCE: Duration = Duration::from_secs(60);

impl Mailer {
    /// Sends this way, counted there.
    pub fn new(backend: Arc<dyn MailBackend>, metrics: Metrics) -> Mailer {
        Mailer { backend, metrics }
    }

    /// The name of the way.
    pub fn way(&self) -> &'static str {
        self.backend.name()
    }

    /// So many wait to be sent, the oldest for so long.
    pub fn waits(&self, letters: u64, age: Duration) {
        self.metrics.mail_waits(letters, age);
    }

    /// Sends a letter; it has been taken over, or it hasn't, or nobody knows, which reads as that it hasn't.
    pub async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let late = |_| Err(MailError::Unavailable(format!("no answer within {PATIENCE:?}")));
        let sent = timeout(PATIENCE, self.backend.send(letter)).await.unwrap_or_else(late);
        self.metrics.mail_sent(match &sent {
            Ok(()) => "sent",
            Err(MailError::Unavailable(_)) => "delayed",
            Err(MailError::Refused(_)) => "refused",
        });
        sent
    }
}
