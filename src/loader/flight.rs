//! Loads under way in this process: who needs what is being loaded under the very version they have read waits for it.

use std::collections::HashMap;
use std::collections::hash_map::Entry;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::cache::Version;

use super::LoadError;
use super::key::{BatchKey, Loaded};

/// What is being loaded. A reader joins only under the version it has read itself: joined by key alone, one that began
/// after a write's reply would be given what was loaded before the write.
#[derive(Default)]
pub(super) struct Flights {
    under_way: Mutex<HashMap<(BatchKey, Version), watch::Receiver<Landed>>>,
}

/// `None`: still in the air.
type Landed = Option<Result<Loaded, LoadError>>;

/// Whether the load is the caller's own, or another's that it waits for.
pub(super) enum Boarding<'f> {
    Own(Flight<'f>),
    Joined(watch::Receiver<Landed>),
}

/// One load: its owner must land it. Dropped before, it lets those who wait go and load for themselves.
pub(super) struct Flight<'f> {
    flights: &'f Flights,
    of: (BatchKey, Version),
    landing: watch::Sender<Landed>,
}

impl Flights {
    /// Begins a load, or joins the one that is under way.
    pub fn board(&self, key: &BatchKey, version: Version) -> Boarding<'_> {
        let of = (key.clone(), version);
        match self.under_way.lock().entry(of.clone()) {
            Entry::Occupied(flight) => Boarding::Joined(flight.get().clone()),
            Entry::Vacant(place) => {
                let (landing, waiting) = watch::channel(None);
                place.insert(waiting);
                let flights = self;
                Boarding::Own(Flight { flights, of, landing })
            }
        }
    }
}

impl Flight<'_> {
    /// Gives those who wait what was loaded.
    pub fn land(self, loaded: Result<Loaded, LoadError>) {
        self.landing.send_replace(Some(loaded));
    }
}

impl Drop for Flight<'_> {
    fn drop(&mut self) {
        self.flights.under_way.lock().remove(&self.of);
    }
}

/// What another has loaded; `None`: it gave up, and the caller has to load for itself.
pub(super) async fn landed(mut waiting: watch::Receiver<Landed>) -> Landed {
    let landed = waiting.wait_for(Option::is_some).await.ok()?;
    landed.clone()
}
