//! Which documents a transfer concerns: all kinds of the register, without what expires soon or altogether.

use std::time::Duration;

use crate::model::{Filter, Kind, Timestamp, Value};

/// What expires within this isn't copied: it could be gone from one side before both are compared.
const SOON: Duration = Duration::from_secs(3_600);

/// The documents that one transfer concerns.
#[derive(Clone, Copy, Debug)]
pub struct Parcel {
    /// What expires until then is left out.
    cutoff: Timestamp,
    /// Whether kinds that expire by themselves belong to it at all.
    expiring: bool,
}

impl Parcel {
    /// Everything, for another home of the same deployment: people stay signed in.
    pub fn whole(now: Timestamp) -> Parcel {
        let soon = i64::try_from(SOON.as_millis()).unwrap_or(i64::MAX);
        Parcel {
            cutoff: Timestamp::from_millis(now.millis() + soon),
            expiring: true,
        }
    }

    /// What lasts, for a file that lies somewhere: what it brings back must not be sessions that have ended since.
    pub fn lasting() -> Parcel {
        Parcel {
            cutoff: Timestamp::MAX,
            expiring: false,
        }
    }

    /// Its kinds, in the order of the register.
    pub fn kinds(&self) -> impl Iterator<Item = Kind> + use<> {
        let expiring = self.expiring;
        Kind::ALL
            .iter()
            .copied()
            .filter(move |kind| expiring || expires(*kind).is_none())
    }

    /// Which documents of a kind.
    pub fn filter(&self, kind: Kind) -> Filter {
        match expires(kind) {
            Some(field) => Filter::Gt(field, Value::Time(self.cutoff)),
            None => Filter::everything(),
        }
    }
}

/// The field that says when documents of this kind expire.
fn expires(kind: Kind) -> Option<&'static str> {
    let index = kind.indexes().iter().find(|index| index.expires)?;
    index.keys.first().map(|(field, _)| *field)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_no_sessions_and_a_copy_has() {
        let kinds = |parcel: Parcel| parcel.kinds().collect::<Vec<Kind>>();
        assert!(!kinds(Parcel::lasting()).contains(&Kind::Session));
        assert_eq!(kinds(Parcel::whole(Timestamp::MIN)), Kind::ALL);
    }
}
