//! A document that came with the wrong chart: the facility's administrators are told, and say whose it is.

use crate::holds::{self, Lifting};
use crate::promises::DisclosureSuspected;
use crate::settle::{actor, tell};
use crate::store::{self, ChartRow};
use crate::{later, leases, notes, patient};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx};
use base::error::{Error, Result};
use base::jobs::JobError;
use base::mail::Message;
use rules::holds::{HoldEnd, HoldReason};
use rules::ids::{ChartId, DocumentId, HoldId};
use rules::words::AssignmentKind;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Whose document it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "how", rename_all = "snake_case", deny_unknown_fields)]
pub enum Settlement {
    /// This patient's after all: coders read it again.
    Ours,
    /// Another's: it stays out of the coders' sight, and the chart goes on with its other documents.
    Withdrawn,
    /// Another's, whose chart is here, too: it goes there.
    Moved {
        /// The account number of the chart that it belongs to.
        account_number: String,
    },
}

impl Settlement {
    const fn words(&self) -> (&'static str, &'static str) {
        match self {
            Self::Ours => ("document.confirmed", "The document belongs to this patient."),
            Self::Withdrawn => ("document.withdrawn", "The wrong document was taken out."),
            Self::Moved { .. } => ("document.moved", "The document was moved to where it belongs."),
        }
    }
}

/// Settles a hold for which a document was marked as another patient's.
///
/// # Errors
/// [`Error::NotFound`] when there is no such hold open; [`Error::Conflict`] when the chart would be left
/// without a document; [`Error::Invalid`] when no open chart has the account number.
pub async fn settle(
    services: &Services,
    scope: &FacilityScope,
    (id, hold): (ChartId, HoldId),
    settlement: &Settlement,
) -> Result<ChartRow> {
    services
        .db
        .facility(scope, async |tx| {
            let target = match settlement {
                Settlement::Moved { account_number } => {
                    Some(target(services, tx, id, account_number).await?)
                }
                Settlement::Ours | Settlement::Withdrawn => None,
            };
            let (chart, target) = lock_both(tx, id, target).await?;
            let open = holds::open_of(tx, &chart).await?;
            let found = open.iter().find(|open| open.id == hold).ok_or(Error::NotFound)?;
            let document = found.document_id.filter(|_| found.reason == HoldReason::WrongPatient);
            let document = document.ok_or(Error::NotFound)?;
            place_document(tx, (&chart, target.as_ref()), document, settlement).await?;
            let (action, words) = settlement.words();
            notes::write_for_hold(tx, &services.keyring, &chart, found, words).await?;
            let lifting = Lifting::by(services, actor(tx)?, HoldEnd::Answered);
            let chart = holds::lift(tx, &chart, hold, lifting).await?;
            tell(tx, &chart, chart.sticky_person_id)?;
            if let Some(target) = &target {
                arrive(tx, target, lifting).await?;
            }
            let entry = Entry::of(chart.facility_id, action, "document", document.uuid());
            audit::append(tx, entry).await?;
            Ok(chart)
        })
        .await
}

/// The newest open chart with this account number.
async fn target(
    services: &Services,
    tx: &mut FacilityTx,
    from: ChartId,
    account_number: &str,
) -> Result<ChartId> {
    let facility = tx.facility();
    let key = services.keyring.key(tx, facility).await?;
    let found = patient::of_account(tx, &key, account_number).await?;
    for id in found.into_iter().rev().filter(|id| *id != from) {
        if later::may_come(store::find(tx, id).await?.state) {
            return Ok(id);
        }
    }
    Err(Error::invalid("account_number", "no other chart in work has this account number"))
}

/// Of two charts the one with the smaller id first, so that nobody waits in a circle.
async fn lock_both(
    tx: &mut FacilityTx,
    id: ChartId,
    target: Option<ChartId>,
) -> Result<(ChartRow, Option<ChartRow>)> {
    let Some(target) = target else { return Ok((store::lock(tx, id).await?, None)) };
    if target < id {
        let target = store::lock(tx, target).await?;
        return Ok((store::lock(tx, id).await?, Some(target)));
    }
    let chart = store::lock(tx, id).await?;
    Ok((chart, Some(store::lock(tx, target).await?)))
}

async fn place_document(
    tx: &mut FacilityTx,
    (chart, target): (&ChartRow, Option<&ChartRow>),
    document: DocumentId,
    settlement: &Settlement,
) -> Result<()> {
    if *settlement == Settlement::Ours {
        return later::readmit(tx, chart, document).await;
    }
    if later::readable(tx, chart).await? == 0 {
        return Err(Error::Conflict(
            "send this chart's own document first: without it nothing is left to code".into(),
        ));
    }
    match target {
        Some(target) => later::move_to(tx, (chart, target), document).await,
        None => Ok(()),
    }
}

/// The other chart has a document more: whatever waited for one goes on, and whoever works on it is told.
async fn arrive(tx: &mut FacilityTx, target: &ChartRow, lifting: Lifting) -> Result<()> {
    let target = holds::document_arrived(tx, target, None, lifting).await?;
    let mut holder = target.sticky_person_id;
    for kind in [AssignmentKind::Coding, AssignmentKind::Review] {
        holder = leases::live(tx, &target, kind).await?.map(|lease| lease.person_id).or(holder);
    }
    tell(tx, &target, holder)
}

/// Does [`DisclosureSuspected`]: writes to every administrator that something is to be settled, and where.
///
/// # Errors
/// [`JobError::Retry`] while no mail can be handed over.
pub(crate) async fn tell_administrators(
    services: Arc<Services>,
    promise: DisclosureSuspected,
) -> Result<(), JobError> {
    let scope = services.authority.facility(promise.facility, None);
    let find = async |tx: &mut FacilityTx| Ok(people::administrators_of(tx).await?);
    let administrators = services.db.facility(&scope, find).await?;
    let place = services.config.server.public_url.trim_end_matches('/');
    let address = format!("{place}/charts/{}", promise.chart);
    let messages: Vec<Message> = administrators
        .iter()
        .map(|administrator| Message {
            to: administrator.email.clone(),
            subject: "A document may belong to another patient".to_owned(),
            text: format!(
                "Hello {},\n\na coder has marked a document of chart {} as another patient's. Coders do \
                 not read it any more, and the chart waits. Please say whose it is:\n\n{address}\n",
                administrator.name,
                crate::reference(promise.chart),
            ),
            html: None,
        })
        .collect();
    services.mailer.send_all("telling of a document of another patient", &messages).await
}
