//! Sends the mails that wait: each by one process at a time, again after a pause for as long as it is of use. Text and token
//! are made anew for each try, so that neither is stored.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Notify;

use crate::mail::{Letter, MailError, Mailer};
use crate::model::{
    AnyEntity, Change, Direction, Filter, Id, Invitation, Kind, Mail, Organization, PasswordReset, Query, Sort, Topic,
    User, Value,
};
use crate::store::StoreError;

use super::one_time::OneTimeToken;
use super::{ServiceError, Services};

/// How mail goes out; clones share it.
#[derive(Clone)]
pub(super) struct Post {
    mailer: Mailer,
    /// Where the pages are that mails lead to; `None`: mails have the bare token.
    pages: Option<Arc<str>>,
    woken: Arc<Notify>,
}

/// What became of the mails that were due.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Posted {
    /// How many a mail server has taken over.
    pub sent: u32,
    /// How many stay, to be tried again.
    pub delayed: u32,
    /// How many went without being sent: nobody is there for them any more, or they were refused for good.
    pub dropped: u32,
}

/// How many are looked at together.
const AT_ONCE: u32 = 20;
/// For how long a mail belongs to who tries it; longer than a try takes.
const LEASE: Duration = Duration::from_secs(120);
/// The pause after the first try that fails; it doubles.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// How long nobody looks for mails that nobody of this process has written.
const REST: Duration = Duration::from_secs(5);

/// What became of one mail.
enum Outcome {
    Sent,
    Delayed,
    Dropped,
    /// Another process has it.
    Elsewhere,
}

impl Post {
    pub(super) fn new(mailer: Mailer) -> Post {
        Post {
            mailer,
            pages: None,
            woken: Arc::default(),
        }
    }

    /// The same, whose mails lead to pages there.
    pub(super) fn leading_to(self, pages: Option<&str>) -> Post {
        let pages = pages.map(|pages| pages.trim_end_matches('/').into());
        Post { pages, ..self }
    }

    /// Says that there is something to send.
    pub(super) fn wake(&self) {
        self.woken.notify_one();
    }

    /// Where to go with this token.
    fn way(&self, page: &str, token: &OneTimeToken) -> String {
        match &self.pages {
            Some(pages) => format!("{pages}/{page}?token={}", token.text()),
            None => token.text(),
        }
    }
}

impl Services {
    /// Sends what is due, whenever there may be something, for ever.
    pub async fn keep_sending(&self) {
        loop {
            let _ = tokio::time::timeout(REST, self.post.woken.notified()).await;
            match self.send_mail().await {
                Ok(posted) if posted == Posted::default() => {}
                Ok(posted) => tracing::debug!(?posted, "looked for mails to send"),
                Err(error) => tracing::warn!(%error, "can't look for mails to send"),
            }
        }
    }

    /// Tries the mails that are due, until one can't be sent now: what keeps it back may keep back the others.
    pub async fn send_mail(&self) -> Result<Posted, ServiceError> {
        let posted = self.send_due().await;
        self.measure_queue().await?;
        posted
    }

    /// What still waits, as operators watch it.
    async fn measure_queue(&self) -> Result<(), ServiceError> {
        let waiting = self.store.count(Kind::Mail, &[Filter::everything()]).await?;
        let first = Query {
            filter: Filter::everything(),
            sort: Sort {
                field: "_id",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: 1,
        };
        let first = match waiting.iter().sum() {
            0 => None,
            _ => self.store.page(Kind::Mail, first).await?.pop(),
        };
        let age = match first {
            Some(AnyEntity::Mail(mail)) => {
                let age = self.now().millis() - mail.created_at.millis();
                Duration::from_millis(u64::try_from(age).unwrap_or_default())
            }
            _ => Duration::ZERO,
        };
        self.post.mailer.waits(waiting.iter().sum(), age);
        Ok(())
    }

    async fn send_due(&self) -> Result<Posted, ServiceError> {
        let mut posted = Posted::default();
        loop {
            let due = self.due().await?;
            if due.is_empty() {
                return Ok(posted);
            }
            for mail in due {
                match self.try_mail(mail).await? {
                    Outcome::Sent => posted.sent += 1,
                    Outcome::Dropped => posted.dropped += 1,
                    Outcome::Elsewhere => {}
                    Outcome::Delayed => {
                        posted.delayed += 1;
                        return Ok(posted);
                    }
                }
            }
        }
    }

    /// The mail about this, to be written with it.
    pub(super) fn mail_about(
        &self,
        topic: Topic,
        subject: Id,
        organization: Id,
        expires_at: crate::model::Timestamp,
    ) -> Change {
        let now = self.now();
        let mail = Mail {
            id: Id::generate(now),
            organization,
            version: 0,
            topic,
            subject,
            attempts: 0,
            due_at: now,
            expires_at,
            created_at: now,
            updated_at: now,
        };
        self.store.inserting(mail).0
    }

    async fn due(&self) -> Result<Vec<Arc<Mail>>, ServiceError> {
        let query = Query {
            filter: Filter::Lte("dueAt", Value::Time(self.now())),
            sort: Sort {
                field: "dueAt",
                direction: Direction::Ascending,
            },
            after: None,
            skip: 0,
            limit: AT_ONCE,
        };
        let found = self.store.page(Kind::Mail, query).await?;
        Ok(found.into_iter().filter_map(|any| any.try_into().ok()).collect())
    }

    async fn try_mail(&self, mail: Arc<Mail>) -> Result<Outcome, ServiceError> {
        let token = OneTimeToken::generate(mail.subject);
        let addressed = match mail.topic {
            Topic::PasswordReset => self.reset_letter(&mail, &token).await?,
            Topic::Invitation => self.invitation_letter(&mail, &token).await?,
        };
        let Some((letter, subject)) = addressed else {
            self.take_back(&mail).await?;
            return Ok(Outcome::Dropped);
        };
        let mut tried = Mail::clone(&mail);
        (tried.attempts, tried.due_at) = (mail.attempts.saturating_add(1), self.now().plus(LEASE));
        let (claim, mail) = self.store.updating(&mail, tried);
        match self.store.write(vec![claim, subject]).await {
            Err(StoreError::Conflict(_)) => return Ok(Outcome::Elsewhere),
            done => done?,
        }
        match self.post.mailer.send(&letter).await {
            Ok(()) => {
                self.take_back(&mail).await?;
                Ok(Outcome::Sent)
            }
            Err(error @ MailError::Refused(_)) => {
                tracing::error!(%error, mail = %mail.id, "a mail is not sent");
                self.take_back(&mail).await?;
                Ok(Outcome::Dropped)
            }
            Err(error @ MailError::Unavailable(_)) => {
                let pause = pause(mail.attempts);
                tracing::warn!(%error, mail = %mail.id, attempts = mail.attempts, "a mail waits; trying again in {pause:?}");
                let mut waits = Mail::clone(&mail);
                waits.due_at = self.now().plus(pause);
                match self.store.update(&mail, waits).await {
                    Ok(_) | Err(StoreError::Conflict(_)) => Ok(Outcome::Delayed),
                    Err(error) => Err(error.into()),
                }
            }
        }
    }

    /// The letter for who wants a new password, and what is noted of its token; `None`: there is nobody for it.
    async fn reset_letter(&self, mail: &Mail, token: &OneTimeToken) -> Result<Option<(Letter, Change)>, ServiceError> {
        let reset: Option<Arc<PasswordReset>> = self.store.get(mail.subject).await?;
        let Some(reset) = reset.filter(|reset| self.now() < reset.expires_at) else {
            return Ok(None);
        };
        let user: Option<Arc<User>> = match reset.user_id {
            Some(user) => self.store.get(user).await?,
            None => None,
        };
        let Some(user) = user.filter(|user| user.is_active) else {
            return Ok(None);
        };
        let noted = PasswordReset {
            token_hashes: token.among(&reset.token_hashes),
            ..PasswordReset::clone(&reset)
        };
        let letter = Letter {
            id: mail.id.to_string(),
            to: user.email.clone(),
            subject: "A new password for Kanvaro".into(),
            text: format!(
                "Hello {},\n\nsomebody, most likely you, wants a new password for your account at Kanvaro. Choose one within 30 minutes:\n\n{}\n\n\
                 If it wasn't you, nothing has to be done: your password stays as it is.\n",
                user.first_name,
                self.post.way("reset-password", token)
            ),
        };
        Ok(Some((letter, self.store.updating(&reset, noted).0)))
    }

    /// The same for who is asked to join.
    async fn invitation_letter(
        &self,
        mail: &Mail,
        token: &OneTimeToken,
    ) -> Result<Option<(Letter, Change)>, ServiceError> {
        let invitation: Option<Arc<Invitation>> = self.store.get(mail.subject).await?;
        let Some(invitation) = invitation.filter(|invitation| self.now() < invitation.expires_at) else {
            return Ok(None);
        };
        let inviter: Option<Arc<User>> = self.store.get(invitation.invited_by).await?;
        let home: Option<Arc<Organization>> = self.store.get(invitation.organization).await?;
        let (Some(inviter), Some(home)) = (inviter, home) else {
            return Ok(None);
        };
        let noted = Invitation {
            token_hashes: token.among(&invitation.token_hashes),
            ..Invitation::clone(&invitation)
        };
        let letter = Letter {
            id: mail.id.to_string(),
            to: invitation.email.clone(),
            subject: format!("{} at Kanvaro", home.name),
            text: format!(
                "Hello,\n\n{} {} asks you to join {} at Kanvaro. Accept within 7 days:\n\n{}\n",
                inviter.first_name,
                inviter.last_name,
                home.name,
                self.post.way("accept-invitation", token)
            ),
        };
        Ok(Some((letter, self.store.updating(&invitation, noted).0)))
    }
}

fn pause(attempts: u32) -> Duration {
    let doubled = 2_u32.saturating_pow(attempts.saturating_sub(1));
    FIRST_PAUSE.saturating_mul(doubled).min(LONGEST_PAUSE)
}
