//! Which way mail goes out.

use std::sync::Arc;

use crate::config::Config;
#[cfg(feature = "smtp")]
use crate::mail::SmtpBackend;
use crate::mail::{LogBackend, MailBackend, MailError, Mailer, NowhereBackend};
use crate::metrics::Metrics;
use crate::model::Finding;

/// The configured one. A log is read by others than who a mail is for: in production mails wait instead.
pub(super) fn open(config: &Config, metrics: &Metrics) -> Mailer {
    let backend = backend(config).unwrap_or_else(|error| {
        tracing::error!(%error, "mails wait until that is set right");
        Arc::new(NowhereBackend)
    });
    Mailer::new(backend, metrics.clone())
}

/// What is to be said of it, after the mail server was spoken to.
pub async fn examine(config: &Config) -> Finding {
    const PART: &str = "mail";
    if config.mail.reveal() == "log" {
        return match config.is_production() {
            true => Finding::warning(
                PART,
                "there is no mail server: invitations and new passwords wait, and expire",
                "name one by the setting mail",
            ),
            false => Finding::ok(PART, "mails are printed to the log"),
        };
    }
    let ping = async { backend(config)?.ping().await };
    match ping.await {
        Ok(()) => Finding::ok(PART, format!("{} answers", config.mail)),
        Err(error) => Finding::wrong(
            PART,
            format!("{}: {error}", config.mail),
            "see the settings mail (host, port, TLS, user and password), mail_ca and mail_from",
        ),
    }
}

fn backend(config: &Config) -> Result<Arc<dyn MailBackend>, MailError> {
    match config.mail.reveal() {
        "log" if config.is_production() => Ok(Arc::new(NowhereBackend)),
        "log" => Ok(Arc::new(LogBackend)),
        _ => smtp(config),
    }
}

#[cfg(feature = "smtp")]
fn smtp(config: &Config) -> Result<Arc<dyn MailBackend>, MailError> {
    let server = SmtpBackend::new(&config.mail, &config.mail_from, config.mail_ca.as_deref())?;
    Ok(Arc::new(server))
}

/// The configuration has refused it already.
#[cfg(not(feature = "smtp"))]
fn smtp(_config: &Config) -> Result<Arc<dyn MailBackend>, MailError> {
    Ok(Arc::new(NowhereBackend))
}
