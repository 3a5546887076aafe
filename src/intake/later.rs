//! Documents that come after their chart: sealed like the others, and told to whoever works on it.

use crate::content::Stored;
use crate::receive::{self, NewDocument};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx};
use base::error::{Checks, Error, Result};
use base::seal::FacilityKey;
use charts::documents::{self, DocumentRow};
use charts::holds::{self, Lifting};
use charts::later::{self, Later};
use charts::leases;
use charts::store::{self, ChartRow};
use rules::holds::{Awaited, HoldEnd};
use rules::ids::{ChartId, DocumentId};
use rules::lifecycle::{Actor, ActorKind, ChartState};
use rules::words::AssignmentKind;
use std::sync::Arc;
use web::idempotency::Once;
use web::live::Topic;

/// What became of it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Added {
    /// The chart.
    pub id: ChartId,
    /// Where it stands now: it goes on when nothing else holds it.
    pub state: ChartState,
    /// The new documents, in their order.
    pub documents: Vec<DocumentId>,
}

/// Adds documents to a chart that is in work.
///
/// # Errors
/// [`Error::Invalid`] with everything to correct; [`Error::Conflict`] once the codes are settled.
pub async fn add(
    services: &Services,
    scope: &FacilityScope,
    id: ChartId,
    (kind, new): (Option<Awaited>, &[NewDocument]),
    once: Option<&Once>,
) -> Result<Added> {
    let mut checks = Checks::default();
    checks.require(!new.is_empty(), "document", "at least one document is needed");
    checks.require(kind != Some(Awaited::Any), "kind", "say what it is, or leave it out");
    let contents = receive::read_all(services, &mut checks, new).await?;
    checks.done()?;
    let prepared = services
        .db
        .facility(scope, async |tx| {
            if let Some(once) = once
                && let Some(answer) = once.earlier::<Added>(tx).await?
            {
                return Ok(Err(answer));
            }
            open(store::find(tx, id).await?)?;
            let facility = tx.facility();
            Ok(Ok(services.keyring.key(tx, facility).await?))
        })
        .await?;
    let key: Arc<FacilityKey> = match prepared {
        Ok(key) => key,
        Err(answer) => return Ok(answer),
    };
    let stored = receive::seal_all(services, &key, new, &contents).await?;
    let kept = services
        .db
        .facility(scope, async |tx| {
            if let Some(once) = once
                && let Some(answer) = once.earlier::<Added>(tx).await?
            {
                return Ok(answer);
            }
            let added = keep(services, tx, id, (kind, &key, &stored)).await?;
            if let Some(once) = once {
                once.keep(tx, &added).await?;
            }
            let entry = Entry::of(tx.facility(), "documents.added", "chart", id.uuid());
            audit::append(tx, entry.with(format!("documents={}", stored.len()))).await?;
            Ok(added)
        })
        .await;
    // Another request under the same key may have been faster: then these are nobody's.
    let unused = kept.as_ref().map_or(true, |added| {
        stored.iter().all(|document| !added.documents.contains(&document.id()))
    });
    if unused {
        for document in &stored {
            document.remove(services, &key).await;
        }
    }
    kept
}

fn open(chart: ChartRow) -> Result<ChartRow> {
    if later::may_come(chart.state) {
        return Ok(chart);
    }
    let state = chart.state.label().to_lowercase();
    Err(Error::Conflict(format!("a chart that is “{state}” takes no further documents")))
}

async fn keep(
    services: &Services,
    tx: &mut FacilityTx,
    id: ChartId,
    (kind, key, stored): (Option<Awaited>, &FacilityKey, &[Stored]),
) -> Result<Added> {
    let chart = open(store::lock(tx, id).await?)?;
    let hashes: Vec<Vec<u8>> = stored.iter().map(|one| one.content_hash().to_vec()).collect();
    if documents::twins(tx, chart.facility_id, &hashes).await?.contains(&id) {
        return Err(Error::invalid("document", "this chart has the same document already"));
    }
    let now = tx.now();
    let rows: Vec<DocumentRow> = stored.iter().map(|one| one.row(key, id, (0, now))).collect();
    later::add(tx, &chart, Later { rows: &rows, kind }).await?;
    let by = Actor::person(ActorKind::Facility, tx.acting_person()?);
    let lifting = Lifting::by(services, by, HoldEnd::Document);
    let chart = match chart.state {
        ChartState::OnHold => holds::document_arrived(tx, &chart, kind, lifting).await?,
        _ => chart,
    };
    tell(tx, &chart).await?;
    let documents = rows.iter().map(|row| row.id).collect();
    Ok(Added { id, state: chart.state, documents })
}

/// Whoever has the chart open, or will get it back, looks again.
async fn tell(tx: &mut FacilityTx, chart: &ChartRow) -> Result<()> {
    web::live::tell(tx, Topic::Facility(chart.facility_id))?;
    web::live::tell(tx, Topic::Board)?;
    let mut people: Vec<_> = chart.sticky_person_id.into_iter().collect();
    for kind in [AssignmentKind::Coding, AssignmentKind::Review] {
        people.extend(leases::live(tx, chart, kind).await?.map(|lease| lease.person_id));
    }
    people.dedup();
    for person in people {
        web::live::tell(tx, Topic::Person(person))?;
    }
    Ok(())
}
