//! The one statement of Next: `app.take_next`, with everything that was decided before it.

use crate::next::{EXPECTED_TIMES, FIRST_LEASE_SECONDS_MAX, KINDS, Taken, beginning};
use crate::shares;
use crate::snapshot;
use crate::standing::Standing;
use crate::store::Lane;
use base::Services;
use base::db::{OpsCall, VendorScope};
use base::error::{Error, Result};
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{Array, BigInt, Binary, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{AssignmentId, ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::{self, Chart, ChartState};
use rules::planner::urgency::{PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS};
use rules::words::AssignmentKind;
use std::sync::LazyLock;
use web::idempotency::Once;

/// What a person asks for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Asked<'a> {
    /// One kind of work; any when none.
    pub kind: Option<AssignmentKind>,
    /// The request that may be repeated.
    pub once: Option<&'a Once>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) enum Answer {
    /// With the expected seconds that the facility did not have in hand before.
    Taken(Taken, u32),
    /// Given already under this request's key.
    Earlier(Taken),
    Nothing,
    /// Decided from what is no longer so.
    Stale,
}

/// Gives the person their next piece of work, or nothing; one round trip, committed when it returns.
pub(crate) async fn take(
    services: &Services,
    scope: &VendorScope,
    standing: &Standing,
    asked: Asked<'_>,
) -> Result<Answer> {
    services
        .db
        .ops_call(scope, async |call| {
            if !standing.is_true_at(call.now()) {
                return Ok(Answer::Stale);
            }
            if asked.once.is_some() {
                call.acting_person()?;
            }
            let statement = TakeNext::of(services, call, standing, asked);
            let row: Row = statement.get_result(call.conn()).await?;
            answer(row, asked.once)
        })
        .await
}

fn answer(row: Row, once: Option<&Once>) -> Result<Answer> {
    let broken = || Error::internal("take_next: an answer without its parts");
    match row.outcome.as_str() {
        "taken" => {
            let taken = Taken {
                chart_id: row.chart.ok_or_else(broken)?,
                facility_id: row.facility.ok_or_else(broken)?,
                kind: row.kind.ok_or_else(broken)?,
                epoch: row.epoch.ok_or_else(broken)?,
            };
            Ok(Answer::Taken(taken, snapshot::seconds(row.seconds.ok_or_else(broken)?)))
        }
        "earlier" => {
            let (route, fingerprint) = row.route.zip(row.fingerprint).ok_or_else(broken)?;
            let once = once.ok_or_else(broken)?;
            let kept = row.answer.ok_or_else(broken)?;
            once.again(&route, &fingerprint, kept).map(Answer::Earlier)
        }
        "nothing" => Ok(Answer::Nothing),
        "stale" => Ok(Answer::Stale),
        "unknown" => Err(Error::NotFound),
        _ => Err(broken()),
    }
}

#[derive(Queryable)]
struct Row {
    outcome: String,
    facility: Option<FacilityId>,
    chart: Option<ChartId>,
    kind: Option<AssignmentKind>,
    epoch: Option<i32>,
    seconds: Option<i32>,
    route: Option<String>,
    fingerprint: Option<Vec<u8>>,
    answer: Option<serde_json::Value>,
}

/// The moves that begin work, as columns: from where, and what then becomes of the chart.
struct Moves {
    from: Vec<String>,
    to: Vec<&'static str>,
    lane: Vec<Option<&'static str>>,
    action: Vec<&'static str>,
    by: Vec<&'static str>,
}

/// The same for every chart and round, so that the lifecycle can be asked before the chart is known.
static MOVES: LazyLock<Moves> = LazyLock::new(|| Moves::of_round(0));

impl Moves {
    fn of_round(round: i32) -> Self {
        let mut moves = Self { from: vec![], to: vec![], lane: vec![], action: vec![], by: vec![] };
        let (facility, id) = (FacilityId::new(), ChartId::new());
        let someone = PersonId::new();
        let at = Instant::new(jiff::Timestamp::UNIX_EPOCH);
        for (kind, state) in
            KINDS.iter().flat_map(|kind| ChartState::ALL.iter().map(move |state| (*kind, *state)))
        {
            let (action, actor) = beginning(kind, someone);
            let chart = Chart { facility, id, state, version: 1, round };
            let Ok(change) = lifecycle::decide(&chart, action, actor, at) else { continue };
            moves.from.push(format!("{kind}:{state}"));
            moves.to.push(change.to().as_str());
            moves.lane.push(lifecycle::waiting_for(&change).map(AssignmentKind::as_str));
            moves.action.push(change.action().as_str());
            moves.by.push(actor.kind.as_str());
        }
        moves
    }
}

/// The call with its parameters. Unlike `sql_query`, it is prepared once on each connection.
struct TakeNext<'a> {
    context: String,
    standing: &'a Standing,
    now: Instant,
    assignment: AssignmentId,
    facilities: Vec<FacilityId>,
    queues: Vec<QueueId>,
    kinds: Vec<AssignmentKind>,
    open: i32,
    share_of: Vec<FacilityId>,
    share_starts: Vec<i64>,
    shift_seconds: Option<i64>,
    wip_limit: i32,
    speed: i64,
    begin_by: Vec<Instant>,
    lease: Vec<i64>,
    kind: Option<AssignmentKind>,
    key: Option<&'a str>,
    route: Option<&'a str>,
    fingerprint: Option<&'a [u8]>,
}

impl<'a> TakeNext<'a> {
    fn of(services: &Services, call: &OpsCall, standing: &'a Standing, asked: Asked<'a>) -> Self {
        let (person, now) = (&standing.person, call.now());
        let wanted = |lane: &&Lane| asked.kind.is_none_or(|kind| kind == lane.kind);
        let open = standing.open.iter().filter(wanted);
        let lanes = || open.clone().chain(standing.held_only.iter().filter(wanted));
        let takes_more = person.active && !person.paused;
        let columns = asked.once.map(Once::columns);
        let (share_of, share_starts) = shares::starts(&standing.open);
        Self {
            context: call.context().to_owned(),
            standing,
            now,
            assignment: AssignmentId::new(),
            facilities: lanes().map(|lane| lane.facility).collect(),
            queues: lanes().map(|lane| lane.queue).collect(),
            kinds: lanes().map(|lane| lane.kind).collect(),
            open: i32::try_from(open.clone().count()).unwrap_or(i32::MAX),
            share_of,
            share_starts,
            shift_seconds: person.shift_seconds_left(now).filter(|_| takes_more),
            wip_limit: i32::try_from(person.wip_limit).unwrap_or(i32::MAX),
            speed: i64::from(person.speed_percent.max(1)),
            begin_by: vec![
                now.plus_seconds(PRESSING_SLACK_SECONDS),
                now.plus_seconds(THIS_SHIFT_SLACK_SECONDS),
            ],
            lease: vec![
                crate::next::lease_seconds(services),
                EXPECTED_TIMES,
                FIRST_LEASE_SECONDS_MAX,
            ],
            kind: asked.kind,
            key: columns.map(|(key, _, _)| key),
            route: columns.map(|(_, route, _)| route),
            fingerprint: columns.map(|(_, _, fingerprint)| fingerprint),
        }
    }
}

impl QueryFragment<Pg> for TakeNext<'_> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql(
            "select outcome, taken_facility, taken_chart, taken_kind, taken_epoch, taken_seconds, \
             earlier_route, \
             earlier_fingerprint, earlier_answer from app.take_next(",
        );
        out.push_bind_param::<Text, _>(&self.context)?;
        macro_rules! and {
            ($($kind:ty => $value:expr),+ $(,)?) => {$(
                out.push_sql(", ");
                out.push_bind_param::<$kind, _>($value)?;
            )+};
        }
        let moves = &*MOVES;
        and!(
            Uuid => &self.standing.person.id,
            Timestamptz => &self.now,
            Uuid => &self.assignment,
            Array<BigInt> => &self.standing.revisions,
            Array<Uuid> => &self.facilities,
            Array<Uuid> => &self.queues,
            Array<Text> => &self.kinds,
            Integer => &self.open,
            Array<Uuid> => &self.share_of,
            Array<BigInt> => &self.share_starts,
            Nullable<BigInt> => &self.shift_seconds,
            Integer => &self.wip_limit,
            BigInt => &self.speed,
            Array<Timestamptz> => &self.begin_by,
            Array<BigInt> => &self.lease,
            Array<Text> => &moves.from,
            Array<Text> => &moves.to,
            Array<Nullable<Text>> => &moves.lane,
            Array<Text> => &moves.action,
            Array<Text> => &moves.by,
            Nullable<Text> => &self.kind,
            Nullable<Text> => &self.key,
            Nullable<Text> => &self.route,
            Nullable<Binary> => &self.fingerprint,
        );
        out.push_sql(")");
        Ok(())
    }
}

impl QueryId for TakeNext<'_> {
    type QueryId = TakeNext<'static>;
    const HAS_STATIC_QUERY_ID: bool = true;
}

impl Query for TakeNext<'_> {
    type SqlType = (
        Text,
        Nullable<Uuid>,
        Nullable<Uuid>,
        Nullable<Text>,
        Nullable<Integer>,
        Nullable<Integer>,
        Nullable<Text>,
        Nullable<Binary>,
        Nullable<Jsonb>,
    );
}

#[cfg(test)]
mod tests {
    use super::Moves;

    #[test]
    fn the_moves_that_begin_work_are_the_same_in_every_round() {
        let (first, later) = (Moves::of_round(0), Moves::of_round(3));
        assert_eq!(
            first.from,
            ["coding:ready", "coding:assigned", "coding:findings_open", "review:in_review"]
        );
        assert_eq!(first.to, ["in_progress", "in_progress", "in_progress", "in_review"]);
        assert!(first.lane.iter().all(Option::is_none), "what is begun waits for nobody");
        assert_eq!((first.from, first.to), (later.from, later.to));
        assert_eq!((first.lane, first.by), (later.lane, later.by));
    }
}
