//! Which waiting chart comes first: a total order, so that equal inputs give equal plans.

use super::WaitingChart;
use crate::ids::{ChartId, QueueId};
use crate::time::Instant;

/// Slack under which a chart is pressing.
pub const PRESSING_SLACK_SECONDS: i64 = 2 * 3600;
/// Slack under which a chart belongs into this shift.
pub const THIS_SHIFT_SLACK_SECONDS: i64 = 8 * 3600;

/// How much room is left before a chart must be begun.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Slack {
    /// Even begun now, it is late at the usual speed.
    Gone,
    /// Less than [`PRESSING_SLACK_SECONDS`].
    Pressing,
    /// Less than [`THIS_SHIFT_SLACK_SECONDS`].
    ThisShift,
    /// More, or no deadline.
    Ample,
}

impl Slack {
    /// The slack of a chart at `now`.
    #[must_use]
    pub fn of(chart: &WaitingChart, now: Instant) -> Self {
        let Some(due) = chart.due_at else {
            return Self::Ample;
        };
        match due.seconds_since(now).saturating_sub(i64::from(chart.expected_seconds)) {
            i64::MIN..0 => Self::Gone,
            0..PRESSING_SLACK_SECONDS => Self::Pressing,
            PRESSING_SLACK_SECONDS..THIS_SHIFT_SLACK_SECONDS => Self::ThisShift,
            THIS_SHIFT_SLACK_SECONDS.. => Self::Ample,
        }
    }
}

/// The order of urgency; the smallest is the most urgent. Slack and priority make the band, in which
/// facilities take turns (see [`fairness`](super::fairness)); in a facility the deadline decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Urgency {
    slack: Slack,
    priority: i32,
    share: u64,
    has_no_deadline: bool,
    due_at: Option<Instant>,
    ready_at: Instant,
    chart: ChartId,
    queue: QueueId,
}

impl Urgency {
    /// The urgency of a chart of a queue at `now`, for a facility that has nothing in hand.
    #[must_use]
    pub fn of(chart: &WaitingChart, queue: QueueId, now: Instant) -> Self {
        Self {
            slack: Slack::of(chart, now),
            priority: chart.priority,
            share: 0,
            has_no_deadline: chart.due_at.is_none(),
            due_at: chart.due_at,
            ready_at: chart.ready_at,
            chart: chart.id,
            queue,
        }
    }

    /// The same with the facility's turn: where the chart begins in the common queue.
    #[must_use]
    pub const fn at_turn(self, start: u64) -> Self {
        Self { share: start, ..self }
    }

    /// Charts of one band share people fairly.
    pub(super) const fn band(&self) -> (Slack, i32) {
        (self.slack, self.priority)
    }
}
