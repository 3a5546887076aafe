//! Rate limits by the generic cell rate algorithm: one number a bucket, no windows to straddle.

use rules::Instant;
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

/// Buckets kept in this process; those that are full again make room.
const BUCKETS_MAX: usize = 100_000;
const MICROSECONDS: i64 = 1_000_000;

/// So many tries at once, and as many again in so many seconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// Tries at once.
    pub burst: u32,
    /// Seconds in which all of them come back, one after the other.
    pub per_seconds: u32,
}

impl Limit {
    /// Microseconds in which all tries come back.
    pub(super) fn span(self) -> i64 {
        i64::from(self.per_seconds).max(1) * MICROSECONDS
    }

    /// Microseconds in which one try comes back; a limit of none never lets one through.
    pub(super) fn step(self) -> i64 {
        self.span() / i64::from(self.burst).max(1) + i64::from(self.burst == 0)
    }
}

/// Come back after so many seconds, at least one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RetryAfterSeconds(pub u32);

impl RetryAfterSeconds {
    pub(super) fn from_microseconds(wait: i64) -> Self {
        let seconds = wait / MICROSECONDS + i64::from(wait % MICROSECONDS > 0);
        Self(u32::try_from(seconds.max(1)).unwrap_or(u32::MAX))
    }
}

impl From<RetryAfterSeconds> for crate::error::Error {
    fn from(wait: RetryAfterSeconds) -> Self {
        Self::TooMany(wait.0)
    }
}

/// When the bucket will be full again after one more try, in microseconds since 1970, or how many
/// microseconds to wait for it.
fn after_one_more(full_at: Option<i64>, limit: Limit, now: i64) -> Result<i64, i64> {
    // A clock that jumped back must not lock anyone out for longer than the span.
    let base = full_at.unwrap_or(now).clamp(now, now + limit.span());
    let next = base + limit.step();
    let wait = next - now - limit.span();
    if wait > 0 { Err(wait) } else { Ok(next) }
}

/// The buckets of this process.
#[derive(Debug, Default)]
pub(super) struct Buckets(Mutex<HashMap<String, i64>>);

impl Buckets {
    pub(super) fn take(
        &self,
        bucket: &str,
        limit: Limit,
        now: Instant,
    ) -> Result<(), RetryAfterSeconds> {
        let now = now.timestamp().as_microsecond();
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let next = after_one_more(buckets.get(bucket).copied(), limit, now)
            .map_err(RetryAfterSeconds::from_microseconds)?;
        if buckets.len() >= BUCKETS_MAX {
            buckets.retain(|_, full_at| *full_at > now);
        }
        if buckets.len() >= BUCKETS_MAX {
            // Someone tries from everywhere at once: the buckets furthest from empty are forgotten.
            let mut ends: Vec<i64> = buckets.values().copied().collect();
            let (_, median, _) = ends.select_nth_unstable(BUCKETS_MAX / 2);
            let median = *median;
            buckets.retain(|_, full_at| *full_at > median);
        }
        buckets.insert(bucket.to_owned(), next);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, after_one_more};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn no_span_ever_sees_more_than_twice_the_burst(
            burst in 1..20u32,
            per_seconds in 1..1000u32,
            gaps in proptest::collection::vec(0..5_000_000i64, 1..200),
        ) {
            let limit = Limit { burst, per_seconds };
            let (mut now, mut full_at, mut taken) = (1_700_000_000_000_000, None, Vec::new());
            for gap in gaps {
                now += gap;
                if let Ok(next) = after_one_more(full_at, limit, now) {
                    full_at = Some(next);
                    taken.push(now);
                }
            }
            let busiest = taken.iter().map(|start| {
                taken.iter().filter(|at| (*start..start + limit.span()).contains(at)).count()
            });
            prop_assert!(busiest.max().unwrap_or(0) <= usize::try_from(2 * burst).unwrap());
            prop_assert!(!taken.is_empty());
        }

        #[test]
        fn whoever_waits_as_told_gets_through(
            burst in 1..20u32, per_seconds in 1..1000u32, full_at in any::<u32>(),
        ) {
            let limit = Limit { burst, per_seconds };
            if let Err(wait) = after_one_more(Some(i64::from(full_at)), limit, 0) {
                prop_assert!(wait <= limit.span());
                prop_assert!(after_one_more(Some(i64::from(full_at).min(limit.span())), limit, wait).is_ok());
            }
        }
    }
}
