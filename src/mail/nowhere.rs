//! Where no mail server is configured and the log is no place for letters: they wait.

use async_trait::async_trait;

use super::{Letter, MailBackend, MailError};

/// Takes no letter.
pub struct NowhereBackend;

#[async_trait]
impl MailBackend for NowhereBackend {
    fn name(&self) -> &'static str {
        "nowhere"
    }

    async fn ping(&self) -> Result<(), MailError> {
        Err(MailError::Unavailable("no mail server is configured (`mail`)".into()))
    }

    async fn send(&self, _letter: &Letter) -> Result<(), MailError> {
        self.ping().await
    }
}
