//! What leads do with holds: answer what the coding company has to settle, and hold a chart themselves. They
//! write a word for the coder or the facility and read none of what is written about a patient.

use crate::holds::{self, Hold, Lifting, Placing};
use crate::schema::{charts, holds as hold_rows};
use crate::settle::tell;
use crate::store::{self, ChartRow};
use crate::{leases, notes};
use base::Services;
use base::audit::{self, Entry};
use base::db::{DeskTx, OpsTx, VendorScope};
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::holds::{HoldEnd, HoldOwner};
use rules::ids::{ChartId, HoldId, PersonId, QueueId};
use rules::lifecycle::{Actor, ActorKind};
use rules::words::{AssignmentKind, AssignmentState};
use serde::Serialize;
use std::collections::HashMap;

/// Open holds that are listed, at most.
const ROWS_MAX: i64 = 500;

fn actor(tx: &DeskTx) -> Result<Actor> {
    Ok(Actor::person(ActorKind::Lead, tx.acting_person()?))
}

/// Lifts a hold that the coding company owns, with a word for the coder.
///
/// # Errors
/// [`Error::NotFound`] when it is not open; [`Error::Forbidden`] when the facility must act.
pub async fn answer(
    services: &Services,
    scope: &VendorScope,
    (id, hold): (ChartId, HoldId),
    text: &str,
) -> Result<ChartRow> {
    services
        .db
        .desk(scope, async |tx| {
            let chart = store::lock(tx, id).await?;
            let open = holds::open_of(tx, &chart).await?;
            let found = open.iter().find(|open| open.id == hold).ok_or(Error::NotFound)?;
            if found.owner != HoldOwner::Vendor {
                return Err(Error::Forbidden("the facility answers this one".into()));
            }
            notes::write_for_hold(tx, &services.keyring, &chart, found, text).await?;
            let lifting = Lifting::by(services, actor(tx)?, HoldEnd::Answered);
            let chart = holds::lift(tx, &chart, hold, lifting).await?;
            tell(tx, &chart, chart.sticky_person_id)?;
            let entry = Entry::of(chart.facility_id, "hold.lifted", "chart", id.uuid());
            audit::append(tx, entry).await?;
            Ok(chart)
        })
        .await
}

/// Puts a chart on hold, or adds reasons to one that is. Whoever works on it loses it, and is the first to
/// get it back.
///
/// # Errors
/// As [`holds::place`].
pub async fn place(
    services: &Services,
    scope: &VendorScope,
    id: ChartId,
    placings: &[Placing<'_>],
) -> Result<ChartRow> {
    services
        .db
        .desk(scope, async |tx| {
            let chart = store::lock(tx, id).await?;
            let lease = leases::live(tx, &chart, AssignmentKind::Coding).await?;
            let by = actor(tx)?;
            let mut chart = holds::place(tx, &services.keyring, &chart, (placings, by)).await?;
            let holder = lease.as_ref().map(|lease| lease.person_id);
            if let Some(lease) = &lease {
                leases::end(tx, lease, AssignmentState::Revoked, "held").await?;
                chart = store::keep_for(tx, &chart, lease.person_id).await?;
            }
            tell(tx, &chart, holder)?;
            let reasons: Vec<_> = placings.iter().map(|one| one.reason.as_str()).collect();
            let entry = Entry::of(chart.facility_id, "chart.held", "chart", id.uuid());
            audit::append(tx, entry.with(reasons.join(" "))).await?;
            Ok(chart)
        })
        .await
}

/// An open hold on a lead's list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ListedHold {
    /// The hold.
    #[serde(flatten)]
    pub hold: Hold,
    /// What the chart is called where no patient is named.
    pub reference: String,
    /// The tenant, in words.
    pub facility: String,
    /// The queue, in words.
    pub queue: String,
    /// The reason, in words.
    pub reason_words: &'static str,
    /// What ends it, in words.
    pub ends: String,
    /// Who placed it.
    pub opened_by_name: String,
    /// When the chart is due; while the clock stands, what it was.
    pub due_at: Option<Instant>,
}

/// Every open hold of the scope: those of the coding company first, the oldest at the head.
///
/// # Errors
/// When the database fails.
pub async fn list(tx: &mut OpsTx) -> Result<Vec<ListedHold>> {
    let rows: Vec<(Hold, QueueId, Option<Instant>)> = hold_rows::table
        .inner_join(charts::table.on(
            charts::facility_id.eq(hold_rows::facility_id).and(charts::id.eq(hold_rows::chart_id)),
        ))
        .filter(hold_rows::closed_at.is_null())
        .order((hold_rows::owner.desc(), hold_rows::opened_at, hold_rows::id))
        .limit(ROWS_MAX)
        .select((Hold::as_select(), charts::queue_id, charts::due_at))
        .load(tx.conn())
        .await?;
    let facilities = facilities::names(tx).await?;
    let queues: HashMap<_, _> = facilities::all_terms(tx)
        .await?
        .into_iter()
        .map(|terms| ((terms.facility_id, terms.queue_id), terms.name))
        .collect();
    let openers: Vec<PersonId> = rows.iter().map(|(hold, _, _)| hold.opened_by).collect();
    let names = people::names(tx, &openers).await?;
    let listed = rows.into_iter().map(|(hold, queue, due_at)| ListedHold {
        reference: crate::reference(hold.chart_id),
        facility: facilities
            .get(&hold.facility_id)
            .map_or_else(String::new, |name| name.name.clone()),
        queue: queues.get(&(hold.facility_id, queue)).cloned().unwrap_or_default(),
        reason_words: hold.reason.label(),
        ends: hold.ends(),
        // People of a facility are not on this plane.
        opened_by_name: names.get(&hold.opened_by).cloned().unwrap_or_default(),
        due_at,
        hold,
    });
    Ok(listed.collect())
}
