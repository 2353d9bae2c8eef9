//! The handle on all services that the schema and the commands hold; its verbs stand in a file per noun.

use std::time::Duration;

use crate::model::{Clock, Timestamp};
use crate::store::Store;

/// A cheap handle on the services; clones share everything.
#[derive(Clone)]
pub struct Services {
    pub(super) store: Store,
    pub(super) sessions: SessionPolicy,
}

/// How long a sign-in lasts.
#[derive(Clone, Copy, Debug)]
pub struct SessionPolicy {
    /// How long a session lives after its last use.
    pub ttl: Duration,
}

impl Services {
    /// The services over this store.
    pub fn new(store: Store, sessions: SessionPolicy) -> Services {
        Services { store, sessions }
    }

    pub(super) fn clock(&self) -> &Clock {
        self.store.clock()
    }

    /// The time now, by the clock that stamps the writes.
    pub fn now(&self) -> Timestamp {
        self.clock().now()
    }
}
