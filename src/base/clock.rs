//! The only place where the product asks what time it is.

use rules::Instant;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

/// The time of business: the system's, or one that tests and the demo move by hand.
#[derive(Debug, Clone)]
pub enum Clock {
    /// The machine's clock.
    System,
    /// Stands still until it is moved; microseconds since 1970.
    Moved(Arc<AtomicI64>),
}

impl Clock {
    /// A clock that stands at `at` until it is moved.
    #[must_use]
    pub fn standing_at(at: Instant) -> Self {
        Self::Moved(Arc::new(AtomicI64::new(at.timestamp().as_microsecond())))
    }

    /// Now.
    #[must_use]
    #[expect(clippy::disallowed_methods, reason = "this is the clock that everyone else must use")]
    pub fn now(&self) -> Instant {
        match self {
            Self::System => Instant::new(jiff::Timestamp::now()),
            Self::Moved(at) => Instant::new(
                jiff::Timestamp::from_microsecond(at.load(Ordering::SeqCst))
                    .unwrap_or(jiff::Timestamp::UNIX_EPOCH),
            ),
        }
    }

    /// Moves a standing clock to `at`; the system's clock is not ours to move.
    pub fn set(&self, at: Instant) {
        if let Self::Moved(clock) = self {
            clock.store(at.timestamp().as_microsecond(), Ordering::SeqCst);
        }
    }

    /// Moves a standing clock by whole seconds.
    pub fn advance_seconds(&self, seconds: i64) {
        self.set(self.now().plus_seconds(seconds));
    }
}
