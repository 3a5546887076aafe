//! Sampling blocks and what was drawn from them: each place is given out once, each draw is kept.

use crate::schema::{sampling_blocks, sampling_draws};
use base::Services;
use base::db::WorkTx;
use base::error::{Error, Result};
use charts::ChartRow;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::sampling::{self, Rate, RateReason};

/// How often a new block is tried before the job is done again later: somebody else made it first.
const TRIES_MAX: u32 = 3;
/// Blocks count from 1.
const FIRST_BLOCK: i32 = 1;

/// A place in a block.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Place {
    pub block: i32,
    pub position: i32,
    pub drawn: bool,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = sampling_blocks, check_for_backend(diesel::pg::Pg))]
struct BlockRow {
    facility_id: FacilityId,
    queue_id: QueueId,
    coder_id: PersonId,
    block: i32,
    rate_percent: i32,
    block_size: i32,
    next_position: i32,
    seed: Vec<u8>,
    opened_at: Instant,
}

/// The next place of a coder's chart at a rate, in the open block or in a new one: a block is
/// finished when it is full or when the rate has changed.
pub(crate) async fn next_place(
    services: &Services,
    tx: &mut WorkTx,
    chart: &ChartRow,
    (coder, rate_percent): (PersonId, u32),
) -> Result<Place> {
    let rate = stored(rate_percent)?;
    for _ in 0..TRIES_MAX {
        let last = last_block(tx, chart, coder).await?;
        let next = last.as_ref().map_or(FIRST_BLOCK, |last| last.block.saturating_add(1));
        let open =
            last.filter(|last| last.rate_percent == rate && last.next_position < last.block_size);
        if let Some(block) = open {
            return take_place(tx, block).await;
        }
        let new = new_block(services, tx.now(), chart, (coder, next, rate_percent))?;
        let inserted = diesel::insert_into(sampling_blocks::table)
            .values(&new)
            .on_conflict_do_nothing()
            .execute(tx.conn())
            .await?;
        if inserted == 1 {
            return take_place(tx, new).await;
        }
    }
    Err(Error::Conflict("this coder's sampling block is being opened by others".into()))
}

/// The coder's newest block in the chart's queue, held until the transaction ends.
async fn last_block(
    tx: &mut WorkTx,
    chart: &ChartRow,
    coder: PersonId,
) -> Result<Option<BlockRow>> {
    let last = sampling_blocks::table
        .filter(sampling_blocks::facility_id.eq(chart.facility_id))
        .filter(sampling_blocks::queue_id.eq(chart.queue_id))
        .filter(sampling_blocks::coder_id.eq(coder))
        .order(sampling_blocks::block.desc())
        .select(BlockRow::as_select())
        .for_update()
        .first(tx.conn())
        .await
        .optional()?;
    Ok(last)
}

fn new_block(
    services: &Services,
    opened_at: Instant,
    chart: &ChartRow,
    (coder_id, block, rate_percent): (PersonId, i32, u32),
) -> Result<BlockRow> {
    let (facility_id, queue_id) = (chart.facility_id, chart.queue_id);
    // Secret as long as the master key is; stored, so that a draw can be shown to whoever doubts it.
    let label = format!("sampling block {facility_id} {queue_id} {coder_id} {block}");
    Ok(BlockRow {
        facility_id,
        queue_id,
        coder_id,
        block,
        rate_percent: stored(rate_percent)?,
        block_size: stored(sampling::block_size(rate_percent))?,
        next_position: 0,
        seed: services.keyring.master().derive(&label).to_vec(),
        opened_at,
    })
}

async fn take_place(tx: &mut WorkTx, block: BlockRow) -> Result<Place> {
    let position = block.next_position;
    let key = (block.facility_id, block.queue_id, block.coder_id, block.block);
    diesel::update(sampling_blocks::table.find(key))
        .set(sampling_blocks::next_position.eq(position.saturating_add(1)))
        .execute(tx.conn())
        .await?;
    let seed: [u8; 32] = block
        .seed
        .as_slice()
        .try_into()
        .map_err(|error: std::array::TryFromSliceError| Error::internal(error))?;
    let number = |stored: i32| u32::try_from(stored).map_err(Error::internal);
    let drawn = sampling::is_drawn(&seed, number(block.rate_percent)?, number(position)?);
    Ok(Place { block: block.block, position, drawn })
}

fn stored(number: u32) -> Result<i32> {
    i32::try_from(number).map_err(Error::internal)
}

/// What was decided about one coding, for good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Draw {
    pub drawn: bool,
    pub reason: RateReason,
}

#[derive(Insertable)]
#[diesel(table_name = sampling_draws)]
struct DrawRow {
    facility_id: FacilityId,
    chart_id: ChartId,
    coding_version: i32,
    queue_id: QueueId,
    coder_id: PersonId,
    block: Option<i32>,
    position: Option<i32>,
    rate_percent: i32,
    reason: RateReason,
    drawn: bool,
    at: Instant,
}

/// The draw of the chart's latest coding, if it was made already.
pub(crate) async fn earlier(tx: &mut WorkTx, chart: &ChartRow) -> Result<Option<Draw>> {
    let found: Option<(bool, RateReason)> = sampling_draws::table
        .find((chart.facility_id, chart.id, chart.coding_version))
        .select((sampling_draws::drawn, sampling_draws::reason))
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found.map(|(drawn, reason)| Draw { drawn, reason }))
}

/// Keeps a draw. The chart is locked, so nobody else draws for it.
pub(crate) async fn keep(
    tx: &mut WorkTx,
    chart: &ChartRow,
    coder: PersonId,
    (rate, place): (Rate, Option<Place>),
) -> Result<Draw> {
    let drawn = place.map_or(rate.percent == sampling::PERCENT_MAX, |place| place.drawn);
    let row = DrawRow {
        facility_id: chart.facility_id,
        chart_id: chart.id,
        coding_version: chart.coding_version,
        queue_id: chart.queue_id,
        coder_id: coder,
        block: place.map(|place| place.block),
        position: place.map(|place| place.position),
        rate_percent: stored(rate.percent)?,
        reason: rate.reason,
        drawn,
        at: tx.now(),
    };
    diesel::insert_into(sampling_draws::table).values(&row).execute(tx.conn()).await?;
    Ok(Draw { drawn, reason: rate.reason })
}
