//! The trust lease: a process uses the cache only while it knows the cache's epoch well enough.
//! It knows no store; who reads the epoch there renews the lease.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use parking_lot::RwLock;
use tokio::time::Instant;

/// The right to use the cache, and the epoch that its entries must be of; clones share it.
///
/// A writer that can't mark its tags raises the epoch together with its write and replies only after a whole `TERM`:
/// by then every process has read the new epoch, or trusts the cache no more.
#[derive(Clone)]
pub struct Lease {
    held: Held,
}

#[derive(Clone)]
enum Held {
    /// The process keeps its epoch itself.
    Forever(Arc<AtomicU64>),
    /// The epoch stands in the store.
    Read(Arc<RwLock<Option<Known>>>),
}

#[derive(Clone, Copy)]
struct Known {
    epoch: u64,
    /// When the reading of it began.
    since: Instant,
    /// When this process first knew it: it had begun by then.
    met: Instant,
}

impl Lease {
    /// How long after an epoch was read it counts.
    pub const TERM: Duration = Duration::from_secs(1);

    /// A lease that never ends, for a cache that lives and dies with the only process that writes.
    pub fn forever() -> Lease {
        Lease {
            held: Held::Forever(Arc::default()),
        }
    }

    /// A lease that holds once it is renewed.
    pub fn unread() -> Lease {
        Lease {
            held: Held::Read(Arc::default()),
        }
    }

    /// Whether it must be renewed to hold.
    pub const fn ends(&self) -> bool {
        matches!(self.held, Held::Read(_))
    }

    /// The epoch, if the cache may be used now.
    pub fn epoch(&self) -> Option<u64> {
        match &self.held {
            Held::Forever(epoch) => Some(epoch.load(Ordering::SeqCst)),
            Held::Read(known) => {
                let known = (*known.read())?;
                (known.since.elapsed() < Lease::TERM).then_some(known.epoch)
            }
        }
    }

    /// Begins a new epoch where the process keeps it itself; whether it does.
    pub fn raise(&self) -> bool {
        match &self.held {
            Held::Forever(epoch) => {
                epoch.fetch_add(1, Ordering::SeqCst);
                true
            }
            Held::Read(_) => false,
        }
    }

    /// Notes the epoch that was read from the store by a call begun at `since`. An older one than known is ignored.
    pub fn renew(&self, epoch: u64, since: Instant) {
        let Held::Read(known) = &self.held else { return };
        let mut known = known.write();
        let newer = known.is_none_or(|known| (known.epoch, known.since) <= (epoch, since));
        if newer {
            let same = known.filter(|known| known.epoch == epoch);
            let met = same.map_or_else(Instant::now, |known| known.met);
            *known = Some(Known { epoch, since, met });
        }
    }

    /// From when on every process knows the epoch that this one knows, or has stopped trusting the cache; `None` where
    /// nobody else has to, or nobody has ever raised it.
    pub fn common(&self) -> Option<Instant> {
        match &self.held {
            Held::Forever(_) => None,
            Held::Read(known) => {
                let raised = (*known.read()).filter(|known| known.epoch > 0);
                raised.map(|known| known.met + Lease::TERM)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_from_its_first_renewal_for_a_term() {
        let lease = Lease::unread();
        assert_eq!(lease.epoch(), None);
        lease.renew(3, Instant::now());
        assert_eq!(lease.epoch(), Some(3));
        let long_ago = Lease::unread();
        long_ago.renew(3, Instant::now() - Lease::TERM);
        assert_eq!(long_ago.epoch(), None);
    }

    #[test]
    fn only_one_that_never_ends_raises_its_epoch_itself() {
        let (lease, read) = (Lease::forever(), Lease::unread());
        read.renew(3, Instant::now());
        assert_eq!(
            (lease.epoch(), lease.raise(), lease.clone().epoch()),
            (Some(0), true, Some(1))
        );
        assert_eq!((read.raise(), read.epoch()), (false, Some(3)));
    }

    #[test]
    fn an_epoch_is_common_a_term_after_it_was_first_known_however_often_it_is_read() {
        let lease = Lease::unread();
        assert_eq!(lease.common(), None);
        let start = Instant::now();
        lease.renew(0, start);
        assert_eq!(lease.common(), None);
        lease.renew(3, start);
        let common = lease.common().unwrap();
        assert!(common >= start + Lease::TERM);
        lease.renew(3, Instant::now());
        assert_eq!(lease.common(), Some(common));
        lease.renew(4, Instant::now());
        assert!(lease.common() > Some(common));
    }

    #[test]
    fn an_older_epoch_read_late_changes_nothing() {
        let lease = Lease::unread();
        lease.renew(4, Instant::now());
        lease.renew(3, Instant::now());
        assert_eq!(lease.epoch(), Some(4));
    }
}
