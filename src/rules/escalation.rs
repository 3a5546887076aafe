//! What is done about a chart as its deadline comes nearer: a ladder of steps, in business time.
//!
//! A step stands at a mark: a share of the turnaround used, or business minutes before or after the
//! deadline. Holds that stop the clock move the deadline, so counting back from it is counting what is
//! left. Each step is taken at most once for a chart, whatever becomes of its deadline later.

#[cfg(test)]
mod tests;

use crate::Instant;
use crate::clock::{CALENDAR_DAYS_MAX, Calendar, due_at, open_seconds_between};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Ninety days, as a turnaround at most has.
pub const MARK_MINUTES_MAX: u32 = 129_600;
/// By how many of the nine levels a chart's priority is raised.
pub const RAISED_LEVELS: i32 = 2;
const SECONDS_PER_MINUTE: i64 = 60;
const DAY_SECONDS: i64 = 86_400;

text_enum!(
    /// What is done.
    Step {
        /// The queue's preferred skills are not asked of people while the chart waits.
        WidenSkills = "widen_skills",
        /// The chart becomes more urgent than others of its queue.
        RaisePriority = "raise_priority",
        /// People who only help the facility out are asked, too, while the chart waits.
        OverflowTeam = "overflow_team",
        /// The facility's leads get a mail.
        TellLead = "tell_lead",
        /// The facility's administrators get a mail.
        TellClient = "tell_client",
    }
);

impl Step {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::WidenSkills => "Ask no preferred skills",
            Self::RaisePriority => "Raise the priority",
            Self::OverflowTeam => "Ask the overflow team",
            Self::TellLead => "Tell the lead",
            Self::TellClient => "Tell the client",
        }
    }
}

/// When a step is due.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Mark {
    /// So much of the turnaround is used, 1 to 100: `75%`.
    UsedPercent(u32),
    /// So many business minutes are left: `-60`.
    BeforeMinutes(u32),
    /// The chart is late by so many business minutes: `+30`, or `+0` as soon as it is late.
    AfterMinutes(u32),
}

/// A mark that cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoMark;

impl std::fmt::Display for NoMark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(
            "a mark is 75% of the turnaround used, -60 minutes before or +30 after the deadline",
        )
    }
}

impl std::error::Error for NoMark {}

impl std::str::FromStr for Mark {
    type Err = NoMark;
    fn from_str(text: &str) -> Result<Self, NoMark> {
        let text = text.trim();
        let number = |digits: &str| {
            let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            let number = digits.parse::<u32>().ok().filter(|it| plain && *it <= MARK_MINUTES_MAX);
            number.ok_or(NoMark)
        };
        if let Some(digits) = text.strip_suffix('%') {
            let percent = number(digits.trim_end())?;
            return if (1..=100).contains(&percent) {
                Ok(Self::UsedPercent(percent))
            } else {
                Err(NoMark)
            };
        }
        if let Some(digits) = text.strip_prefix('-') {
            return number(digits).map(Self::BeforeMinutes);
        }
        number(text.strip_prefix('+').ok_or(NoMark)?).map(Self::AfterMinutes)
    }
}

impl std::fmt::Display for Mark {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UsedPercent(percent) => write!(f, "{percent}%"),
            Self::BeforeMinutes(minutes) => write!(f, "-{minutes}"),
            Self::AfterMinutes(minutes) => write!(f, "+{minutes}"),
        }
    }
}

impl TryFrom<String> for Mark {
    type Error = NoMark;
    fn try_from(text: String) -> Result<Self, NoMark> {
        text.parse()
    }
}

impl From<Mark> for String {
    fn from(mark: Mark) -> Self {
        mark.to_string()
    }
}

impl Mark {
    /// Business seconds before the deadline; none once it is a matter of being late.
    fn seconds_before(self, turnaround_minutes: i64) -> Option<i64> {
        let before = match self {
            Self::UsedPercent(percent) => {
                let left = 100_i64.saturating_sub(i64::from(percent));
                turnaround_minutes.saturating_mul(SECONDS_PER_MINUTE).saturating_mul(left) / 100
            }
            Self::BeforeMinutes(minutes) => i64::from(minutes).saturating_mul(SECONDS_PER_MINUTE),
            Self::AfterMinutes(_) => 0,
        };
        (before > 0).then_some(before)
    }

    /// Business seconds of being late before it is due.
    fn seconds_after(self) -> i64 {
        match self {
            Self::AfterMinutes(minutes) => i64::from(minutes).saturating_mul(SECONDS_PER_MINUTE),
            Self::UsedPercent(_) | Self::BeforeMinutes(_) => 0,
        }
    }

    /// The latest deadline for which the step is due now: what a store looks for. None where the calendar
    /// has not so much business time ahead.
    #[must_use]
    pub fn reach(
        self,
        turnaround_minutes: i64,
        now: Instant,
        calendar: &Calendar,
    ) -> Option<Instant> {
        match self.seconds_before(turnaround_minutes) {
            Some(seconds) => {
                // Whole minutes, upwards: `due_steps` has the last word.
                let minutes = seconds.saturating_add(SECONDS_PER_MINUTE - 1) / SECONDS_PER_MINUTE;
                due_at(calendar, now, minutes).ok()
            }
            None => open_since(calendar, now, self.seconds_after()),
        }
    }

    fn is_due(self, deadline: Deadline, now: Instant, calendar: &Calendar) -> bool {
        let Deadline { due_at, turnaround_minutes } = deadline;
        match self.seconds_before(turnaround_minutes) {
            Some(seconds) => open_seconds_between(calendar, now, due_at) <= seconds,
            None => {
                now > due_at && open_seconds_between(calendar, due_at, now) >= self.seconds_after()
            }
        }
    }
}

/// The latest moment since which so much business time has passed.
fn open_since(calendar: &Calendar, now: Instant, open_seconds: i64) -> Option<Instant> {
    let enough =
        |back: i64| open_seconds_between(calendar, now.plus_seconds(-back), now) >= open_seconds;
    let (mut few, mut many) = (0, open_seconds.max(1));
    if open_seconds == 0 {
        return Some(now);
    }
    while !enough(many) {
        if many > i64::from(CALENDAR_DAYS_MAX).saturating_mul(DAY_SECONDS) {
            return None;
        }
        (few, many) = (many, many.saturating_mul(2));
    }
    while many.saturating_sub(few) > 1 {
        let middle = i64::midpoint(few, many);
        if enough(middle) { many = middle } else { few = middle }
    }
    Some(now.plus_seconds(-many))
}

/// What a chart is measured by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// When its codes are due.
    pub due_at: Instant,
    /// What the contract gives, in business minutes.
    pub turnaround_minutes: i64,
}

/// A queue's steps, each with its mark.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "BTreeMap<Step, Option<Mark>>", into = "BTreeMap<Step, Mark>")]
pub struct Ladder(BTreeMap<Step, Mark>);

impl From<BTreeMap<Step, Option<Mark>>> for Ladder {
    fn from(steps: BTreeMap<Step, Option<Mark>>) -> Self {
        Self(steps.into_iter().filter_map(|(step, mark)| Some((step, mark?))).collect())
    }
}

impl From<Ladder> for BTreeMap<Step, Mark> {
    fn from(ladder: Ladder) -> Self {
        ladder.0
    }
}

impl Default for Ladder {
    /// What suits most contracts; nobody has to be told before there is something to tell.
    fn default() -> Self {
        Self(BTreeMap::from([
            (Step::RaisePriority, Mark::UsedPercent(75)),
            (Step::TellLead, Mark::UsedPercent(90)),
            (Step::TellClient, Mark::AfterMinutes(0)),
        ]))
    }
}

impl Ladder {
    /// The mark of a step; none when the ladder has no such step.
    #[must_use]
    pub fn mark(&self, step: Step) -> Option<Mark> {
        self.0.get(&step).copied()
    }

    /// The steps with their marks.
    pub fn steps(&self) -> impl Iterator<Item = (Step, Mark)> {
        self.0.iter().map(|(step, mark)| (*step, *mark))
    }
}

/// The steps that are to be taken now, in the order of [`Step`].
#[must_use]
pub fn due_steps(
    ladder: &Ladder,
    deadline: Deadline,
    taken: &[Step],
    now: Instant,
    calendar: &Calendar,
) -> Vec<Step> {
    let is_due =
        |(step, mark): &(Step, Mark)| !taken.contains(step) && mark.is_due(deadline, now, calendar);
    ladder.steps().filter(is_due).map(|(step, _)| step).collect()
}

/// The priority after it was raised; 1 is most urgent.
#[must_use]
pub fn raised(priority: i32) -> i32 {
    priority.saturating_sub(RAISED_LEVELS).max(1)
}
