//! Which way mail goes out.

use std::sync::Arc;

use crate::config::Config;
#[cfg(feature = "smtp")]
use crate::mail::SmtpBackend;
use crate::mail::{LogBackend, MailBackend, Mailer, NowhereBackend};
use crate::metrics::Metrics;

/// The configured one. A log is read by others than who a mail is for: in production mails wait instead.
pub(super) fn open(config: &Config, metrics: &Metrics) -> Mailer {
    let backend: Arc<dyn MailBackend> = match config.mail.reveal() {
        "log" if config.is_production() => Arc::new(NowhereBackend),
        "log" => Arc::new(LogBackend),
        _ => smtp(config),
    };
    Mailer::new(backend, metrics.clone())
}

#[cfg(feature = "smtp")]
fn smtp(config: &Config) -> Arc<dyn MailBackend> {
    match SmtpBackend::new(&config.mail, &config.mail_from) {
        Ok(server) => Arc::new(server),
        Err(error) => {
            tracing::error!(%error, "mails wait until that is set right");
            Arc::new(NowhereBackend)
        }
    }
}

/// The configuration has refused it already.
#[cfg(not(feature = "smtp"))]
fn smtp(_config: &Config) -> Arc<dyn MailBackend> {
    Arc::new(NowhereBackend)
}
