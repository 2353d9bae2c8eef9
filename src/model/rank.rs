//! A task's place in its column: text that sorts, with room between any two, so that a move writes one document.

use serde::{Deserialize, Serialize};

use super::Slot;

/// A fraction between 0 and 1 in base 62, without its leading zero and point; never ends in `0`.
///
/// The idea is known as fractional indexing: <https://observablehq.com/@dgreensp/implementing-fractional-indexing>
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Rank(String);

/// How many digits count when a task is put at an end of its column.
const WIDTH: usize = 6;
const WHOLES: usize = DIGITS.len().pow(6);
const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

impl Default for Rank {
    fn default() -> Rank {
        Rank::between(None, None)
    }
}

impl Rank {
    /// A rank after `low` and before `high`; `None` is the end of the column.
    /// When they are equal or the wrong way round (two moves raced), it comes after `low`.
    pub fn between(low: Option<&Rank>, high: Option<&Rank>) -> Rank {
        let high = high.filter(|high| low.is_none_or(|low| *high > low));
        let whole = match (low, high) {
            (Some(low), None) => low.whole().checked_add(1).filter(|next| *next < WHOLES),
            (None, Some(high)) => high.whole().checked_sub(1).filter(|next| *next > 0),
            _ => None,
        };
        match whole {
            Some(whole) => Rank::from_whole(whole),
            None => Rank::middle(low.map_or(&[], Rank::digits), high.map(Rank::digits)),
        }
    }

    /// Digit by digit down to the first place where something fits between; both are digits, low is less.
    fn middle(low: &[u8], mut high: Option<&[u8]>) -> Rank {
        let mut digits = Vec::with_capacity(low.len() + 1);
        for place in 0.. {
            let floor = low.get(place).map_or(0, |digit| value(*digit));
            let ceiling = high.map_or(DIGITS.len(), |high| high.get(place).map_or(0, |digit| value(*digit)));
            if ceiling > floor + 1 {
                digits.push(DIGITS[usize::midpoint(floor, ceiling)]);
                break;
            }
            digits.push(DIGITS[floor]);
            if ceiling > floor {
                high = None;
            }
        }
        Rank(String::from_utf8(digits).expect("digits are ASCII"))
    }

    /// The first `WIDTH` digits as a number: what appending and prepending count, so that ranks stay short.
    fn whole(&self) -> usize {
        let digits = self.digits().iter().copied().chain(std::iter::repeat(b'0'));
        digits
            .take(WIDTH)
            .fold(0, |whole, digit| whole * DIGITS.len() + value(digit))
    }

    fn from_whole(mut whole: usize) -> Rank {
        let mut digits = [b'0'; WIDTH];
        for digit in digits.iter_mut().rev() {
            *digit = DIGITS[whole % DIGITS.len()];
            whole /= DIGITS.len();
        }
        let text = String::from_utf8_lossy(&digits);
        Rank(text.trim_end_matches('0').to_owned())
    }

    fn digits(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// This rank with a little more, so that two tasks put into one gap at the same time still differ: by `number`,
    /// their own in the project. It stays before every rank that this one lies before.
    #[must_use]
    pub fn distinct(&self, number: i64) -> Rank {
        let base = DIGITS.len();
        let number = usize::try_from(number).unwrap_or_default();
        // The last digit is never the 0 that a rank can't end in.
        let (rest, last) = (number / (base - 1), 1 + number % (base - 1));
        let more = [rest / base % base, rest % base, last].map(|place| char::from(DIGITS[place]));
        Rank(format!("{:0<WIDTH$}{}", self.0, String::from_iter(more)))
    }

    /// The stored text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Reads stored text back; `None` when it holds anything but digits and letters.
    pub fn parse(text: &str) -> Option<Rank> {
        let fits = !text.is_empty() && text.len() <= 200 && text.bytes().all(|byte| byte.is_ascii_alphanumeric());
        fits.then(|| Rank(text.to_owned()))
    }
}

/// Its text as JSON.
impl Slot for Rank {
    fn put(&self, to: &mut Vec<u8>) {
        self.0.put(to);
    }

    fn take(bytes: &[u8]) -> Option<Rank> {
        String::take(bytes).map(Rank)
    }
}

fn value(digit: u8) -> usize {
    DIGITS.iter().position(|known| *known == digit).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_rank_put_anywhere_lies_between_its_neighbours(places in prop::collection::vec(any::<prop::sample::Index>(), 1..300)) {
            let mut ranks: Vec<Rank> = Vec::new();
            for place in places {
                let at = place.index(ranks.len() + 1);
                let low = at.checked_sub(1).map(|below| &ranks[below]);
                let rank = Rank::between(low, ranks.get(at));
                ranks.insert(at, rank);
            }
            prop_assert!(ranks.is_sorted_by(|low, high| low < high), "{ranks:?}");
        }
    }

    proptest! {
        #[test]
        fn made_distinct_a_rank_keeps_its_place(places in prop::collection::vec((any::<prop::sample::Index>(), 0i64..300_000), 1..200)) {
            let mut ranks: Vec<Rank> = Vec::new();
            for (place, number) in places {
                let at = place.index(ranks.len() + 1);
                let low = at.checked_sub(1).map(|below| &ranks[below]);
                let rank = Rank::between(low, ranks.get(at)).distinct(number);
                ranks.insert(at, rank);
            }
            prop_assert!(ranks.is_sorted_by(|low, high| low < high), "{ranks:?}");
        }

        #[test]
        fn distinct_ranks_of_one_gap_sort_by_number(low in 0i64..200_000, more in 1i64..1000) {
            let rank = Rank::default();
            prop_assert!(rank.distinct(low) < rank.distinct(low + more));
        }
    }

    #[test]
    fn ten_thousand_appends_stay_short() {
        let mut last = Rank::default();
        for _ in 0..10_000 {
            last = Rank::between(Some(&last), None);
        }
        assert!(last.as_str().len() <= WIDTH, "{}", last.as_str().len());
    }
}
