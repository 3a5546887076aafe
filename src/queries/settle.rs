//! What else becomes of a question: taken back, given up, asked of somebody else, concluded.

use crate::ask::KIND;
use crate::go_on::after_step;
use crate::jobs::{RemindQuery, SendQuery};
use crate::store::{self, QueryRow, Step};
use crate::{links, texts};
use base::audit::{self, Entry};
use base::db::{DeskTx, FacilityTx, WorkTx};
use base::error::{Error, Result};
use base::{Services, jobs};
use charts::held;
use rules::ids::{ChartId, PersonId, QueryId};
use rules::lifecycle::{Action, Actor, ActorKind};
use rules::query::{
    CancelReason, CodesEffect, GiveUpReason, QueryAct, QueryOutcome, QueryStatus,
    TEXT_CHARACTERS_MAX,
};
use web::live::{self, Topic};

/// Where an act leads, by the table of questions.
pub(crate) fn next(row: &QueryRow, act: QueryAct, by: ActorKind) -> Result<QueryStatus> {
    let escalated = row.escalated_at.is_some();
    rules::query::next(row.status, act, by, escalated).ok_or_else(|| {
        let status = row.status.label().to_lowercase();
        Error::Conflict(match act {
            QueryAct::GiveUp if row.status == QueryStatus::Open => {
                "a question is given up only after it was escalated".to_owned()
            }
            QueryAct::Answer if row.status == QueryStatus::Cancelled => {
                "this question was taken back; nothing needs to be answered".to_owned()
            }
            _ => format!("this question is {status} already"),
        })
    })
}

/// Takes back a question that the acting coder asked; they need not hold the chart.
///
/// # Errors
/// [`Error::NotFound`] when somebody else asked it; [`Error::Conflict`] when it is not open.
pub(crate) async fn cancel_own(
    services: &Services,
    tx: &mut WorkTx,
    query: QueryId,
    reason: CancelReason,
) -> Result<()> {
    let person = tx.acting_person()?;
    if store::find(tx, query).await?.asked_by != person {
        return Err(Error::NotFound);
    }
    cancel(services, tx, query, (Actor::person(ActorKind::Coder, person), reason)).await
}

/// Takes back a question.
///
/// # Errors
/// [`Error::Conflict`] when it is not open; [`Error::Invalid`] for the product's own reason.
pub(crate) async fn cancel(
    services: &Services,
    tx: &mut WorkTx,
    query: QueryId,
    (actor, reason): (Actor, CancelReason),
) -> Result<()> {
    if !CancelReason::OF_PEOPLE.contains(&reason) {
        return Err(Error::invalid("reason", "choose one of the reasons that are offered"));
    }
    let (chart, row) = store::lock(tx, query).await?;
    let status = next(&row, QueryAct::Cancel, actor.kind)?;
    let step = ended(tx, status, reason.as_str());
    links::revoke(tx, &row).await?;
    let row = store::step(tx, &row, step).await?;
    let entry = (Action::CancelQuery, actor, reason.as_str());
    after_step(services, tx, (&chart, &row), entry).await?;
    note(tx, &row, "query.cancelled", reason.as_str()).await
}

/// Lets a chart go on without an answer, as a lead.
///
/// # Errors
/// [`Error::Conflict`] before it was escalated.
pub(crate) async fn give_up(
    services: &Services,
    tx: &mut WorkTx,
    query: QueryId,
    reason: GiveUpReason,
) -> Result<()> {
    let actor = Actor::person(ActorKind::Lead, tx.acting_person()?);
    let (chart, row) = store::lock(tx, query).await?;
    let status = next(&row, QueryAct::GiveUp, actor.kind)?;
    let step =
        Step { outcome: Some(QueryOutcome::NoResponse), ..ended(tx, status, reason.as_str()) };
    links::revoke(tx, &row).await?;
    let row = store::step(tx, &row, step).await?;
    let entry = (Action::CloseQuery, actor, reason.as_str());
    after_step(services, tx, (&chart, &row), entry).await?;
    note(tx, &row, "query.given_up", reason.as_str()).await
}

fn ended(tx: &WorkTx, status: QueryStatus, reason: &str) -> Step {
    Step {
        status: Some(status),
        ended_at: Some(tx.now()),
        ended_by: tx.person(),
        end_reason: Some(reason.to_owned()),
        ..Step::default()
    }
}

/// Asks somebody else of the facility; what was mailed before opens nothing any more.
///
/// # Errors
/// [`Error::Invalid`] when that is no provider; [`Error::Conflict`] when the question is not open.
pub(crate) async fn name_provider(
    services: &Services,
    tx: &mut FacilityTx,
    query: QueryId,
    provider: PersonId,
) -> Result<()> {
    let (chart, row) = store::lock(tx, query).await?;
    next(&row, QueryAct::NameProvider, ActorKind::Facility)?;
    if !people::is_active_provider(tx, provider).await? {
        return Err(Error::invalid("provider_id", "choose one of your providers"));
    }
    if row.provider_id == Some(provider) {
        return Ok(());
    }
    links::revoke(tx, &row).await?;
    let step = Step { provider_id: Some(provider), named_at: Some(tx.now()), ..Step::default() };
    let row = store::step(tx, &row, step).await?;
    jobs::enqueue(tx, &SendQuery::first(&row))?;
    let remind = RemindQuery::of(&row);
    jobs::enqueue_at(tx, &remind, remind.due_at(&services.config.queries))?;
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    note(tx, &row, "query.provider_named", "").await
}

/// What a coder says of an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Conclusion<'a> {
    /// The lease on which they say it.
    pub epoch: i32,
    /// What came of the question.
    pub outcome: QueryOutcome,
    /// What it did to the codes.
    pub effect: CodesEffect,
    /// In their own words.
    pub note: &'a str,
}

/// Records what came of an answer, by whoever codes the chart.
///
/// # Errors
/// [`Error::Conflict`] when it is not answered, or when the lease is over.
pub(crate) async fn conclude(
    services: &Services,
    tx: &mut DeskTx,
    (chart, query): (ChartId, QueryId),
    said: Conclusion<'_>,
) -> Result<()> {
    if !QueryOutcome::OF_ANSWERS.contains(&said.outcome) {
        return Err(Error::invalid("outcome", "choose one of the outcomes that are offered"));
    }
    if said.note.chars().count() > TEXT_CHARACTERS_MAX {
        return Err(Error::invalid("note", "at most 2,000 characters"));
    }
    let held = held::to_write(tx, KIND, chart, said.epoch).await?;
    held.require_started()?;
    let (_, row) = store::lock(tx, query).await?;
    if row.chart_id != held.chart.id {
        return Err(Error::NotFound);
    }
    let status = next(&row, QueryAct::RecordOutcome, ActorKind::Coder)?;
    texts::record_effect(tx, &services.keyring, &row, (said.effect, said.note)).await?;
    let outcome = said.outcome;
    let step = Step { outcome: Some(outcome), ..ended(tx, status, outcome.as_str()) };
    store::step(tx, &row, step).await?;
    live::tell(tx, Topic::Facility(row.facility_id))?;
    note(tx, &row, "query.concluded", outcome.as_str()).await
}

async fn note(tx: &mut WorkTx, row: &QueryRow, action: &'static str, detail: &str) -> Result<()> {
    let entry = Entry::of(row.facility_id, action, "query", row.id.uuid());
    audit::append(tx, entry.with(detail)).await?;
    Ok(())
}
