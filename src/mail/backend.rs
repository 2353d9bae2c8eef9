//! What takes letters.

use async_trait::async_trait;

use super::Letter;

/// Takes letters.
#[async_trait]
pub trait MailBackend: Send + Sync + 'static {
    /// Its name in metrics and messages.
    fn name(&self) -> &'static str;

    /// Whether it would take letters now, as far as can be told without one.
    async fn ping(&self) -> Result<(), MailError>;

    /// Takes a letter over: from its return on, delivering it is somebody else's duty.
    async fn send(&self, letter: &Letter) -> Result<(), MailError>;
}

/// Why a letter was not taken. Says nothing of who it is for or what is in it.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MailError {
    /// Nobody takes it now; the same may succeed later.
    #[error("mail can't be sent now: {0}")]
    Unavailable(String),
    /// It will never be taken as it is.
    #[error("the mail was refused for good: {0}")]
    Refused(String),
}
