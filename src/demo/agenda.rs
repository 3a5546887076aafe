//! What will happen when, and the calendar of those who do it.

use jiff::Span;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, QueryId};
use rules::words::AssignmentKind;
use std::collections::BTreeMap;

use super::templates::House;

/// Something that happens.
#[derive(Debug, Clone)]
pub(super) enum Event {
    /// A facility hands in charts.
    Upload(House, u32),
    /// A facility hands a chart in that is here already.
    UploadAgain(House),
    /// A worker asks for work, so many charts in a row.
    Ask(usize, u32),
    /// A worker is through with a chart, and goes on with so many.
    Finish(usize, Job, u32),
    /// The facility, or a lead, answers what a chart is held for.
    Answer(ChartId, FacilityId),
    /// The facility's provider answers a question.
    Reply(QueryId, FacilityId),
    /// A facility takes its returns.
    Collect(House),
    /// Promises are kept, work is planned, leases run out.
    Tick,
}

/// Work that somebody has in hand.
#[derive(Debug, Clone, Copy)]
pub(super) struct Job {
    pub chart: ChartId,
    pub facility: FacilityId,
    pub kind: AssignmentKind,
    pub epoch: i32,
}

/// Events in the order of their time; those of one moment in the order of their noting.
#[derive(Default)]
pub(super) struct Agenda {
    events: BTreeMap<(Instant, u64), Event>,
    noted: u64,
}

impl Agenda {
    pub(super) fn note(&mut self, at: Instant, event: Event) {
        self.noted = self.noted.saturating_add(1);
        self.events.insert((at, self.noted), event);
    }

    /// The next event, as long as it is not after `end`.
    pub(super) fn next(&mut self, end: Instant) -> Option<(Instant, Event)> {
        let first = self.events.first_entry()?;
        let at = first.key().0;
        (at <= end).then(|| (at, first.remove()))
    }
}

/// Working days of a zone from one moment to another; Saturdays and Sundays are none.
pub(super) fn working_days(
    zone: &TimeZone,
    from: Instant,
    to: Instant,
) -> impl Iterator<Item = Date> {
    let (first, last) = (from.in_zone(zone).date(), to.in_zone(zone).date());
    std::iter::successors(Some(first), |day| day.tomorrow().ok())
        .take_while(move |day| *day <= last)
        .filter(|day| day.weekday().to_monday_zero_offset() < 5)
}

/// The moment of a minute of a day there; it may lie beyond midnight.
pub(super) fn moment(zone: &TimeZone, day: Date, minute: i64) -> Option<Instant> {
    let wall = day.to_datetime(Time::midnight()).checked_add(Span::new().minutes(minute)).ok()?;
    Some(Instant::new(zone.to_ambiguous_timestamp(wall).compatible().ok()?))
}
