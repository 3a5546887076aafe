//! Guidelines as rows: queries only.

use crate::schema::{guideline_reads, guidelines};
use base::db::WorkTx;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, GuidelineId, PersonId, QueueId};

/// Queues of one facility whose guidelines are read at once.
const GUIDELINES_MAX: i64 = 500;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = guidelines, check_for_backend(diesel::pg::Pg))]
pub(super) struct GuidelineRow {
    pub facility_id: FacilityId,
    pub id: GuidelineId,
    pub queue_id: Option<QueueId>,
    pub version: i32,
    pub text: String,
    pub written_by: PersonId,
    pub written_at: Instant,
}

/// The newest version of each, by queue.
pub(super) async fn newest(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> QueryResult<Vec<GuidelineRow>> {
    guidelines::table
        .filter(guidelines::facility_id.eq(facility))
        .distinct_on(guidelines::queue_id)
        .order((guidelines::queue_id, guidelines::version.desc()))
        .limit(GUIDELINES_MAX)
        .select(GuidelineRow::as_select())
        .load(tx.conn())
        .await
}

/// Stores a version unless it is there; answers how many rows that were.
pub(super) async fn insert(tx: &mut WorkTx, row: &GuidelineRow) -> QueryResult<usize> {
    diesel::insert_into(guidelines::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await
}

pub(super) async fn read_by(
    tx: &mut WorkTx,
    ids: &[GuidelineId],
    person: PersonId,
) -> QueryResult<Vec<GuidelineId>> {
    guideline_reads::table
        .filter(guideline_reads::guideline_id.eq_any(ids))
        .filter(guideline_reads::person_id.eq(person))
        .select(guideline_reads::guideline_id)
        .load(tx.conn())
        .await
}

pub(super) async fn readers(
    tx: &mut WorkTx,
    (facility, id): (FacilityId, GuidelineId),
) -> QueryResult<Vec<PersonId>> {
    guideline_reads::table
        .filter(guideline_reads::facility_id.eq(facility))
        .filter(guideline_reads::guideline_id.eq(id))
        .select(guideline_reads::person_id)
        .load(tx.conn())
        .await
}

/// Of the versions before this one: the last that the person has read, or else the last.
pub(super) async fn known_before(
    tx: &mut WorkTx,
    (facility, queue, version): (FacilityId, Option<QueueId>, i32),
    person: PersonId,
) -> QueryResult<Option<GuidelineRow>> {
    let read = diesel::dsl::exists(
        guideline_reads::table
            .filter(guideline_reads::facility_id.eq(guidelines::facility_id))
            .filter(guideline_reads::guideline_id.eq(guidelines::id))
            .filter(guideline_reads::person_id.eq(person)),
    );
    guidelines::table
        .filter(guidelines::facility_id.eq(facility))
        .filter(guidelines::queue_id.is_not_distinct_from(queue))
        .filter(guidelines::version.lt(version))
        .order((read.desc(), guidelines::version.desc()))
        .select(GuidelineRow::as_select())
        .first(tx.conn())
        .await
        .optional()
}

pub(super) async fn acknowledge(
    tx: &mut WorkTx,
    (facility, id): (FacilityId, GuidelineId),
) -> QueryResult<usize> {
    let (person, at) = (tx.person(), tx.now());
    let Some(person) = person else { return Ok(0) };
    diesel::insert_into(guideline_reads::table)
        .values((
            guideline_reads::facility_id.eq(facility),
            guideline_reads::guideline_id.eq(id),
            guideline_reads::person_id.eq(person),
            guideline_reads::at.eq(at),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await
}
