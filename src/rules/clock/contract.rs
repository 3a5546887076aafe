//! The contract clock of one chart: it starts when the chart is ready and stops while the facility
//! must act.

use serde::{Deserialize, Serialize};

use super::{Calendar, ClockError, due_after_seconds, open_seconds_between};
use crate::Instant;

/// Where a chart's contract clock stands. Every change gives a new value, to be stored with the chart.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ContractClock {
    /// When the chart was complete enough to code; none until then.
    pub ready_at: Option<Instant>,
    /// Since when it stands still; none while it runs.
    pub paused_at: Option<Instant>,
    /// Open seconds it stood still before, cut to whole seconds at each resumption.
    pub paused_seconds: i64,
}

impl ContractClock {
    /// Starts the clock; a clock that was started keeps its beginning.
    #[must_use]
    pub fn start(self, at: Instant) -> Self {
        Self { ready_at: self.ready_at.or(Some(at)), ..self }
    }

    /// Stops the clock. A second hold on a stopped clock changes nothing, and what has not started
    /// cannot stop.
    #[must_use]
    pub fn pause(self, at: Instant) -> Self {
        let Some(ready_at) = self.ready_at else {
            return self;
        };
        Self { paused_at: self.paused_at.or(Some(at.max(ready_at))), ..self }
    }

    /// Lets a stopped clock run on, remembering how much open time has passed it by.
    #[must_use]
    pub fn resume(self, calendar: &Calendar, at: Instant) -> Self {
        let Some(paused_at) = self.paused_at else {
            return self;
        };
        let stood = open_seconds_between(calendar, paused_at, at);
        Self { paused_at: None, paused_seconds: self.paused_seconds.saturating_add(stood), ..self }
    }

    /// When the chart must be back: open time since ready = turnaround + open time stood still.
    /// None while the clock has not started or stands still, as the moment then moves with time.
    ///
    /// # Errors
    /// See [`ClockError`].
    pub fn due_at(
        &self,
        calendar: &Calendar,
        turnaround_minutes: i64,
    ) -> Result<Option<Instant>, ClockError> {
        let (Some(ready_at), None) = (self.ready_at, self.paused_at) else {
            return Ok(None);
        };
        if turnaround_minutes < 0 {
            return Err(ClockError::NegativeTurnaround);
        }
        let seconds = turnaround_minutes.saturating_mul(60).saturating_add(self.paused_seconds);
        due_after_seconds(calendar, ready_at, seconds).map(Some)
    }

    /// Open seconds until due as of `now`, negative when late; none before the clock has started.
    /// Of a stopped clock it is what was left when it stopped.
    #[must_use]
    pub fn seconds_left(
        &self,
        calendar: &Calendar,
        turnaround_minutes: i64,
        now: Instant,
    ) -> Option<i64> {
        let until = self.paused_at.unwrap_or(now);
        let used = open_seconds_between(calendar, self.ready_at?, until)
            .saturating_sub(self.paused_seconds);
        Some(turnaround_minutes.saturating_mul(60).saturating_sub(used))
    }
}
