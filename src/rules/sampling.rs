//! Which codings are reviewed: an exact share of each block, drawn from a secret seed.
//!
//! A coder's submissions to a queue are counted off in blocks. Each block has its own secret seed, so
//! the coder cannot know which of its positions are drawn, and anyone who is later shown the seed can
//! draw again and compare. When the rate in force changes, a new block begins.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

/// Reviewed charts in a row at or above target that end a new coder's full review.
pub const RAMP_CHARTS_DEFAULT: u32 = 30;

/// A full share.
pub const PERCENT_MAX: u32 = 100;

text_enum!(
    /// Why a sampling rate is in force.
    RateReason {
        /// The coder has not yet shown a long enough run at target.
        Ramp = "ramp",
        /// The queue's own rate.
        Routine = "routine",
    }
);

/// The sampling rate that applies to one coder's next submission to a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Rate {
    /// Share of submissions that are reviewed, 0 to 100.
    pub percent: u32,
    /// Why.
    pub reason: RateReason,
}

/// What a coder's reviewed charts in a queue have shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct CoderRecord {
    /// Reviewed charts at or above target since the last one below it.
    pub run_at_target: u32,
    /// The longest such run ever.
    pub longest_run_at_target: u32,
}

impl CoderRecord {
    /// Reads reviewed charts from the oldest to the newest: was each at or above target?
    pub fn of(at_target: impl IntoIterator<Item = bool>) -> Self {
        at_target.into_iter().fold(Self::default(), Self::with)
    }

    /// The record after one more reviewed chart.
    #[must_use]
    pub fn with(self, at_target: bool) -> Self {
        let run_at_target = if at_target { self.run_at_target.saturating_add(1) } else { 0 };
        Self { run_at_target, longest_run_at_target: self.longest_run_at_target.max(run_at_target) }
    }
}

/// The rate for a coder: everything until `ramp_charts` reviewed charts in a row were at or above
/// target, from then on the queue's rate. A ramp of 0 charts is no ramp. A run once shown counts for
/// good; what a later bad chart leads to is a focus rule, not a second ramp.
#[must_use]
pub fn rate_in_force(queue_rate_percent: u32, ramp_charts: u32, record: &CoderRecord) -> Rate {
    if record.longest_run_at_target < ramp_charts {
        Rate { percent: PERCENT_MAX, reason: RateReason::Ramp }
    } else {
        Rate { percent: queue_rate_percent.min(PERCENT_MAX), reason: RateReason::Routine }
    }
}

/// How many submissions make a block: the fewest of which the rate is a whole number,
/// 100 / gcd(100, rate). Rates above 100 are 100 throughout.
#[must_use]
pub fn block_size(rate_percent: u32) -> u32 {
    PERCENT_MAX / gcd(PERCENT_MAX, rate_percent.min(PERCENT_MAX))
}

/// How many of a block are drawn: rate / gcd(100, rate).
#[must_use]
pub fn drawn_per_block(rate_percent: u32) -> u32 {
    let rate = rate_percent.min(PERCENT_MAX);
    rate / gcd(PERCENT_MAX, rate)
}

/// The positions, from 0, that are drawn in the block of this seed.
///
/// Selection sampling: each position in turn is taken with probability
/// (still to be drawn) / (positions left), so that every choice of the right size is equally likely.
/// The random numbers are the words of the `ChaCha20` stream (RFC 8439) whose key is the seed, with
/// nonce 0 and counter from 0; a number below n is word modulo n, where the words that would favour
/// small numbers are passed over.
#[must_use]
pub fn chosen_in_block(seed: &[u8; 32], rate_percent: u32) -> BTreeSet<u32> {
    let size = block_size(rate_percent);
    let mut wanted = drawn_per_block(rate_percent);
    let mut stream = Stream::new(seed);
    let mut chosen = BTreeSet::new();
    for position in 0..size {
        if stream.below(size - position) < wanted {
            wanted -= 1;
            chosen.insert(position);
        }
    }
    chosen
}

/// Whether a submission at a position of a block, counted from 0, is reviewed. A position beyond the
/// block is never drawn: it belongs to the next block and its seed.
#[must_use]
pub fn is_drawn(seed: &[u8; 32], rate_percent: u32, position_in_block: u32) -> bool {
    chosen_in_block(seed, rate_percent).contains(&position_in_block)
}

const fn gcd(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { gcd(b, a % b) }
}

/// The words of a `ChaCha20` key stream.
struct Stream {
    key: [u32; 8],
    next_block: u32,
    words: std::array::IntoIter<u32, 16>,
}

impl Stream {
    fn new(seed: &[u8; 32]) -> Self {
        let mut key = [0; 8];
        let (words, _) = seed.as_chunks::<4>();
        for (word, bytes) in key.iter_mut().zip(words) {
            *word = u32::from_le_bytes(*bytes);
        }
        Self { key, next_block: 1, words: chacha20_block(&key, 0).into_iter() }
    }

    fn word(&mut self) -> u32 {
        loop {
            if let Some(word) = self.words.next() {
                return word;
            }
            self.words = chacha20_block(&self.key, self.next_block).into_iter();
            self.next_block = self.next_block.wrapping_add(1);
        }
    }

    /// A number from 0 to n - 1, each equally likely. n is at least 1.
    fn below(&mut self, n: u32) -> u32 {
        // How many words are left over when 2^32 is dealt out evenly in n piles.
        let left_over = (u32::MAX % n + 1) % n;
        loop {
            let word = self.word();
            if word <= u32::MAX - left_over {
                return word % n;
            }
        }
    }
}

/// One block of `ChaCha20` with nonce 0 (RFC 8439, section 2.3), as little-endian words.
fn chacha20_block(key: &[u32; 8], counter: u32) -> [u32; 16] {
    let [k0, k1, k2, k3, k4, k5, k6, k7] = *key;
    let start = [
        0x6170_7865,
        0x3320_646e,
        0x7962_2d32,
        0x6b20_6574, // “expand 32-byte k”
        k0,
        k1,
        k2,
        k3,
        k4,
        k5,
        k6,
        k7,
        counter,
        0,
        0,
        0,
    ];
    let mut s = start;
    for _ in 0..10 {
        [s[0], s[4], s[8], s[12]] = quarter_round([s[0], s[4], s[8], s[12]]);
        [s[1], s[5], s[9], s[13]] = quarter_round([s[1], s[5], s[9], s[13]]);
        [s[2], s[6], s[10], s[14]] = quarter_round([s[2], s[6], s[10], s[14]]);
        [s[3], s[7], s[11], s[15]] = quarter_round([s[3], s[7], s[11], s[15]]);
        [s[0], s[5], s[10], s[15]] = quarter_round([s[0], s[5], s[10], s[15]]);
        [s[1], s[6], s[11], s[12]] = quarter_round([s[1], s[6], s[11], s[12]]);
        [s[2], s[7], s[8], s[13]] = quarter_round([s[2], s[7], s[8], s[13]]);
        [s[3], s[4], s[9], s[14]] = quarter_round([s[3], s[4], s[9], s[14]]);
    }
    for (word, start) in s.iter_mut().zip(start) {
        *word = word.wrapping_add(start);
    }
    s
}

const fn quarter_round([mut a, mut b, mut c, mut d]: [u32; 4]) -> [u32; 4] {
    a = a.wrapping_add(b);
    d = (d ^ a).rotate_left(16);
    c = c.wrapping_add(d);
    b = (b ^ c).rotate_left(12);
    a = a.wrapping_add(b);
    d = (d ^ a).rotate_left(8);
    c = c.wrapping_add(d);
    b = (b ^ c).rotate_left(7);
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::{
        CoderRecord, RAMP_CHARTS_DEFAULT, Rate, RateReason, Stream, block_size, chosen_in_block,
        drawn_per_block, is_drawn, rate_in_force,
    };

    /// Seeds that differ in a few bytes only: the stream must spread them.
    fn seed(number: u32) -> [u8; 32] {
        let mut seed = [0; 32];
        for (byte, value) in seed.iter_mut().zip(number.to_le_bytes()) {
            *byte = value;
        }
        seed
    }

    #[test]
    fn every_block_holds_exactly_its_rate_at_every_rate() {
        for rate in 0..=100 {
            for number in 0..50 {
                let chosen = chosen_in_block(&seed(number), rate);
                let count = u32::try_from(chosen.len()).unwrap_or(u32::MAX);
                assert_eq!(count * 100, rate * block_size(rate), "rate {rate}, seed {number}");
                assert!(chosen.iter().all(|position| *position < block_size(rate)));
            }
        }
    }

    #[test]
    fn blocks_are_as_short_as_the_rate_allows() {
        let cases = [(0, 1, 0), (1, 100, 1), (10, 10, 1), (25, 4, 1), (30, 10, 3), (37, 100, 37)];
        for (rate, size, drawn) in cases {
            assert_eq!((block_size(rate), drawn_per_block(rate)), (size, drawn), "rate {rate}");
        }
        assert_eq!((block_size(100), drawn_per_block(100)), (1, 1));
        assert_eq!((block_size(250), drawn_per_block(250)), (1, 1), "more than all is all");
    }

    #[test]
    fn nothing_is_drawn_at_0_and_all_at_100_percent() {
        for number in 0..20 {
            assert!(!is_drawn(&seed(number), 0, 0));
            assert!(is_drawn(&seed(number), 100, 0));
            assert!(!is_drawn(&seed(number), 100, 1), "position 1 is of the next block");
        }
    }

    #[test]
    fn a_seed_always_draws_the_same_and_seeds_differ() {
        let drawn: Vec<_> = (0..64).map(|number| chosen_in_block(&seed(number), 10)).collect();
        let again: Vec<_> = (0..64).map(|number| chosen_in_block(&seed(number), 10)).collect();
        assert_eq!(drawn, again);
        let distinct: std::collections::BTreeSet<_> = drawn.into_iter().collect();
        assert_eq!(distinct.len(), 10, "64 seeds reach each of the ten positions");
    }

    /// RFC 8439, appendix A.1, test vectors 1 and 2: key 0, nonce 0, counters 0 and 1.
    #[test]
    fn the_stream_is_the_published_one() {
        let mut stream = Stream::new(&[0; 32]);
        let words: Vec<u32> = (0..18).map(|_| stream.word()).collect();
        let first = [0xade0_b876, 0x903d_f1a0, 0xe56a_5d40, 0x28bd_8653];
        assert!(words.starts_with(&first), "{words:08x?}");
        assert!(words.ends_with(&[0xbee7_079f, 0x7a38_5155]), "{words:08x?}");
    }

    /// Pearson's statistic over 10,000 fixed seeds, against the 99.9 % point for 9 degrees of freedom.
    #[test]
    fn every_position_is_drawn_equally_often() {
        for (rate, expected) in [(10, 1_000_u32), (30, 3_000), (70, 7_000)] {
            let mut counts = [0_u32; 10];
            for number in 0..10_000 {
                let chosen = chosen_in_block(&seed(number), rate);
                for (position, count) in (0..).zip(counts.iter_mut()) {
                    *count += u32::from(chosen.contains(&position));
                }
            }
            let statistic: f64 = counts
                .iter()
                .map(|count| f64::from(count.abs_diff(expected)).powi(2) / f64::from(expected))
                .sum();
            assert!(statistic < 27.88, "rate {rate}: {statistic} from {counts:?}");
        }
    }

    #[test]
    fn a_new_coder_is_reviewed_in_full_until_thirty_in_a_row_are_at_target() {
        let rate = |record: &CoderRecord| rate_in_force(10, RAMP_CHARTS_DEFAULT, record);
        let ramp = Rate { percent: 100, reason: RateReason::Ramp };
        let routine = Rate { percent: 10, reason: RateReason::Routine };
        assert_eq!(rate(&CoderRecord::default()), ramp);

        let broken = (0..59).map(|chart| chart != 29);
        let record = CoderRecord::of(broken);
        assert_eq!((record.run_at_target, record.longest_run_at_target), (29, 29));
        assert_eq!(rate(&record), ramp, "29, a miss and 29 are not thirty in a row");

        let passed = record.with(true);
        assert_eq!(rate(&passed), routine);
        assert_eq!(rate(&passed.with(false)), routine, "the ramp is passed once");
    }

    #[test]
    fn a_ramp_of_no_charts_is_off() {
        let rate = rate_in_force(25, 0, &CoderRecord::default());
        assert_eq!(rate, Rate { percent: 25, reason: RateReason::Routine });
    }
}
