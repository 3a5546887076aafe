//! Chance that repeats itself: the same seed makes the same demonstration.

/// `SplitMix64` (Steele, Lea, Flood 2014): small, fast, and good enough for a story.
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) const fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `from` to `to`, both included.
    pub(super) fn between(&mut self, from: i64, to: i64) -> i64 {
        let choices = to.saturating_sub(from).saturating_add(1).max(1);
        let choices = u64::try_from(choices).unwrap_or(1);
        from.saturating_add(i64::try_from(self.next() % choices).unwrap_or(0))
    }

    /// Whether something happens that happens so often in a hundred.
    pub(super) fn percent(&mut self, often: i64) -> bool {
        self.between(1, 100) <= often
    }

    /// One of a list; none of an empty one.
    pub(super) fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        let choices = i64::try_from(list.len()).unwrap_or(i64::MAX);
        let place = self.between(0, choices.checked_sub(1)?);
        list.get(usize::try_from(place).ok()?)
    }
}
