//! Slows down whoever guesses: sign-ins by account and by address, known accounts and unknown ones alike.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;

use crate::model::{Id, Pace, Timestamp};

use super::{Origin, ServiceError};

/// Counts tries where all processes see them.
#[async_trait]
pub trait Tally: Send + Sync + 'static {
    /// One try more of what has this name, or how long to wait for it.
    async fn take(&self, name: &str, pace: &Pace, now: Timestamp) -> Result<(), Duration>;

    /// As if the last try had not been.
    async fn give_back(&self, name: &str);

    /// As if it had never been tried.
    async fn forget(&self, name: &str);
}

const SECOND: Duration = Duration::from_secs(1);
const HOUR: Duration = Duration::from_secs(3_600);
/// Of one account, whoever tries: some hundred guesses a day at most.
const ACCOUNT: Pace = Pace {
    free: 5,
    first: SECOND,
    longest: Duration::from_secs(15 * 60),
    memory: HOUR,
};
/// Of one address, whatever the account: many people may sit behind one.
const ADDRESS: Pace = Pace {
    free: 20,
    first: SECOND,
    longest: Duration::from_secs(5 * 60),
    memory: HOUR,
};

/// Mails to one address: who gets them didn't ask for each.
const LETTERS: Pace = Pace {
    free: 3,
    first: Duration::from_secs(60),
    longest: HOUR,
    memory: Duration::from_secs(6 * 3_600),
};
/// People whom one person asks to join.
const INVITATIONS: Pace = Pace {
    free: 100,
    first: Duration::from_secs(10),
    longest: Duration::from_secs(15 * 60),
    memory: HOUR,
};

/// The door to whatever can be guessed; clones share it.
#[derive(Clone)]
pub(super) struct Throttle(Arc<dyn Tally>);

/// A try that was let through; counted unless it is said to have turned out well.
pub(super) struct Try {
    throttle: Throttle,
    account: Option<String>,
    address: Option<String>,
}

impl Throttle {
    pub(super) fn new(tally: Arc<dyn Tally>) -> Throttle {
        Throttle(tally)
    }

    /// Lets a sign-in of this account through, or says when the next may be tried. What was kept out by the account
    /// counts for the address all the same: somebody guesses there.
    pub(super) async fn sign_in(&self, email: &str, origin: &Origin, now: Timestamp) -> Result<Try, ServiceError> {
        let account = format!("login:account:{email}");
        let address = origin.network().map(|network| format!("login:address:{network}"));
        if let Some(address) = &address {
            self.take(address, &ADDRESS, now).await?;
        }
        self.take(&account, &ACCOUNT, now).await?;
        Ok(Try {
            throttle: self.clone(),
            account: Some(account),
            address,
        })
    }

    /// Lets somebody who is signed in prove their password, or says when they may try again.
    pub(super) async fn proof(&self, user: Id, now: Timestamp) -> Result<Try, ServiceError> {
        let account = format!("password:{user}");
        self.take(&account, &ACCOUNT, now).await?;
        Ok(Try {
            throttle: self.clone(),
            account: Some(account),
            address: None,
        })
    }

    /// Lets somebody have a mail sent to this address. Nothing tells whether that turned out well.
    pub(super) async fn letter(&self, email: &str, origin: &Origin, now: Timestamp) -> Result<(), ServiceError> {
        if let Some(network) = origin.network() {
            self.take(&format!("letter:address:{network}"), &ADDRESS, now).await?;
        }
        self.take(&format!("letter:account:{email}"), &LETTERS, now).await
    }

    /// Lets somebody use a token from there.
    pub(super) async fn token(&self, origin: &Origin, now: Timestamp) -> Result<Try, ServiceError> {
        let address = origin.network().map(|network| format!("token:address:{network}"));
        if let Some(address) = &address {
            self.take(address, &ADDRESS, now).await?;
        }
        Ok(Try {
            throttle: self.clone(),
            account: None,
            address,
        })
    }

    /// Lets this person ask somebody to join.
    pub(super) async fn invitation(&self, user: Id, now: Timestamp) -> Result<(), ServiceError> {
        self.take(&format!("invitation:{user}"), &INVITATIONS, now).await
    }

    /// Sign-ins of this account start anew.
    pub(super) async fn start_anew(&self, email: &str) {
        self.0.forget(&format!("login:account:{email}")).await;
    }

    async fn take(&self, name: &str, pace: &Pace, now: Timestamp) -> Result<(), ServiceError> {
        let taken = self.0.take(name, pace, now).await;
        taken.map_err(|left| ServiceError::RateLimited(left.as_millis().div_ceil(1_000) as u64))
    }
}

impl Try {
    /// It was the right one: the account starts anew, and the address is as it was.
    pub(super) async fn succeeded(self) {
        let Try {
            throttle,
            account,
            address,
        } = self;
        if let Some(account) = account {
            throttle.0.forget(&account).await;
        }
        if let Some(address) = address {
            throttle.0.give_back(&address).await;
        }
    }
}
