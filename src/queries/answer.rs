//! The provider's answer: taken once, by the person who is asked, and never changed.

use crate::go_on::after_step;
use crate::store::{self, QueryRow, Step};
use crate::{links, settle, texts};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx};
use base::error::{Error, FieldError, Result};
use rules::Instant;
use rules::ids::QueryId;
use rules::lifecycle::{Action, Actor, ActorKind};
use rules::query::{AnsweredThrough, QueryAct, QueryAnswer, QueryStatus, faults};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;

/// An answer that was taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Answered {
    /// The question.
    pub query_id: QueryId,
    /// When it was answered.
    pub answered_at: Instant,
}

/// Takes the answer of the scope's person.
///
/// # Errors
/// [`Error::NotFound`] when somebody else is asked; [`Error::Conflict`] when it was answered or taken
/// back, or
/// its chart went another way; [`Error::Invalid`] for an answer that is none.
pub async fn take(
    services: &Services,
    scope: &FacilityScope,
    query: QueryId,
    (answer, through): (&QueryAnswer, AnsweredThrough),
    once: Option<&Once>,
) -> Result<Answered> {
    services
        .db
        .facility(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier(tx).await?
            {
                return Ok(earlier);
            }
            let answered = Box::pin(take_in(services, tx, query, (answer, through))).await?;
            if let Some(once) = once {
                once.keep(tx, &answered).await?;
            }
            Ok(answered)
        })
        .await
}

async fn take_in(
    services: &Services,
    tx: &mut FacilityTx,
    query: QueryId,
    (answer, through): (&QueryAnswer, AnsweredThrough),
) -> Result<Answered> {
    let (chart, row) = store::lock(tx, query).await?;
    let person = tx.acting_person()?;
    if row.provider_id != Some(person) || !people::is_active_provider(tx, person).await? {
        return Err(Error::NotFound);
    }
    let status = settle::next(&row, QueryAct::Answer, ActorKind::Facility)?;
    let question = texts::one(tx, &services.keyring, &row).await?.question;
    let wrong = faults(&question, answer);
    if !wrong.is_empty() {
        let told = |(name, message): (&str, &str)| FieldError {
            name: name.to_owned(),
            message: message.to_owned(),
        };
        return Err(Error::Invalid(wrong.into_iter().map(told).collect()));
    }
    let row = write(services, tx, &row, (answer, through, status)).await?;
    let actor = Actor::person(ActorKind::Facility, person);
    let entry = (Action::AnswerQuery, actor, through.as_str());
    after_step(services, tx, (&chart, &row), entry).await?;
    let entry = Entry::of(row.facility_id, "query.answered", "query", row.id.uuid());
    audit::append(tx, entry.with(format!("through {through}"))).await?;
    Ok(Answered { query_id: row.id, answered_at: tx.now() })
}

async fn write(
    services: &Services,
    tx: &mut FacilityTx,
    row: &QueryRow,
    (answer, through, status): (&QueryAnswer, AnsweredThrough, QueryStatus),
) -> Result<QueryRow> {
    texts::answer(tx, &services.keyring, row, answer).await?;
    links::revoke(tx, row).await?;
    let step = Step {
        status: Some(status),
        answered_at: Some(tx.now()),
        answered_by: tx.person(),
        answered_through: Some(through),
        ..Step::default()
    };
    store::step(tx, row, step).await
}
