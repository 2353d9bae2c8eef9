//! How much of whoever asks an answer depends on: recorded while it is made, for whoever wants to share it.

use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

use super::Viewer;

/// What of the viewer was consulted, each level with all below it.
///
/// The claim that sharing rests on: a run that consulted no more than a level comes out the same for everybody who has
/// the same [`key`](Consulted::key) at that level. A run is a function of the document, its variables, the data, the
/// clock and what it reads of the viewer; whatever it reads, up to its level, is equal for both, so both take the
/// same way at each step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Consulted {
    /// Nothing, not even whether somebody is signed in.
    Nothing,
    /// Whether somebody is signed in. An anonymous request consults no more than this: there is nothing more.
    SignedIn,
    /// Whose member they are.
    Organization,
    /// What they may in the organisation.
    Permissions,
    /// Who they are, and their role.
    Person,
    /// Which of their sessions it is.
    Session,
}

impl Consulted {
    /// Every level, from nothing up.
    pub const ALL: [Consulted; 6] = [
        Consulted::Nothing,
        Consulted::SignedIn,
        Consulted::Organization,
        Consulted::Permissions,
        Consulted::Person,
        Consulted::Session,
    ];

    /// What of the viewer tells apart answers that consulted this much. Keys of different levels are never equal.
    /// It holds ids and names of ours only, never anything that a client wrote.
    pub fn key(self, viewer: Option<&Viewer>) -> &str {
        match (self, viewer) {
            (Consulted::Nothing, _) => "all",
            (_, None) => "anonymous",
            (level, Some(viewer)) => viewer.key(level),
        }
    }
}

/// Holds the highest level that was consulted; clones share it.
#[derive(Clone, Debug, Default)]
pub struct ConsultedRecord(Arc<AtomicU8>);

impl ConsultedRecord {
    /// Notes that this much was consulted; what was noted before never sinks.
    pub fn note(&self, level: Consulted) {
        // It is noted of every row, and rises a few times at most: a look is cheaper than a locked write.
        if self.0.load(Ordering::Relaxed) < level as u8 {
            self.0.fetch_max(level as u8, Ordering::Relaxed);
        }
    }

    /// The highest level that was consulted.
    pub fn highest(&self) -> Consulted {
        Consulted::ALL[usize::from(self.0.load(Ordering::Relaxed))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_only_rises_and_its_clones_share_it() {
        let record = ConsultedRecord::default();
        assert_eq!(record.highest(), Consulted::Nothing);
        for level in Consulted::ALL {
            record.clone().note(level);
            record.note(Consulted::Nothing);
            assert_eq!(record.highest(), level);
        }
    }
}
