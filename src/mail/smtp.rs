//! Hands letters to a mail server, over a connection of its own for each: they are few.

use async_trait::async_trait;
use lettre::message::header::ContentType;
use lettre::message::{Mailbox, Message};
use lettre::transport::smtp::Error;
use lettre::{Address, AsyncSmtpTransport, AsyncTransport, Tokio1Executor};

use crate::config::Secret;

use super::{Letter, MailBackend, MailError};

/// A mail server.
pub struct SmtpBackend {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl SmtpBackend {
    /// The server at this address, `smtp://user:password@host:587?tls=required` or `smtps://…`; letters come from there.
    pub fn new(address: &Secret, from: &str) -> Result<SmtpBackend, MailError> {
        // What it says of a bad address may have the address in it.
        let unreadable = || MailError::Refused(format!("{address} is no address of a mail server"));
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(address.reveal()).map_err(|_| unreadable())?;
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

    async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        let message = self.message(letter)?;
        self.transport
            .send(message)
            .await
            .map(drop)
            .map_err(|error| told(&error))
    }
}

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
