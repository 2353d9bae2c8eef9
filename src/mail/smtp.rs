//! Hands letters to a mail server, over a connection of its own for each: they are few.

use std::path::Path;

use async_trait::async_trait;
use http::Uri;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::transport::smtp::client::{Certificate, CertificateStore, Tls, TlsParameters};
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::Secret;

use super::{Letter, MailBackend, MailError};

/// A mail server.
pub struct SmtpBackend {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpBackend {
    /// The server at this address, `smtp://user:password@host:587?tls=required` or `smtps://…`, whose certificate this
    /// authority has signed, if not one that the system trusts; letters come from there.
    pub fn new(address: &Secret, from: &str, authority: Option<&Path>) -> Result<SmtpBackend, MailError> {
        // What it says of a bad address may have the address in it.
        let unreadable = || MailError::Refused(format!("{address} is no address of a mail server"));
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(address.reveal()).map_err(|_| unreadable())?;
        let transport = match authority {
            Some(file) => transport.tls(trusting(address.reveal(), file)?),
            None => transport,
        };
        let from = from.parse();
        Ok(SmtpBackend {
            transport: transport.build(),
            from: from.map_err(|_| MailError::Refused("what mails come from is no address".into()))?,
        })
    }

    fn message(&self, letter: &Letter) -> Result<Message, MailError> {
        let refused = || MailError::Refused("it is for no address that a mail server takes".into());
        let to = address(&letter.to).ok_or_else(refused)?;
        let host = self.from.email.domain();
        Message::builder()
            .from(self.from.clone())
            .to(Mailbox::new(None, to))
            .subject(&letter.subject)
            .message_id(Some(format!("<{}@{host}>", letter.id)))
            .date_now()
            .header(ContentType::TEXT_PLAIN)
            .body(letter.text.clone())
            .map_err(|_| MailError::Refused("it makes no message".into()))
    }
}

#[async_trait]
impl MailBackend for SmtpBackend {
    fn name(&self) -> &'static str {
        "smtp"
    }

    async fn ping(&self) -> Result<(), MailError> {
        match self.transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Unavailable("the mail server hangs up".into())),
            Err(error) => Err(told(&error)),
        }
    }

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = self.message(letter)?;
        self.transport
            .send(message)
            .await
            .map(drop)
            .map_err(|error| told(&error))
    }
}

/// The TLS that an address asks for, with a server of this authority.
fn trusting(address: &str, file: &Path) -> Result<Tls, MailError> {
    let wrong = |reason: &str| MailError::Refused(format!("mail_ca is {}: {reason}", file.display()));
    let pem = std::fs::read(file).map_err(|error| wrong(&error.to_string()))?;
    if !pem.windows(BEGIN.len()).any(|part| part == BEGIN) {
        return Err(wrong("there is no certificate in it"));
    }
    let certificate = Certificate::from_pem(&pem).map_err(|_| wrong("its certificate can't be read"))?;
    let address: Uri = address.parse().map_err(|_| wrong("the mail server has no address"))?;
    let mode: fn(TlsParameters) -> Tls = match (address.scheme_str(), address.query()) {
        (Some("smtps"), _) => Tls::Wrapper,
        (_, Some("tls=required")) => Tls::Required,
        (_, Some("tls=opportunistic")) => Tls::Opportunistic,
        _ => return Err(wrong("but mail asks for no TLS")),
    };
    let host = address.host().unwrap_or_default().trim_matches(['[', ']']);
    let parameters = TlsParameters::builder(host.to_owned())
        .certificate_store(CertificateStore::None)
        .add_root_certificate(certificate)
        .build();
    Ok(mode(parameters.map_err(|_| wrong("its certificate can't be used"))?))
}

const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// An address as every mail server takes its host: in ASCII.
fn address(text: &str) -> Option<Address> {
    let (name, host) = text.rsplit_once('@')?;
    Address::new(name, idna::domain_to_ascii(host).ok()?).ok()
}

/// What a server says may repeat whom the letter is for: only its code is told.
fn told(error: &Error) -> MailError {
    match error.status() {
        Some(code) if error.is_permanent() && !is_about_us(&code.to_string()) => {
            MailError::Refused(format!("the mail server answers {code}"))
        }
        Some(code) => MailError::Unavailable(format!("the mail server answers {code}")),
        None => MailError::Unavailable(error.to_string()),
    }
}

/// Codes that refuse who sends and not what is sent: where credentials or rights are set right, it goes out.
fn is_about_us(code: &str) -> bool {
    ["421", "454", "500", "502", "503", "504", "530", "534", "535", "538"].contains(&code)
}
