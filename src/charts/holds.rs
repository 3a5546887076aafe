//! Holds: why a chart can't go on, who must act, and what that does to the contract clock.

use crate::notes::{self, About};
use crate::promises::{ReleaseHold, WorkWaiting};
use crate::schema::holds;
use crate::store::{self, Along, ChartRow};
use base::Services;
use base::db::{ClinicalTx, WorkTx};
use base::error::{Checks, Error, Result};
use base::jobs;
use base::keyring::Keyring;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Time;
use rules::Instant;
use rules::clock::{Calendar, ContractClock};
use rules::holds::{
    Awaited, HOLDS_AT_ONCE_MAX, HoldEnd, HoldOwner, HoldReason, Until, check, keep_clock,
};
use rules::ids::{ChartId, DocumentId, FacilityId, HoldId, PersonId};
use rules::lifecycle::{self, Action, Actor, ActorKind};
use rules::time::Day;

/// A reason that is written down.
#[derive(
    Debug,
    Clone,
    PartialEq,
    Eq,
    Queryable,
    Selectable,
    Insertable,
    serde::Serialize,
    utoipa::ToSchema,
)]
#[diesel(table_name = holds, check_for_backend(diesel::pg::Pg))]
pub struct Hold {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The hold.
    pub id: HoldId,
    /// The chart.
    pub chart_id: ChartId,
    /// Why.
    pub reason: HoldReason,
    /// Who must act.
    pub owner: HoldOwner,
    /// Whether the contract clock stands still meanwhile.
    pub stops_clock: bool,
    /// Since when.
    pub opened_at: Instant,
    /// Who wrote it down.
    pub opened_by: PersonId,
    /// Until when.
    pub closed_at: Option<Instant>,
    /// Who lifted it; none for the product itself.
    pub closed_by: Option<PersonId>,
    /// The day, on the facility's calendar, with whose beginning it ends by itself.
    pub release_on: Option<Day>,
    /// The document with whose arrival it ends by itself.
    pub awaits: Option<Awaited>,
    /// The document that it is about.
    pub document_id: Option<DocumentId>,
    /// Which of its pages.
    pub page: Option<i32>,
    /// How it ended.
    pub end_reason: Option<HoldEnd>,
}

impl Hold {
    /// What ends it, in words.
    #[must_use]
    pub fn ends(&self) -> String {
        let who = match self.owner {
            HoldOwner::Facility => "the facility's answer",
            HoldOwner::Provider => "the provider's answer",
            HoldOwner::Vendor => "a lead's word",
        };
        let document = self.awaits.map(|awaited| awaited.label().to_owned());
        let day = self.release_on.map(|day| day.to_string());
        [Some(who.to_owned()), document, day]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(", or ")
    }
}

/// A hold to be placed.
#[derive(Debug, Clone)]
pub struct Placing<'a> {
    /// Why the chart can't go on.
    pub reason: HoldReason,
    /// What ends it beside whoever must act.
    pub until: Until,
    /// The document that it is about, and which of its pages.
    pub about: Option<(DocumentId, Option<i32>)>,
    /// What whoever must act needs to know.
    pub note: &'a str,
}

impl<'a> Placing<'a> {
    /// A hold that ends when whoever must act says so.
    #[must_use]
    pub const fn of(reason: HoldReason, note: &'a str) -> Self {
        Self { reason, until: Until { day: None, document: None }, about: None, note }
    }
}

/// How a hold ends.
#[derive(Debug, Clone, Copy)]
pub struct Lifting {
    /// Who says so.
    pub by: Actor,
    /// Why.
    pub how: HoldEnd,
    /// For how long the chart then waits for the coder who had it.
    pub kept_seconds: i64,
}

impl Lifting {
    /// As the installation is set.
    #[must_use]
    pub fn by(services: &Services, by: Actor, how: HoldEnd) -> Self {
        const SECONDS_PER_HOUR: i64 = 3_600;
        let kept_seconds = i64::from(services.config.review.sticky_hours) * SECONDS_PER_HOUR;
        Self { by, how, kept_seconds }
    }
}

/// Open holds on one chart, at most.
const OPEN_HOLDS_MAX: usize = 10;

/// The open holds of a chart, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn open_of(tx: &mut WorkTx, chart: &ChartRow) -> Result<Vec<Hold>> {
    let open = holds::table
        .filter(holds::facility_id.eq(chart.facility_id))
        .filter(holds::chart_id.eq(chart.id))
        .filter(holds::closed_at.is_null())
        .order((holds::opened_at, holds::id))
        .select(Hold::as_select())
        .load(tx.conn())
        .await?;
    Ok(open)
}

/// Puts a chart on hold, for one or several reasons at once, each with its note. Its lease, if it has one,
/// is the caller's to end, afterwards: the notes are written on it.
///
/// # Errors
/// [`Error::Invalid`] with every entry to correct; [`Error::Conflict`] when the lifecycle does not allow it.
pub async fn place(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    (placings, by): (&[Placing<'_>], Actor),
) -> Result<ChartRow> {
    let calendar = facilities::calendar(tx, chart.facility_id).await?;
    let open = open_of(tx, chart).await?;
    look_through(placings, &open, tx.now().in_zone(&calendar.zone).date())?;
    let mut chart = chart.clone();
    for placing in placings {
        let hold = write_down(tx, &chart, placing).await?;
        let change = lifecycle::decide(&chart.life(), Action::Hold, by, tx.now())?
            .because(placing.reason.as_str());
        let mut along = Along::default();
        if hold.stops_clock {
            along = stopped(&chart, tx.now());
        }
        if by.kind == ActorKind::Coder {
            // It comes back to its coder; until when is said once it does.
            (along.sticky_person_id, along.sticky_until) = (Some(by.person), Some(None));
        }
        chart = store::apply(tx, &change, along).await?;
        promise_release(tx, &hold, &calendar)?;
        notes::write_for_hold(tx, keyring, &chart, &hold, placing.note).await?;
    }
    Ok(chart)
}

fn look_through(placings: &[Placing<'_>], open: &[Hold], today: jiff::civil::Date) -> Result<()> {
    let mut checks = Checks::default();
    checks.require(
        (1..=HOLDS_AT_ONCE_MAX).contains(&placings.len()),
        "holds",
        "one to five reasons at once",
    );
    for (place, placing) in placings.iter().enumerate().take(HOLDS_AT_ONCE_MAX) {
        let field = |name: &str| format!("holds.{place}.{name}");
        let noted = !placing.note.trim().is_empty();
        checks.require(noted, &field("note"), "say what is needed, for whoever must act");
        let marked = placing.reason.is_about_a_document() == placing.about.is_some();
        checks.require(marked, &field("reason"), "mark the document that it is about");
        checks.take(&field("until"), check(placing.reason, placing.until, today));
    }
    checks.done()?;
    if open.len().saturating_add(placings.len()) > OPEN_HOLDS_MAX {
        return Err(Error::Conflict("this chart has too many open holds".into()));
    }
    Ok(())
}

async fn write_down(tx: &mut WorkTx, chart: &ChartRow, placing: &Placing<'_>) -> Result<Hold> {
    let rule = placing.reason.rule();
    let hold = Hold {
        facility_id: chart.facility_id,
        id: HoldId::new(),
        chart_id: chart.id,
        reason: placing.reason,
        owner: rule.owner,
        stops_clock: rule.stops_clock,
        opened_at: tx.now(),
        opened_by: tx.acting_person()?,
        closed_at: None,
        closed_by: None,
        release_on: placing.until.day.map(Day),
        awaits: placing.until.document,
        document_id: placing.about.map(|(document, _)| document),
        page: placing.about.and_then(|(_, page)| page),
        end_reason: None,
    };
    diesel::insert_into(holds::table).values(&hold).execute(tx.conn()).await?;
    Ok(hold)
}

fn promise_release(tx: &mut WorkTx, hold: &Hold, calendar: &Calendar) -> Result<()> {
    let Some(Day(day)) = hold.release_on else { return Ok(()) };
    let midnight = day.to_datetime(Time::midnight());
    let begins = calendar.zone.to_zoned(midnight).map_err(Error::internal)?.timestamp();
    let promise = ReleaseHold { facility: hold.facility_id, chart: hold.chart_id, hold: hold.id };
    jobs::enqueue_at(tx, &promise, Instant::new(begins))
}

const fn clock_of(chart: &ChartRow) -> ContractClock {
    ContractClock {
        ready_at: chart.ready_at,
        paused_at: chart.paused_at,
        paused_seconds: chart.paused_seconds,
    }
}

fn stopped(chart: &ChartRow, now: Instant) -> Along {
    let paused_at = Some(clock_of(chart).pause(now).paused_at);
    Along { paused_at, ..Along::default() }
}

/// Lifts one hold. The clock runs on with the last that stops it; the chart goes on with the last of all,
/// to the coder who had it, first.
///
/// # Errors
/// [`Error::NotFound`] when the hold is not open; [`Error::Conflict`] when the lifecycle says no.
pub async fn lift(
    tx: &mut WorkTx,
    chart: &ChartRow,
    hold: HoldId,
    lifting: Lifting,
) -> Result<ChartRow> {
    let now = tx.now();
    let closed = diesel::update(
        holds::table
            .find((chart.facility_id, hold))
            .filter(holds::chart_id.eq(chart.id))
            .filter(holds::closed_at.is_null()),
    )
    .set((
        holds::closed_at.eq(now),
        holds::closed_by.eq(lifting.by.person),
        holds::end_reason.eq(lifting.how),
    ))
    .execute(tx.conn())
    .await?;
    if closed == 0 {
        return Err(Error::NotFound);
    }
    let left = open_of(tx, chart).await?;
    let action = if left.is_empty() { Action::LiftHold } else { Action::EaseHold };
    let change =
        lifecycle::decide(&chart.life(), action, lifting.by, now)?.because(lifting.how.as_str());
    let mut along = resumed(tx, chart, &left).await?;
    if left.is_empty() {
        if chart.sticky_person_id.is_some() {
            along.sticky_until = Some(Some(now.plus_seconds(lifting.kept_seconds)));
        }
        jobs::enqueue(tx, &WorkWaiting {})?;
    }
    store::apply(tx, &change, along).await
}

/// When nothing stops the clock any more it runs again: the time spent paused is added and the deadline
/// moves with it. `left` are the holds that are still open.
///
/// # Errors
/// When the facility's calendar cannot be read.
pub async fn resumed(tx: &mut WorkTx, chart: &ChartRow, left: &[Hold]) -> Result<Along> {
    if chart.paused_at.is_none() || left.iter().any(|hold| hold.stops_clock) {
        return Ok(Along::default());
    }
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let calendar = facilities::calendar(tx, chart.facility_id).await?;
    let stops = left.iter().map(|hold| hold.stops_clock);
    let clock = keep_clock(clock_of(chart), &calendar, stops, tx.now());
    let due_at =
        clock.due_at(&calendar, i64::from(terms.turnaround_minutes)).map_err(Error::internal)?;
    Ok(Along {
        due_at: Some(due_at),
        paused_at: Some(None),
        paused_seconds: Some(clock.paused_seconds),
        ..Along::default()
    })
}

/// Lifts whatever waited for a document like the one that has come. Answers the chart as it stands then.
///
/// # Errors
/// As [`lift`].
pub async fn document_arrived(
    tx: &mut WorkTx,
    chart: &ChartRow,
    kind: Option<Awaited>,
    lifting: Lifting,
) -> Result<ChartRow> {
    let mut chart = chart.clone();
    for hold in open_of(tx, &chart).await? {
        if hold.awaits.is_some_and(|awaited| awaited.is_met_by(kind)) {
            chart = lift(tx, &chart, hold.id, lifting).await?;
        }
    }
    Ok(chart)
}

/// Ends every open hold of a chart that is withdrawn.
///
/// # Errors
/// When the database fails.
pub async fn end_all(tx: &mut WorkTx, chart: &ChartRow, by: Actor) -> Result<usize> {
    let now = tx.now();
    let ended = diesel::update(
        holds::table
            .filter(holds::facility_id.eq(chart.facility_id))
            .filter(holds::chart_id.eq(chart.id))
            .filter(holds::closed_at.is_null()),
    )
    .set((
        holds::closed_at.eq(now),
        holds::closed_by.eq(by.person),
        holds::end_reason.eq(HoldEnd::Answered),
    ))
    .execute(tx.conn())
    .await?;
    Ok(ended)
}

/// What a hold's note is filed under: what the coding company settles itself is not for the facility.
pub(crate) const fn about(hold: &Hold) -> About {
    match hold.owner {
        HoldOwner::Vendor => About::Advice,
        HoldOwner::Facility | HoldOwner::Provider => About::Hold,
    }
}
