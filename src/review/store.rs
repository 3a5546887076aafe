//! Reviews' rows: queries only. They carry counts and people, never codes or words about a patient.

use crate::schema::reviews;
use base::db::WorkTx;
use base::error::{Error, Result};
use charts::ChartRow;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId, ReviewId};
use rules::sampling::RateReason;
use rules::words::ReviewOutcome;

/// Why a coding is reviewed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Because {
    /// It was drawn.
    Drawn(RateReason),
    /// It is the answer to an earlier review.
    Revised,
}

impl Because {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Drawn(reason) => reason.as_str(),
            Self::Revised => "revised",
        }
    }
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = reviews, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ReviewRow {
    pub facility_id: FacilityId,
    pub id: ReviewId,
    pub chart_id: ChartId,
    pub queue_id: QueueId,
    pub coding_version: i32,
    pub coder_id: PersonId,
    pub reviewer_id: Option<PersonId>,
    pub drawn_at: Instant,
    pub drawn_because: String,
    pub decided_at: Option<Instant>,
    pub outcome: Option<ReviewOutcome>,
    pub correct_lines: Option<i32>,
    pub reviewer_lines: Option<i32>,
    pub coder_lines: Option<i32>,
    pub error_count: Option<i32>,
    pub finding_count: Option<i32>,
}

/// The chart's review that is not decided yet.
pub(crate) async fn undecided(tx: &mut WorkTx, chart: &ChartRow) -> Result<Option<ReviewRow>> {
    let found = reviews::table
        .filter(reviews::facility_id.eq(chart.facility_id))
        .filter(reviews::chart_id.eq(chart.id))
        .filter(reviews::decided_at.is_null())
        .select(ReviewRow::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Opens a review of the chart's latest coding. The caller holds the chart locked and has looked that
/// none is open.
pub(crate) async fn open(
    tx: &mut WorkTx,
    chart: &ChartRow,
    because: Because,
    reviewer: Option<PersonId>,
) -> Result<ReviewRow> {
    let row = ReviewRow {
        facility_id: chart.facility_id,
        id: ReviewId::new(),
        chart_id: chart.id,
        queue_id: chart.queue_id,
        coding_version: chart.coding_version,
        coder_id: coder_of(chart)?,
        reviewer_id: reviewer,
        drawn_at: tx.now(),
        drawn_because: because.as_str().to_owned(),
        decided_at: None,
        outcome: None,
        correct_lines: None,
        reviewer_lines: None,
        coder_lines: None,
        error_count: None,
        finding_count: None,
    };
    diesel::insert_into(reviews::table).values(&row).execute(tx.conn()).await?;
    Ok(row)
}

/// Who handed in the coding that is looked at.
pub(crate) fn coder_of(chart: &ChartRow) -> Result<PersonId> {
    chart.coder_id.ok_or_else(|| Error::internal("a chart was coded by nobody"))
}

/// How a review ended, in numbers; the first three are none where nothing was scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, AsChangeset)]
#[diesel(table_name = reviews)]
pub(crate) struct Ending {
    pub reviewer_id: PersonId,
    pub outcome: ReviewOutcome,
    pub correct_lines: Option<i32>,
    pub reviewer_lines: Option<i32>,
    pub error_count: Option<i32>,
    pub coder_lines: i32,
    pub finding_count: i32,
}

pub(crate) async fn close(tx: &mut WorkTx, review: &ReviewRow, ending: Ending) -> Result<()> {
    let now = tx.now();
    let open =
        reviews::table.find((review.facility_id, review.id)).filter(reviews::decided_at.is_null());
    let closed =
        diesel::update(open).set((reviews::decided_at.eq(now), ending)).execute(tx.conn()).await?;
    if closed == 0 {
        return Err(Error::Conflict("this review was decided meanwhile".into()));
    }
    Ok(())
}

/// The chart's decided reviews, oldest first.
pub(crate) async fn decided(tx: &mut WorkTx, chart: &ChartRow) -> Result<Vec<ReviewRow>> {
    let rows = reviews::table
        .filter(reviews::facility_id.eq(chart.facility_id))
        .filter(reviews::chart_id.eq(chart.id))
        .filter(reviews::decided_at.is_not_null())
        .order((reviews::decided_at, reviews::id))
        .select(ReviewRow::as_select())
        .load(tx.conn())
        .await?;
    Ok(rows)
}

/// What a decided review says of its coder.
#[derive(Debug, Clone, Copy, Queryable)]
pub(crate) struct Counted {
    pub outcome: Option<ReviewOutcome>,
    pub correct_lines: Option<i32>,
    pub reviewer_lines: Option<i32>,
}

/// Reviews of one coder in one queue that are looked back on: more than any ramp is long.
const RECORD_REVIEWS_MAX: i64 = 1_000;

/// The newest first reviews of a coder's charts in the chart's queue, oldest first. A review of a
/// revised coding is none of them: its reviewer had said what to change.
pub(crate) async fn record_of(
    tx: &mut WorkTx,
    chart: &ChartRow,
    coder: PersonId,
) -> Result<Vec<Counted>> {
    let mut newest_first: Vec<Counted> = reviews::table
        .filter(reviews::facility_id.eq(chart.facility_id))
        .filter(reviews::coder_id.eq(coder))
        .filter(reviews::queue_id.eq(chart.queue_id))
        .filter(reviews::decided_at.is_not_null())
        .filter(reviews::drawn_because.ne(Because::Revised.as_str()))
        .order((reviews::decided_at.desc(), reviews::id.desc()))
        .limit(RECORD_REVIEWS_MAX)
        .select((reviews::outcome, reviews::correct_lines, reviews::reviewer_lines))
        .load(tx.conn())
        .await?;
    newest_first.reverse();
    Ok(newest_first)
}

/// Who accepted the codes of a chart as they stand now; none when they passed unreviewed.
///
/// # Errors
/// When the database fails.
pub async fn accepted_by(tx: &mut WorkTx, chart: &ChartRow) -> Result<Option<PersonId>> {
    let last = decided(tx, chart).await?.pop();
    // A correction is the version after the one that was reviewed.
    let settled = |review: &ReviewRow| match review.outcome {
        Some(ReviewOutcome::Accepted) => Some(review.coding_version),
        Some(ReviewOutcome::FixedAndAccepted) => Some(review.coding_version.saturating_add(1)),
        Some(ReviewOutcome::SentBack) | None => None,
    };
    Ok(last
        .filter(|review| settled(review) == Some(chart.coding_version))
        .and_then(|review| review.reviewer_id))
}
