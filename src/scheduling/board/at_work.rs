//! The people on the board: on what they are, what lies before them, and how long they are still there.

use super::Seen;
use crate::explain;
use rules::Instant;
use rules::eligibility::Person;
use rules::ids::{ChartId, PersonId};
use rules::words::AssignmentKind;
use serde::Serialize;

const SECONDS_PER_MINUTE: i64 = 60;

/// One person on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PersonRow {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The team that they belong to; empty for none.
    pub team: String,
    /// The attested work country.
    pub country: Option<String>,
    /// What they can do, by code.
    pub skills: Vec<String>,
    /// The kinds of work that they do.
    pub kinds: Vec<AssignmentKind>,
    /// Whether they get no new work.
    pub paused: bool,
    /// Whether they let an offer run out and have not been seen since: the plan passes them over.
    pub absent: bool,
    /// Until when they are on shift; none when they are off.
    pub on_shift_until: Option<Instant>,
    /// When their next shift begins.
    pub next_shift_at: Option<Instant>,
    /// What they work on now.
    pub working_on: Option<WorkingOn>,
    /// Charts that they hold.
    pub open_work: u32,
    /// Charts that they may hold.
    pub wip_limit: u32,
    /// What they hold, in minutes that they still need.
    pub queued_minutes: i64,
    /// Queues that are open to them now.
    pub open_queues: usize,
}

/// The chart that somebody works on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WorkingOn {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// What is done.
    pub kind: AssignmentKind,
    /// Since when they have it.
    pub since: Instant,
    /// Minutes worked on it so far, without breaks.
    pub active_minutes: i64,
    /// What it takes at the usual speed, in minutes.
    pub expected_minutes: i64,
}

impl PersonRow {
    /// Whether they are at work and have nothing to do.
    pub(crate) const fn is_idle(&self) -> bool {
        self.on_shift_until.is_some() && !self.paused && self.open_work == 0
    }
}

impl Seen {
    /// Those on shift come first, those with the least before them at their head.
    pub(super) fn people(&self) -> Vec<PersonRow> {
        let mut rows: Vec<_> = self.people.iter().map(|person| self.person(person)).collect();
        rows.sort_by(|a, b| {
            let off = |row: &PersonRow| row.on_shift_until.is_none();
            let ahead = |row: &PersonRow| if off(row) { 0 } else { row.queued_minutes };
            (off(a), a.paused, ahead(a), &a.name, a.person_id).cmp(&(
                off(b),
                b.paused,
                ahead(b),
                &b.name,
                b.person_id,
            ))
        });
        rows
    }

    fn person(&self, person: &Person) -> PersonRow {
        let kinds: Vec<_> = person.kinds.iter().copied().collect();
        let (open_queues, _) = explain::closed_queues(person, &self.terms, &kinds, self.now);
        PersonRow {
            person_id: person.id,
            name: self.called.get(&person.id).cloned().unwrap_or_default(),
            team: self.teams.get(&person.id).cloned().unwrap_or_default(),
            country: person.country.clone(),
            skills: person.skills.iter().cloned().collect(),
            paused: person.paused,
            absent: self.absent.contains(&person.id),
            on_shift_until: person.shift_seconds_left(self.now).and(person.shift_ends_at),
            next_shift_at: person.next_shift_at,
            working_on: self.working_on(person.id),
            open_work: person.open_work,
            wip_limit: person.wip_limit,
            queued_minutes: crate::minutes(i64::from(person.queued_seconds)),
            open_queues,
            kinds,
        }
    }

    fn working_on(&self, person: PersonId) -> Option<WorkingOn> {
        let begun = self.begun.get(&person)?;
        Some(WorkingOn {
            chart_id: begun.chart_id,
            reference: crate::reference(begun.chart_id),
            kind: begun.kind,
            since: begun.since,
            active_minutes: i64::from(begun.active_seconds) / SECONDS_PER_MINUTE,
            expected_minutes: crate::minutes(i64::from(begun.expected_seconds)),
        })
    }
}
