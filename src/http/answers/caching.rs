//! How an answer stands to the cache: what its headers and the metrics tell.

use std::time::Duration;

use crate::cache::Answer;
use crate::loader::Spoiled;
use crate::metrics::Metrics;

use super::Etag;

/// Where an answer came from: the value of `X-Cache`. The later ones are farther from the cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// The cache, and all that it was made of is current.
    Hit,
    /// The cache: all that it was made of is current, but its time is over.
    Stale,
    /// It was made, and is kept for the next who asks.
    Miss,
    /// It was made, and is not kept.
    Bypass,
}

impl Status {
    /// As `X-Cache` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Status::Hit => "HIT",
            Status::Stale => "STALE",
            Status::Miss => "MISS",
            Status::Bypass => "BYPASS",
        }
    }

    /// As metrics name it.
    pub const fn label(self) -> &'static str {
        match self {
            Status::Hit => "hit",
            Status::Stale => "stale",
            Status::Miss => "miss",
            Status::Bypass => "bypass",
        }
    }
}

/// Why an answer stands to the cache as it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Hit: it counts.
    Current,
    /// Stale: it is being made anew.
    Revalidate,
    /// Stale: it could not be made anew.
    IfError,
    /// Miss: nobody has asked for it yet, or it has been forgotten.
    Absent,
    /// Miss: its time is over.
    Expired,
    /// Miss: something it was made of has been written since, or the version of something has been forgotten.
    Renewed,
    /// Miss: something it was made of was being written when it was looked up.
    Writing,
    /// Miss: it was not looked for, since answers to this could lately not be kept.
    Unsought,
    /// Miss: what stood in its place was none of ours.
    Unreadable,
    /// Bypass: it changes something.
    Mutation,
    /// Bypass: it was not executed.
    Refused,
    /// Bypass: it has errors.
    Error,
    /// Bypass: the request said `no-cache` or `no-store`.
    Request,
    /// Bypass: the request wants to be told how it was answered.
    Explained,
    /// Bypass: no answers are kept, by configuration.
    Off,
    /// Bypass: something in it must not be kept, by its `@cacheControl` or because it has none.
    Policy,
    /// Bypass: the cache can't be asked, or is not to be trusted.
    Cache,
    /// Bypass: a piece of it could not be had under one version: the loader says which kind.
    Piece(Spoiled),
    /// Bypass: a resolver has set a header, which no other client may get.
    Header,
    /// Bypass: its body is larger than may be kept.
    Large,
    /// Bypass: too many answers are waiting to be kept.
    Busy,
}

impl Reason {
    /// Whether the same will be said of the next answer, most likely.
    pub const fn lasts(self) -> bool {
        matches!(
            self,
            Reason::Large | Reason::Piece(Spoiled::Untagged | Spoiled::TooManyTags)
        )
    }

    /// As metrics name it.
    pub const fn name(self) -> &'static str {
        match self {
            Reason::Current => "current",
            Reason::Revalidate => "revalidate",
            Reason::IfError => "if_error",
            Reason::Absent => "absent",
            Reason::Expired => "expired",
            Reason::Renewed => "renewed",
            Reason::Writing => "writing",
            Reason::Unsought => "unsought",
            Reason::Unreadable => "unreadable",
            Reason::Mutation => "mutation",
            Reason::Refused => "refused",
            Reason::Error => "error",
            Reason::Request => "request",
            Reason::Explained => "explained",
            Reason::Off => "off",
            Reason::Policy => "policy",
            Reason::Cache => "cache",
            Reason::Piece(spoiled) => spoiled.name(),
            Reason::Header => "header",
            Reason::Large => "large",
            Reason::Busy => "busy",
        }
    }
}

/// How one answer stands to the cache.
#[derive(Clone, Copy, Debug)]
pub struct Caching {
    /// Where it came from.
    pub status: Status,
    /// What it is known by; `None`: it is not to be kept by anybody.
    pub etag: Option<Etag>,
    /// How many seconds it still counts.
    pub ttl: u64,
    /// How many seconds ago it was made; `None`: just now.
    pub age: Option<u64>,
    /// Whether it is the same for everybody.
    pub is_public: bool,
}

impl Caching {
    /// An answer that nobody keeps.
    pub const NONE: Caching = Caching {
        status: Status::Bypass,
        etag: None,
        ttl: 0,
        age: None,
        is_public: false,
    };

    /// One that was kept, `age` ago.
    pub fn of_kept(kept: &Answer, status: Status, age: Duration) -> Caching {
        Caching {
            status,
            etag: Some(Etag::from_bytes(kept.etag)),
            ttl: kept.fresh.saturating_sub(age).as_secs(),
            age: Some(age.as_secs()),
            is_public: kept.is_public,
        }
    }

    /// What is true of several answers together: it counts as long as the one that counts shortest.
    pub fn of_all(all: &[Caching]) -> Caching {
        let etags: Option<Vec<Etag>> = all.iter().map(|one| one.etag).collect();
        let together = all.iter().copied().reduce(|one, other| Caching {
            status: one.status.max(other.status),
            etag: None,
            ttl: one.ttl.min(other.ttl),
            age: one.age.max(other.age),
            is_public: one.is_public && other.is_public,
        });
        Caching {
            etag: etags.map(Etag::of_all),
            ..together.unwrap_or(Caching::NONE)
        }
    }

    /// Counts it.
    pub fn count(&self, metrics: &Metrics, reason: Reason) {
        metrics.answer(self.status.label(), reason.name());
    }
}
