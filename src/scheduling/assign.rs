//! Work given and taken back by a lead. Rules of safety bind leads, too; those of load can be set aside
//! with a reason, which stays with the lease.

use crate::explain::next_kind;
use crate::snapshot::{person_locked, seconds};
use crate::take_back::{Ending, held_lease, live_lease, take_back, tell, tell_waiting};
use base::Services;
use base::audit::{self, Entry};
use base::db::{OpsTx, VendorScope};
use base::error::{Error, Result};
use charts::ChartRow;
use charts::leases::{self, Assignment};
use charts::store::{self, Along};
use rules::Instant;
use rules::eligibility::{Person, Rule, Work, check_with_override};
use rules::ids::{ChartId, PersonId};
use rules::lifecycle::{self, Action, Actor, ActorKind, Change, ChartState};
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The longest reason that is kept.
const REASON_CHARACTERS_MAX: usize = 200;
const SECONDS_PER_MINUTE: i64 = 60;
/// In the timeline, for what a lead does without setting a rule aside.
const BY_LEAD: &str = "by_lead";

/// Whom a lead gives a chart.
#[derive(Debug, Clone, Copy)]
pub struct Assigning<'a> {
    /// The person.
    pub person: PersonId,
    /// Why; needed when a rule of load is set aside, or work is taken from somebody. No patient data:
    /// leads see none.
    pub reason: &'a str,
    /// Whether it may be taken from somebody who has begun.
    pub take_back: bool,
}

/// Where a chart stands after it was given, or taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Given {
    /// The chart.
    pub chart_id: ChartId,
    /// Where it stands.
    pub state: ChartState,
    /// What is to be done.
    pub kind: AssignmentKind,
    /// Who holds it; none when it waits.
    pub person_id: Option<PersonId>,
    /// The rules of load that were set aside.
    pub set_aside: Vec<Rule>,
}

/// Gives a chart to a person, as an offer. An offer that somebody else has not opened is taken back first;
/// what somebody works on only when that is asked for.
///
/// # Errors
/// [`Error::Forbidden`] for a rule of safety; [`Error::Invalid`] when a rule of load is to be set aside,
/// or work to be taken back, without a reason; [`Error::Conflict`] when the chart does not wait.
pub async fn assign(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    assigning: Assigning<'_>,
) -> Result<Given> {
    let reason = reason_of(assigning.reason)?;
    let assigning = Assigning { reason, ..assigning };
    services
        .db
        .ops(scope, async |tx| {
            let lead = tx.acting_person()?;
            let (person, _) = person_locked(tx, assigning.person).await?;
            let chart = store::lock(tx, chart).await?;
            let (chart, loser) = Box::pin(free(tx, chart, lead, assigning)).await?;
            let order = order(tx, &chart, &person, reason).await?;
            let change = order.change(&chart, lead, tx.now())?;
            let lease = order.terms(services, &person, (lead, reason), tx.now());
            leases::give(tx, &chart, lease).await?;
            let reviewer = (order.kind == AssignmentKind::Review).then_some(Some(person.id));
            let along = Along { reviewer_id: reviewer, ..Along::default() };
            let after = store::apply(tx, &change, along).await?;
            let told: Vec<PersonId> = loser.into_iter().chain([person.id]).collect();
            tell(tx, &told)?;
            note(tx, &after, "work.assigned", order.detail()).await?;
            Ok(Given {
                chart_id: after.id,
                state: after.state,
                kind: order.kind,
                person_id: Some(person.id),
                set_aside: order.set_aside,
            })
        })
        .await
}

/// Takes a chart back from whoever holds it; a draft stays with the chart.
///
/// # Errors
/// [`Error::Invalid`] without a reason; [`Error::Conflict`] when nobody holds it.
pub async fn revoke(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    reason: &str,
) -> Result<Given> {
    let reason = reason_to_take_back(reason)?;
    services
        .db
        .ops(scope, async |tx| {
            let lead = tx.acting_person()?;
            let chart = store::lock(tx, chart).await?;
            let lease = held_lease(tx, &chart).await?;
            let told = json!({ "revoked_by": lead, "revoked_because": reason });
            crate::store::add_to_explanation(tx, &lease, told).await?;
            let after = take_back(tx, &chart, &lease, by_lead(lead)).await?;
            tell_waiting(tx, &[lease.person_id])?;
            note(tx, &after, "work.revoked", format!("kind {}", lease.kind)).await?;
            Ok(Given {
                chart_id: after.id,
                state: after.state,
                kind: lease.kind,
                person_id: None,
                set_aside: Vec::new(),
            })
        })
        .await
}

fn reason_of(text: &str) -> Result<&str> {
    let text = text.trim();
    if text.chars().count() > REASON_CHARACTERS_MAX {
        return Err(Error::invalid("reason", "at most 200 characters"));
    }
    Ok(text)
}

/// The reason for which a chart is taken back.
///
/// # Errors
/// [`Error::Invalid`] for none, or one that is too long.
pub(crate) fn reason_to_take_back(text: &str) -> Result<&str> {
    let reason = reason_of(text)?;
    if reason.is_empty() {
        return Err(Error::invalid("reason", "say why, for the person who loses it"));
    }
    Ok(reason)
}

const fn by_lead(lead: PersonId) -> Ending<'static> {
    let actor = Actor::person(ActorKind::Lead, lead);
    Ending { how: AssignmentState::Revoked, actor, reason: BY_LEAD }
}

/// The chart without the lease that stood on it, and who lost that. Work that has begun is not taken
/// away in passing.
async fn free(
    tx: &mut OpsTx,
    chart: ChartRow,
    lead: PersonId,
    assigning: Assigning<'_>,
) -> Result<(ChartRow, Option<PersonId>)> {
    let Some(lease) = live_lease(tx, &chart).await? else { return Ok((chart, None)) };
    if lease.person_id == assigning.person {
        return Err(Error::Conflict("this person has the chart already".into()));
    }
    if lease.state == AssignmentState::Active {
        may_take(assigning)?;
        let told = json!({ "revoked_by": lead, "revoked_because": assigning.reason });
        crate::store::add_to_explanation(tx, &lease, told).await?;
        note(tx, &chart, "work.revoked", format!("kind {}", lease.kind)).await?;
    }
    let freed = take_back(tx, &chart, &lease, by_lead(lead)).await?;
    Ok((freed, Some(lease.person_id)))
}

/// Whether work that has begun may be taken from somebody.
fn may_take(assigning: Assigning<'_>) -> Result<()> {
    if !assigning.take_back {
        return Err(Error::Conflict("somebody works on this chart; take it back first".into()));
    }
    if assigning.reason.is_empty() {
        return Err(Error::invalid("reason", "somebody works on this chart: say why they lose it"));
    }
    Ok(())
}

/// What is given, and which rules stand aside for it.
struct Order {
    kind: AssignmentKind,
    set_aside: Vec<Rule>,
}

async fn order(tx: &mut OpsTx, chart: &ChartRow, person: &Person, reason: &str) -> Result<Order> {
    let kind = next_kind(chart)
        .ok_or_else(|| Error::Conflict("this chart does not wait for anybody now".into()))?;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let involved = leases::involved(tx, chart.id).await?;
    let excluded = leases::excluded(tx, chart.id).await?;
    let work = Work {
        kind,
        expected_seconds: seconds(chart.expected_seconds),
        involved: &involved,
        excluded: &excluded,
    };
    let set_aside = check_with_override(person, &terms.eligibility(), &work, tx.now())
        .map_err(|rule| Error::Forbidden(format!("not for this person: {}", rule.label())))?;
    if !set_aside.is_empty() && reason.is_empty() {
        let words = labels(&set_aside);
        let message = format!("this person is {words}: say why they should get it all the same");
        return Err(Error::invalid("reason", message));
    }
    Ok(Order { kind, set_aside })
}

fn labels(rules: &[Rule]) -> String {
    rules.iter().map(|rule| rule.label()).collect::<Vec<_>>().join(", ")
}

impl Order {
    fn change(&self, chart: &ChartRow, lead: PersonId, now: Instant) -> Result<Change> {
        let action = match self.kind {
            AssignmentKind::Coding => Action::Assign,
            AssignmentKind::Review | AssignmentKind::Arbitration => Action::StartReview,
        };
        let actor = Actor::person(ActorKind::Lead, lead);
        let change = lifecycle::decide(&chart.life(), action, actor, now)?;
        Ok(change.because(self.reason_code()))
    }

    /// For the timeline, which carries codes and no free text.
    fn reason_code(&self) -> String {
        if self.set_aside.is_empty() {
            return BY_LEAD.to_owned();
        }
        let rules: Vec<_> = self.set_aside.iter().map(|rule| rule.as_str()).collect();
        format!("override:{}", rules.join(","))
    }

    fn detail(&self) -> String {
        format!("kind {}, {}", self.kind, self.reason_code())
    }

    fn terms(
        &self,
        services: &Services,
        person: &Person,
        (lead, reason): (PersonId, &str),
        now: Instant,
    ) -> leases::Terms {
        let offer_seconds = i64::from(services.config.leases.offer_minutes) * SECONDS_PER_MINUTE;
        let explanation = json!({
            "by": "lead", "person": lead, "reason": reason, "set_aside": self.set_aside,
        });
        leases::Terms {
            kind: self.kind,
            person: person.id,
            state: AssignmentState::Offered,
            until: opens_from(person, now).plus_seconds(offer_seconds),
            explanation,
        }
    }
}

/// When the person can open an offer: at once, or when their next shift begins.
fn opens_from(person: &Person, now: Instant) -> Instant {
    match person.shift_seconds_left(now) {
        Some(_) => now,
        None => person.next_shift_at.unwrap_or(now).max(now),
    }
}

async fn note(
    tx: &mut OpsTx,
    chart: &ChartRow,
    action: &'static str,
    detail: String,
) -> Result<()> {
    let entry = Entry::of(chart.facility_id, action, "chart", chart.id.uuid()).with(detail);
    audit::append(tx, entry).await?;
    Ok(())
}

/// How a lease came to be, as its explanation tells: by the plan, by Next, or by a lead.
pub(crate) fn given_by(lease: &Assignment) -> &'static str {
    match lease.explanation.get("by").and_then(serde_json::Value::as_str) {
        Some("plan") => "planned",
        Some("lead") => "by a lead",
        Some("next") => "by Next",
        _ => "–",
    }
}

#[cfg(test)]
mod tests {
    use super::{Order, reason_of};
    use rules::eligibility::Rule;
    use rules::words::AssignmentKind;

    #[test]
    fn the_timeline_names_the_rules_that_were_set_aside_and_no_free_text() {
        let set_aside = vec![Rule::OnShift, Rule::WipLimit];
        let order = Order { kind: AssignmentKind::Coding, set_aside };
        assert_eq!(order.reason_code(), "override:on_shift,wip_limit");
        let order = Order { kind: AssignmentKind::Review, set_aside: Vec::new() };
        assert_eq!(order.detail(), "kind review, by_lead");
    }

    #[test]
    fn a_reason_has_a_longest_length_in_characters() {
        assert_eq!(reason_of("  urgent ").unwrap(), "urgent");
        assert!(reason_of(&"ü".repeat(200)).is_ok());
        assert!(reason_of(&"ü".repeat(201)).is_err());
    }
}
