//! Asking: the coder's questions leave, the chart waits for the answers, and its draft is kept.

use crate::drafts;
use crate::jobs::{EscalateQuery, RemindQuery, SendQuery};
use crate::quotes;
use crate::store::{self, QueryRow};
use crate::texts;
use base::audit::{self, Entry};
use base::db::{DeskTx, VendorScope};
use base::error::{Error, FieldError, Result};
use base::{Services, jobs};
use charts::ChartRow;
use charts::held::{self, Held};
use charts::leases;
use charts::store::{Along, apply};
use rules::edits::EditSeverity;
use rules::ids::{ChartId, PersonId, QueryId};
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use rules::query::{self, QUESTIONS_MAX, QueryQuestion, QueryStatus};
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::live::{self, Topic};

/// The work on which questions are asked.
pub(crate) const KIND: AssignmentKind = AssignmentKind::Coding;

/// A question on its way to a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AskedQuestion {
    /// Whom it goes to; none when the facility is to name somebody.
    #[serde(default)]
    pub provider_id: Option<PersonId>,
    /// What is asked.
    pub question: QueryQuestion,
}

/// Questions that are to be sent together.
#[derive(Debug, Clone, Copy)]
pub struct Asking<'a> {
    /// The lease on which they were written.
    pub epoch: i32,
    /// The questions.
    pub questions: &'a [AskedQuestion],
}

/// Questions that were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Asked {
    /// The chart.
    pub chart_id: ChartId,
    /// Its state.
    pub state: ChartState,
    /// The questions, in the order in which they were given.
    pub queries: Vec<QueryId>,
}

/// Sends questions. The coder no longer holds the chart, its draft stays with it, and the contract's clock
/// stands still until the answers are there.
///
/// # Errors
/// [`Error::Invalid`] with every field that a rule stands against; [`Error::Conflict`] when the lease is
/// over.
pub async fn ask(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    asking: Asking<'_>,
    once: Option<&Once>,
) -> Result<Asked> {
    let earlier = services.db.desk(scope, async |tx| repeated(tx, once).await).await?;
    if let Some(earlier) = earlier {
        return Ok(earlier);
    }
    check_count(asking.questions)?;
    let questions = quotes::cut(services, scope, chart, asking).await?;
    check(&questions)?;
    services
        .db
        .desk(scope, async |tx| {
            if let Some(earlier) = repeated(tx, once).await? {
                return Ok(earlier);
            }
            let held = held::to_write(tx, KIND, chart, asking.epoch).await?;
            held.require_started()?;
            let asked = Box::pin(send(services, tx, &held, &questions)).await?;
            if let Some(once) = once {
                once.keep(tx, &asked).await?;
            }
            Ok(asked)
        })
        .await
}

async fn repeated(tx: &mut DeskTx, once: Option<&Once>) -> Result<Option<Asked>> {
    match once {
        Some(once) => once.earlier(tx).await,
        None => Ok(None),
    }
}

pub(crate) fn check_count(questions: &[AskedQuestion]) -> Result<()> {
    if questions.is_empty() {
        return Err(Error::invalid("questions", "write a question first"));
    }
    if questions.len() > QUESTIONS_MAX {
        return Err(Error::invalid("questions", "at most 5 questions at once"));
    }
    Ok(())
}

/// Everything that stands against sending, each by its field: `questions.0.text`.
fn check(questions: &[AskedQuestion]) -> Result<()> {
    let mut fields = Vec::new();
    for (place, asked) in questions.iter().enumerate() {
        let errors = query::check(&asked.question);
        let errors = errors.into_iter().filter(|found| found.severity == EditSeverity::Error);
        fields.extend(errors.map(|found| FieldError {
            name: format!("questions.{place}.{}", found.field),
            message: found.message,
        }));
    }
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid(fields)) }
}

/// Patient data is written before the lease ends: with the lease ends the reach.
async fn send(
    services: &Services,
    tx: &mut DeskTx,
    held: &Held,
    questions: &[AskedQuestion],
) -> Result<Asked> {
    let (chart, now) = (&held.chart, tx.now());
    check_providers(tx, chart, questions).await?;
    let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
    let change = lifecycle::decide(&chart.life(), Action::OpenQuery, actor, now)?;
    let mut asked = Vec::new();
    for question in questions {
        asked.push(store_one(services, tx, held, question).await?);
    }
    drafts::discard(tx, chart).await?;
    leases::end(tx, &held.lease, AssignmentState::Released, "query").await?;
    // The answer brings the chart back to whoever asked.
    let along = Along {
        paused_at: chart.paused_at.is_none().then_some(Some(now)),
        sticky_person_id: Some(Some(held.lease.person_id)),
        sticky_until: Some(None),
        ..Along::default()
    };
    let reason = format!("questions_{}", asked.len());
    let after = apply(tx, &change.because(reason), along).await?;
    for row in &asked {
        promise(services, tx, row)?;
        let entry = Entry::of(chart.facility_id, "query.asked", "query", row.id.uuid());
        audit::append(tx, entry).await?;
    }
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    Ok(Asked {
        chart_id: chart.id,
        state: after.state,
        queries: asked.iter().map(|row| row.id).collect(),
    })
}

/// Who is asked must answer for this facility.
async fn check_providers(
    tx: &mut DeskTx,
    chart: &ChartRow,
    questions: &[AskedQuestion],
) -> Result<()> {
    let providers = people::providers_of(tx, chart.facility_id).await?;
    let there = |id: PersonId| providers.iter().any(|it| it.active && it.id == id);
    let strange = questions
        .iter()
        .enumerate()
        .filter(|(_, asked)| asked.provider_id.is_some_and(|provider| !there(provider)));
    let fields: Vec<FieldError> = strange
        .map(|(place, _)| FieldError {
            name: format!("questions.{place}.provider_id"),
            message: "Choose one of the facility's providers, or let the facility choose.".into(),
        })
        .collect();
    if fields.is_empty() { Ok(()) } else { Err(Error::Invalid(fields)) }
}

async fn store_one(
    services: &Services,
    tx: &mut DeskTx,
    held: &Held,
    asked: &AskedQuestion,
) -> Result<QueryRow> {
    let now = tx.now();
    let row = QueryRow {
        facility_id: held.chart.facility_id,
        id: QueryId::new(),
        chart_id: held.chart.id,
        status: QueryStatus::Open,
        provider_id: asked.provider_id,
        named_at: asked.provider_id.map(|_| now),
        asked_by: held.lease.person_id,
        asked_at: now,
        reminded_at: None,
        escalated_at: None,
        answered_at: None,
        answered_by: None,
        answered_through: None,
        ended_at: None,
        ended_by: None,
        end_reason: None,
        outcome: None,
    };
    store::insert(tx, &row).await?;
    texts::insert(tx, &services.keyring, &row, &asked.question).await?;
    Ok(row)
}

fn promise(services: &Services, tx: &mut DeskTx, row: &QueryRow) -> Result<()> {
    let settings = &services.config.queries;
    jobs::enqueue(tx, &SendQuery::first(row))?;
    let remind = RemindQuery::of(row);
    jobs::enqueue_at(tx, &remind, remind.due_at(settings))?;
    let escalate = EscalateQuery::of(row);
    jobs::enqueue_at(tx, &escalate, escalate.due_at(settings))
}
