//! Chance with a seed: the same seed rolls the same numbers in every release, so it is no library's generator.

/// SplitMix64: <https://prng.di.unimi.it/splitmix64.c>
#[derive(Clone, Debug)]
pub struct Dice(u64);

impl Dice {
    /// Dice that roll what this seed says.
    pub fn new(seed: u64) -> Dice {
        Dice(seed)
    }

    /// 64 random bits.
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        bits ^ (bits >> 31)
    }

    /// A number less than `count`; 0 when that is 0.
    pub fn below(&mut self, count: usize) -> usize {
        let scaled = (u128::from(self.roll()) * count as u128) >> 64;
        usize::try_from(scaled).unwrap_or_default()
    }

    /// A number of this range, its ends included.
    pub fn between(&mut self, low: i64, high: i64) -> i64 {
        let span = usize::try_from(high - low + 1).unwrap_or(1);
        low + i64::try_from(self.below(span)).unwrap_or_default()
    }

    /// Whether it happened, if it happens so often in a hundred.
    pub fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of these; there is at least one.
    pub fn pick<T: Copy>(&mut self, of: &[T]) -> T {
        of[self.below(of.len())]
    }

    /// One of these, each as often as its weight says; there is at least one.
    pub fn weighted<T: Copy>(&mut self, of: &[(T, usize)]) -> T {
        let mut at = self.below(of.iter().map(|(_, weight)| weight).sum());
        for (one, weight) in of {
            match at.checked_sub(*weight) {
                Some(rest) => at = rest,
                None => return *one,
            }
        }
        of[0].0
    }

    /// At most `count` of these, each once, in the order they were drawn.
    pub fn some<T: Copy>(&mut self, of: &[T], count: usize) -> Vec<T> {
        let mut left: Vec<usize> = (0..of.len()).collect();
        let drawn = (0..count.min(of.len())).map(|_| left.swap_remove(self.below(left.len())));
        drawn.collect::<Vec<usize>>().into_iter().map(|at| of[at]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_always_rolls_the_same() {
        let mut dice = Dice::new(1);
        // The published sequence of the algorithm for this seed.
        assert_eq!(
            [dice.roll(), dice.roll()],
            [0x910a_2dec_8902_5cc1, 0xbeeb_8da1_658e_ec67]
        );
    }

    #[test]
    fn some_are_drawn_once_each() {
        let mut drawn = Dice::new(7).some(&[1, 2, 3, 4], 9);
        drawn.sort_unstable();
        assert_eq!(drawn, [1, 2, 3, 4]);
    }

    #[test]
    fn weights_are_kept() {
        let mut dice = Dice::new(3);
        let heavy = (0..1_000).filter(|_| dice.weighted(&[(true, 90), (false, 10)])).count();
        assert!((850..950).contains(&heavy), "{heavy}");
    }
}
