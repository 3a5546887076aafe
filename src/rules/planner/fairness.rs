//! Fair shares of the people at work, between facilities whose charts are equally urgent.
//!
//! Start-time fair queueing: of charts in the same band of slack and with the same priority, the one
//! comes first whose facility has the least work in hand for its weight. Only work in hand counts,
//! so that nobody saves up a claim while nothing of theirs waits, and nobody pays for last week.

use std::collections::HashMap;

use crate::ids::FacilityId;

/// Parts of a second in a start, so that weights that do not divide the work still count.
const PARTS_PER_SECOND: u64 = 1_000;

/// One facility's claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Share {
    /// From the contract; twice the weight is twice the people.
    pub weight: u32,
    /// Expected seconds of everything offered or begun.
    pub in_hand_seconds: u64,
}

impl Default for Share {
    fn default() -> Self {
        Self { weight: 1, in_hand_seconds: 0 }
    }
}

impl Share {
    /// Where this facility's next chart begins in the common queue: thousandths of a second in hand
    /// for each unit of weight. The smallest comes first.
    #[must_use]
    pub fn start(self) -> u64 {
        self.in_hand_seconds.saturating_mul(PARTS_PER_SECOND) / u64::from(self.weight.max(1))
    }

    /// With one more chart in hand.
    #[must_use]
    pub fn with(self, expected_seconds: u32) -> Self {
        let in_hand_seconds = self.in_hand_seconds.saturating_add(u64::from(expected_seconds));
        Self { in_hand_seconds, ..self }
    }
}

/// The claims of all facilities; one that is not among them has the usual weight and nothing in hand.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Shares(HashMap<FacilityId, Share>);

impl Shares {
    /// A facility's claim.
    #[must_use]
    pub fn of(&self, facility: FacilityId) -> Share {
        self.0.get(&facility).copied().unwrap_or_default()
    }

    /// Counts one more chart of a facility; answers where it begins.
    pub fn take(&mut self, facility: FacilityId, expected_seconds: u32) -> u64 {
        let share = self.0.entry(facility).or_default();
        let start = share.start();
        *share = share.with(expected_seconds);
        start
    }
}

impl FromIterator<(FacilityId, Share)> for Shares {
    fn from_iter<T: IntoIterator<Item = (FacilityId, Share)>>(shares: T) -> Self {
        Self(shares.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::{Share, Shares};
    use crate::ids::FacilityId;

    #[test]
    fn three_times_the_weight_is_three_times_the_work() {
        let (large, small) = (FacilityId::new(), FacilityId::new());
        let three = Share { weight: 3, in_hand_seconds: 0 };
        let mut shares: Shares = [(large, three)].into_iter().collect();
        let mut taken = [0, 0];
        for _ in 0..40 {
            let large_first = shares.of(large).start() <= shares.of(small).start();
            shares.take(if large_first { large } else { small }, 300);
            taken[usize::from(!large_first)] += 1;
        }
        assert_eq!(taken, [30, 10]);
    }

    #[test]
    fn what_is_in_hand_already_counts_and_a_weight_of_none_is_one() {
        let busy = Share { weight: 2, in_hand_seconds: 900 };
        assert_eq!(busy.start(), 450_000);
        assert_eq!(busy.with(100).start(), 500_000);
        assert_eq!(Share { weight: 0, in_hand_seconds: 2 }.start(), 2_000);
        assert_eq!(Shares::default().of(FacilityId::new()).start(), 0);
    }
}
