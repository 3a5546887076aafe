//! What a facility reports often, as far as it moves a search.

use std::collections::HashMap;

/// What the most usual code gains in the ranking: as much as one ordinary word, no more, so that a
/// code that answers the query better still comes first.
const GAIN_MAX: i32 = 30;
/// What a code gains that is only just usual.
const GAIN_MIN: i32 = 20;

/// Codes of one system that a facility reports often, with what each gains.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Usual(HashMap<String, i32>);

impl Usual {
    /// From codes without points and how often each was reported; the order doesn't matter.
    #[must_use]
    pub fn from_counts(counts: impl IntoIterator<Item = (String, u32)>) -> Self {
        let counts: Vec<(String, u32)> = counts.into_iter().filter(|(_, n)| *n > 0).collect();
        let most = counts.iter().map(|(_, n)| n.ilog2()).max().unwrap_or_default().max(1);
        let gain = |n: u32| {
            let share = i32::try_from(n.ilog2() * 10 / most).unwrap_or_default();
            GAIN_MIN + (GAIN_MAX - GAIN_MIN) * share / 10
        };
        Self(counts.into_iter().map(|(code, n)| (code, gain(n))).collect())
    }

    /// What a code gains; nothing when it isn't usual.
    #[must_use]
    pub fn gain(&self, code: &str) -> i32 {
        self.0.get(code).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{GAIN_MAX, GAIN_MIN, Usual};

    #[test]
    fn the_gain_grows_with_the_count_and_is_bounded() {
        let counts = [("I10", 4000), ("E119", 60), ("R51", 5), ("Z00", 0)];
        let usual = Usual::from_counts(counts.map(|(code, n)| (code.to_owned(), n)));
        let gains = ["I10", "E119", "R51", "Z00", "A00"].map(|code| usual.gain(code));
        assert_eq!(gains[0], GAIN_MAX);
        assert!(gains.is_sorted_by(|a, b| a >= b), "{gains:?}");
        assert!(gains[2] >= GAIN_MIN);
        assert_eq!(gains[3..], [0, 0]);
        assert_eq!(Usual::default().gain("I10"), 0);
    }
}
