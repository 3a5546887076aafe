//! Who may get which work: one ordered list of rules, and the name of the first that fails.
//!
//! Every path that gives work to a person goes through here: planner, "next", manual, bulk, review
//! and arbitration. Safety rules come first and can never be overridden; load rules can, by a lead.

mod explanation;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::ids::{FacilityId, PersonId, QueueId};
use crate::time::Instant;
use crate::words::AssignmentKind;

pub use explanation::{Explanation, explain};

/// Where a person must sit for onshore-only work (ISO 3166-1 alpha-2).
pub const ONSHORE_COUNTRY: &str = "US";
/// The speed of someone who needs exactly the expected time.
pub const USUAL_SPEED_PERCENT: u32 = 100;

text_enum!(
    /// What must hold before a person gets a chart, in the order in which it is asked.
    Rule {
        /// The account is in use.
        Active = "active",
        /// The person does this kind of work.
        Kind = "kind",
        /// The facility allow-lists the person.
        AllowListed = "allow_listed",
        /// The person works for the facility always, or helps out now that the queue asks for it.
        Overflow = "overflow",
        /// The person has every skill that the queue requires.
        Skills = "skills",
        /// The person has every credential that the queue requires, unexpired.
        Credentials = "credentials",
        /// The person's work country is attested, unexpired, and allowed by the queue.
        Country = "country",
        /// The person has touched this chart in no other capacity.
        NotInvolved = "not_involved",
        /// The person is not barred from this chart.
        NotExcluded = "not_excluded",
        /// The person takes work at present.
        Paused = "paused",
        /// The person's shift is running.
        OnShift = "on_shift",
        /// The work fits into the rest of the shift, after what the person holds.
        ShiftLeft = "shift_left",
        /// The person holds less than the limit of open work.
        WipLimit = "wip_limit",
    }
);

impl Rule {
    /// Whether no one may override it.
    #[must_use]
    pub const fn is_safety(self) -> bool {
        match self {
            Self::Active
            | Self::Kind
            | Self::AllowListed
            | Self::Overflow
            | Self::Skills
            | Self::Credentials
            | Self::Country
            | Self::NotInvolved
            | Self::NotExcluded => true,
            Self::Paused | Self::OnShift | Self::ShiftLeft | Self::WipLimit => false,
        }
    }

    /// What is said of a person who fails it, to follow a name or a number.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Active => "not active",
            Self::Kind => "not doing this kind of work",
            Self::AllowListed => "not allow-listed",
            Self::Overflow => "helping out only later",
            Self::Skills => "missing a skill",
            Self::Credentials => "credential missing or expired",
            Self::Country => "not in an allowed country",
            Self::NotInvolved => "already involved in the chart",
            Self::NotExcluded => "excluded from the chart",
            Self::Paused => "paused",
            Self::OnShift => "off shift",
            Self::ShiftLeft => "too little shift left",
            Self::WipLimit => "full",
        }
    }
}

/// What the rules need to know of a person, as of one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Who it is.
    pub id: PersonId,
    /// The account is in use.
    pub active: bool,
    /// The person takes no new work for now.
    pub paused: bool,
    /// The kinds of work the person may do.
    pub kinds: BTreeSet<AssignmentKind>,
    /// The facilities that allow-list the person.
    pub facilities: BTreeSet<FacilityId>,
    /// Those of them that the person only helps out when a queue asks for it.
    pub overflow: BTreeSet<FacilityId>,
    /// The person's skills, by code.
    pub skills: BTreeSet<String>,
    /// The person's credentials with the last civil day each is valid; `None` never expires.
    pub credentials: BTreeMap<String, Option<Date>>,
    /// The attested work country (ISO 3166-1 alpha-2, upper case).
    pub country: Option<String>,
    /// The last civil day on which the attestation counts; `None` is no attestation.
    pub attested_until: Option<Date>,
    /// Where the person's days begin and end.
    pub zone: TimeZone,
    /// When the running shift ends; `None` is off shift.
    pub shift_ends_at: Option<Instant>,
    /// When the next shift begins.
    pub next_shift_at: Option<Instant>,
    /// How many charts the person holds.
    pub open_work: u32,
    /// How many charts the person may hold.
    pub wip_limit: u32,
    /// How long the person needs for what they hold, in their own seconds.
    pub queued_seconds: u32,
    /// How fast the person works: 125 does a quarter more in an hour than expected.
    pub speed_percent: u32,
}

impl Person {
    /// The person's own seconds for work of this expected length, rounded up.
    #[must_use]
    pub fn seconds_for(&self, expected_seconds: u32) -> i64 {
        seconds_at_speed(i64::from(expected_seconds), self.speed_percent)
    }

    /// Seconds of shift left at `now`; `None` when off shift.
    #[must_use]
    pub fn shift_seconds_left(&self, now: Instant) -> Option<i64> {
        self.shift_ends_at.map(|end| end.seconds_since(now)).filter(|left| *left > 0)
    }
}

/// Whole seconds for work of an expected length at a speed, rounded up; a speed of 0 counts as 1.
#[must_use]
pub fn seconds_at_speed(expected_seconds: i64, speed_percent: u32) -> i64 {
    let speed = i64::from(speed_percent.max(1));
    let usual = i64::from(USUAL_SPEED_PERCENT);
    expected_seconds.saturating_mul(usual).saturating_add(speed - 1) / speed
}

/// What a queue's contract asks of those who work in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueTerms {
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub queue: QueueId,
    /// Skills that are all required.
    pub required_skills: BTreeSet<String>,
    /// Credentials that are all required.
    pub required_credentials: BTreeSet<String>,
    /// Only people whose attested country is [`ONSHORE_COUNTRY`].
    pub onshore_only: bool,
    /// Countries that are allowed when the queue is not onshore-only; empty is any attested one.
    pub allowed_countries: BTreeSet<String>,
    /// Whether those who only help out are asked, too.
    pub overflow_open: bool,
}

/// One piece of work on one chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Work<'a> {
    /// What is to be done.
    pub kind: AssignmentKind,
    /// How long it takes at the usual speed.
    pub expected_seconds: u32,
    /// Who has touched this chart, and in which capacity.
    pub involved: &'a [(PersonId, AssignmentKind)],
    /// Who is barred from this chart.
    pub excluded: &'a [PersonId],
}

/// All rules.
///
/// # Errors
/// The first rule that fails.
pub fn check(
    person: &Person,
    terms: &QueueTerms,
    work: &Work<'_>,
    now: Instant,
) -> Result<(), Rule> {
    check_queue(person, terms, work.kind, now)?;
    check_chart(person, work, now)
}

/// The safety rules only: for what a person already holds, such as every view of a document.
///
/// # Errors
/// The first safety rule that fails.
pub fn check_safety(
    person: &Person,
    terms: &QueueTerms,
    work: &Work<'_>,
    now: Instant,
) -> Result<(), Rule> {
    check_queue(person, terms, work.kind, now)?;
    check_involvement(person, work)
}

/// All rules, where a lead sets the load rules aside: which ones, to be recorded with the reason.
///
/// # Errors
/// The first safety rule that fails: those are never set aside.
pub fn check_with_override(
    person: &Person,
    terms: &QueueTerms,
    work: &Work<'_>,
    now: Instant,
) -> Result<Vec<Rule>, Rule> {
    check_safety(person, terms, work, now)?;
    Ok(load_failures(person, work, now).collect())
}

/// The rules that are the same for every chart of a queue, so that a plan asks them once a queue.
///
/// # Errors
/// The first of them that fails.
pub fn check_queue(
    person: &Person,
    terms: &QueueTerms,
    kind: AssignmentKind,
    now: Instant,
) -> Result<(), Rule> {
    let today = now.in_zone(&person.zone).date();
    let holds = |name| {
        person.credentials.get(name).is_some_and(|last| last.is_none_or(|last| today <= last))
    };
    require(person.active, Rule::Active)?;
    require(person.kinds.contains(&kind), Rule::Kind)?;
    require(person.facilities.contains(&terms.facility), Rule::AllowListed)?;
    let helps_out = person.overflow.contains(&terms.facility);
    require(terms.overflow_open || !helps_out, Rule::Overflow)?;
    require(terms.required_skills.is_subset(&person.skills), Rule::Skills)?;
    require(terms.required_credentials.iter().all(holds), Rule::Credentials)?;
    require(country_is_allowed(person, terms, today), Rule::Country)
}

/// The rules that depend on the chart and on the person's load, in their order.
///
/// # Errors
/// The first of them that fails.
pub fn check_chart(person: &Person, work: &Work<'_>, now: Instant) -> Result<(), Rule> {
    check_involvement(person, work)?;
    load_failures(person, work, now).next().map_or(Ok(()), Err)
}

/// The chart's own safety rules: no one checks their own work, and no one who is barred gets it.
///
/// The same person may take the same kind of work on it again, such as a coding sent back.
///
/// # Errors
/// The first of them that fails.
pub fn check_involvement(person: &Person, work: &Work<'_>) -> Result<(), Rule> {
    let other_capacity = |(who, kind): &(PersonId, _)| *who == person.id && *kind != work.kind;
    require(!work.involved.iter().any(other_capacity), Rule::NotInvolved)?;
    require(!work.excluded.contains(&person.id), Rule::NotExcluded)
}

/// Every load rule that fails, in order. Off shift, what is left of the shift is not asked.
fn load_failures(person: &Person, work: &Work<'_>, now: Instant) -> impl Iterator<Item = Rule> {
    let left = person.shift_seconds_left(now);
    let needed = i64::from(person.queued_seconds) + person.seconds_for(work.expected_seconds);
    [
        (person.paused, Rule::Paused),
        (left.is_none(), Rule::OnShift),
        (left.is_some_and(|left| left < needed), Rule::ShiftLeft),
        (person.open_work >= person.wip_limit, Rule::WipLimit),
    ]
    .into_iter()
    .filter_map(|(fails, rule)| fails.then_some(rule))
}

/// Without a valid attestation nobody knows where patient data would be shown, so no queue is open.
fn country_is_allowed(person: &Person, terms: &QueueTerms, today: Date) -> bool {
    let Some(country) = person.country.as_deref() else {
        return false;
    };
    if person.attested_until.is_none_or(|last| last < today) {
        return false;
    }
    if terms.onshore_only {
        return country == ONSHORE_COUNTRY;
    }
    terms.allowed_countries.is_empty() || terms.allowed_countries.contains(country)
}

fn require(holds: bool, rule: Rule) -> Result<(), Rule> {
    if holds { Ok(()) } else { Err(rule) }
}
