//! Loads under way in this process: who needs what is being loaded under the very version they have read waits for it.

use std::collections::{HashMap, VecDeque};
use std::time::Instant;

use parking_lot::Mutex;
use tokio::sync::watch;

use crate::cache::Version;

use super::LoadError;
use super::key::{BatchKey, Loaded};

/// What is being loaded. A reader joins only under the version it has read itself: joined by key alone, one that began
/// after a write's reply would be given what was loaded before the write.
#[derive(Default)]
pub(super) struct Flights {
    known: Mutex<Known>,
}

/// The loads in the air, and the last that have landed: a reader may have looked before the fill, and come when the load
/// is over. It would find neither.
#[derive(Default)]
struct Known {
    flights: HashMap<Of, Waiting>,
    landed: VecDeque<(Of, Instant)>,
}

type Of = (BatchKey, Version);

struct Waiting {
    landing: watch::Receiver<Landed>,
    /// `None`: still in the air.
    landed_at: Option<Instant>,
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
    of: Of,
    landing: watch::Sender<Landed>,
}

/// How many that have landed are known still.
const MOST_LANDED: usize = 256;

impl Flights {
    /// Begins a load, or joins the one that is under way, or was when the caller began to look into the cache.
    pub fn board(&self, key: &BatchKey, version: Version, looked: Instant) -> Boarding<'_> {
        let of = (key.clone(), version);
        let flights = &mut self.known.lock().flights;
        let joined = flights.get(&of).filter(|waiting| waiting.is_for(looked));
        if let Some(waiting) = joined {
            return Boarding::Joined(waiting.landing.clone());
        }
        let (sender, landing) = watch::channel(None);
        let landed_at = None;
        flights.insert(of.clone(), Waiting { landing, landed_at });
        Boarding::Own(Flight {
            flights: self,
            of,
            landing: sender,
        })
    }
}

impl Waiting {
    fn is_for(&self, looked: Instant) -> bool {
        self.landed_at.is_none_or(|landed| looked < landed)
    }
}

impl Known {
    fn end(&mut self, of: &Of, landed: bool) {
        match self.flights.get_mut(of).filter(|_| landed) {
            Some(waiting) => {
                let now = Instant::now();
                waiting.landed_at = Some(now);
                self.landed.push_back((of.clone(), now));
            }
            None => drop(self.flights.remove(of)),
        }
        if self.landed.len() > MOST_LANDED {
            self.forget();
        }
    }

    /// Forgets what has landed first, unless it has begun anew.
    fn forget(&mut self) {
        let Some((of, at)) = self.landed.pop_front() else {
            return;
        };
        if self
            .flights
            .get(&of)
            .is_some_and(|waiting| waiting.landed_at == Some(at))
        {
            self.flights.remove(&of);
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
        let landed = matches!(*self.landing.borrow(), Some(Ok(_)));
        self.flights.known.lock().end(&self.of, landed);
    }
}

/// What another has loaded; `None`: it gave up, and the caller has to load for itself.
pub(super) async fn landed(mut waiting: watch::Receiver<Landed>) -> Landed {
    let landed = waiting.wait_for(Option::is_some).await.ok()?;
    landed.clone()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Filter, Kind};

    fn count() -> BatchKey {
        BatchKey::count(Kind::Task, Filter::everything())
    }

    fn own(boarding: Boarding<'_>) -> Option<Flight<'_>> {
        match boarding {
            Boarding::Own(flight) => Some(flight),
            Boarding::Joined(_) => None,
        }
    }

    #[test]
    fn who_looked_before_a_load_landed_joins_it_and_who_looks_after_loads_anew() {
        let (flights, version, before) = (Flights::default(), Version::fresh(), Instant::now());
        let flight = own(flights.board(&count(), version, before)).unwrap();
        flight.land(Ok(Loaded::Count(7)));
        let Boarding::Joined(mut waiting) = flights.board(&count(), version, before) else {
            panic!("it is known still");
        };
        assert!(matches!(*waiting.borrow_and_update(), Some(Ok(Loaded::Count(7)))));
        assert!(own(flights.board(&count(), Version::fresh(), before)).is_some());
        assert!(own(flights.board(&count(), version, Instant::now())).is_some());
    }

    #[test]
    fn what_failed_or_was_given_up_is_loaded_anew() {
        let (flights, version, before) = (Flights::default(), Version::fresh(), Instant::now());
        drop(own(flights.board(&count(), version, before)).unwrap());
        let flight = own(flights.board(&count(), version, before)).unwrap();
        let gone = crate::store::StoreError::Corrupt("torn".into());
        flight.land(Err(gone.into()));
        assert!(own(flights.board(&count(), version, before)).is_some());
    }

    #[test]
    fn only_the_last_that_landed_are_known() {
        let (flights, before) = (Flights::default(), Instant::now());
        let mut first = None;
        for _ in 0..=MOST_LANDED {
            let version = Version::fresh();
            first.get_or_insert(version);
            own(flights.board(&count(), version, before))
                .unwrap()
                .land(Ok(Loaded::Count(0)));
        }
        assert_eq!(flights.known.lock().flights.len(), MOST_LANDED);
        assert!(own(flights.board(&count(), first.unwrap(), before)).is_some());
    }
}
