//! Prints letters to the log, with all that is in them: for development only, where the reader of the log is who they are for.

use async_trait::async_trait;

use super::{Letter, MailBackend, MailError};

/// Letters in the log.
pub struct LogBackend;

#[async_trait]
impl MailBackend for LogBackend {
    fn name(&self) -> &'static str {
        "log"
    }

    async fn ping(&self) -> Result<(), MailError> {
        Ok(())
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let Letter { to, subject, text, .. } = letter;
        tracing::info!(
            "a mail that nobody sends, since no mail server is configured\nTo: {to}\nSubject: {subject}\n\n{text}"
        );
        Ok(())
    }
}
