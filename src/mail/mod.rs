//! Sending mail: `Mailer` is the handle that everybody holds, `MailBackend` what takes letters. What waits to be sent is the
//! store's business. To add a way: implement the trait, and the choice in `app/mail.rs`.

mod backend;
mod handle;
mod letter;
mod log;
mod nowhere;
#[cfg(feature = "smtp")]
mod smtp;

pub use backend::{MailBackend, MailError};
pub use handle::Mailer;
pub use letter::Letter;
pub use log::LogBackend;
pub use nowhere::NowhereBackend;
#[cfg(feature = "smtp")]
pub use smtp::SmtpBackend;
