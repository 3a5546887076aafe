//! A planning run: look, think, then offer chart by chart, each in a small transaction of its own.
//!
//! The thinking holds no lock. What moved meanwhile is skipped: the next run sees it as it is then.

use crate::leader::{self, Epoch};
use crate::snapshot::{self, has_room, people_now, person_locked};
use crate::take_back::tell;
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::{Error, Result, can_fail};
use charts::leases;
use charts::store::{self, Along};
use rules::Instant;
use rules::eligibility::{Person, Work, check};
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::{self, Action, Actor};
use rules::planner::{self, Backlog, Placement, Plan, PlanSettings};
use rules::words::{AssignmentKind, AssignmentState};
use serde::Serialize;
use serde_json::json;

/// After so many offers a long run says that it still leads.
const OFFERS_BETWEEN_SIGNS: usize = 50;
/// Offers and charts listed in a preview, at most.
const PREVIEW_ROWS_MAX: usize = 200;
const SECONDS_PER_MINUTE: i64 = 60;

/// What a planning run did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanReport {
    /// Whether this server plans; when another one does, nothing was done here.
    pub leads: bool,
    /// Charts offered to somebody.
    pub offers: u32,
    /// Charts that were to be offered but had moved, or whose coder had.
    pub skipped: u32,
    /// Charts for which nobody has time in this shift. Not counted in a run that nobody had room for.
    pub waiting: u32,
}

/// One run: offers what keeps each coder supplied. Does nothing while another server plans.
///
/// # Errors
/// When the database fails; offers made before stay made.
pub async fn plan_once(services: &Services) -> Result<PlanReport> {
    let Some(epoch) = leader::lead(services).await? else { return Ok(PlanReport::default()) };
    let settings = snapshot::settings(services);
    let system = services.authority.system();
    let (now, backlog, people) = services
        .db
        .ops(&system, async |tx| {
            let mut people = people_now(tx).await?;
            snapshot::pause_absent(tx, &mut people).await?;
            let now = tx.now();
            // In a settled hour most runs end here, without a look at the charts.
            let any_room = people.iter().any(|person| has_room(person, &settings, now));
            let backlog = if any_room { snapshot::backlog(tx).await? } else { Backlog::default() };
            Ok((now, backlog, people))
        })
        .await?;
    let plan = think(now, backlog, people, settings).await?;
    Box::pin(offer_all(services, epoch, &plan)).await
}

/// Plans on a thread of its own: a large backlog takes longer than other tasks should wait.
async fn think(
    now: Instant,
    backlog: Backlog,
    people: Vec<Person>,
    settings: PlanSettings,
) -> Result<Plan> {
    let thinking = move || planner::plan(now, &backlog, &people, &settings);
    tokio::task::spawn_blocking(thinking).await.map_err(Error::internal)
}

/// How one offer went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Offered {
    Made,
    Skipped,
    /// Another server leads by now.
    Deposed,
}

async fn offer_all(services: &Services, epoch: Epoch, plan: &Plan) -> Result<PlanReport> {
    let waiting = u32::try_from(plan.waiting.len()).unwrap_or(u32::MAX);
    let mut report = PlanReport { leads: true, waiting, ..PlanReport::default() };
    for (place, placement) in plan.offers.iter().enumerate() {
        let renew = place > 0 && place.is_multiple_of(OFFERS_BETWEEN_SIGNS);
        if renew && leader::lead(services).await? != Some(epoch) {
            break;
        }
        match Box::pin(offer(services, epoch, placement)).await {
            Ok(Offered::Made) => report.offers = report.offers.saturating_add(1),
            Ok(Offered::Deposed) => break,
            Ok(Offered::Skipped) | Err(Error::Conflict(_) | Error::NotFound) => {
                report.skipped = report.skipped.saturating_add(1);
            }
            Err(error) => {
                // One chart that can't be offered must not keep the others waiting.
                can_fail::<(), _>("offering a chart", Err(error));
                report.skipped = report.skipped.saturating_add(1);
            }
        }
    }
    Ok(report)
}

async fn offer(services: &Services, epoch: Epoch, placement: &Placement) -> Result<Offered> {
    let offer_minutes = i64::from(services.config.leases.offer_minutes);
    let system = services.authority.system();
    services
        .db
        .ops(&system, async |tx| {
            if !leader::still_leads(tx, epoch).await? {
                return Ok(Offered::Deposed);
            }
            let (person, _) = person_locked(tx, placement.person).await?;
            let chart = store::lock(tx, placement.chart).await?;
            if chart.waiting_for != Some(placement.kind) || !may_get(tx, &chart, &person).await? {
                return Ok(Offered::Skipped);
            }
            let now = tx.now();
            let action = match placement.kind {
                AssignmentKind::Coding => Action::Assign,
                AssignmentKind::Review | AssignmentKind::Arbitration => Action::StartReview,
            };
            let change = lifecycle::decide(&chart.life(), action, Actor::SYSTEM, now)?;
            let offered_until = now.plus_seconds(offer_minutes * SECONDS_PER_MINUTE);
            let terms = leases::Terms {
                kind: placement.kind,
                person: person.id,
                state: AssignmentState::Offered,
                until: person.shift_ends_at.map_or(offered_until, |end| end.min(offered_until)),
                explanation: explanation(placement),
            };
            leases::give(tx, &chart, terms).await?;
            let reviewer = (placement.kind == AssignmentKind::Review).then_some(Some(person.id));
            let along = Along { reviewer_id: reviewer, ..Along::default() };
            store::apply(tx, &change.because("planned"), along).await?;
            tell(tx, &[person.id])?;
            Ok(Offered::Made)
        })
        .await
}

/// All rules once more, on what is locked: the plan was made from what stood there before.
async fn may_get(tx: &mut OpsTx, chart: &charts::ChartRow, person: &Person) -> Result<bool> {
    let Some(kind) = chart.waiting_for else { return Ok(false) };
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let involved = leases::involved(tx, chart.id).await?;
    let excluded = leases::excluded(tx, chart.id).await?;
    let work = Work {
        kind,
        expected_seconds: snapshot::seconds(chart.expected_seconds),
        involved: &involved,
        excluded: &excluded,
    };
    Ok(check(person, &terms.eligibility(), &work, tx.now()).is_ok())
}

/// Why this person, for whoever asks later.
fn explanation(placement: &Placement) -> serde_json::Value {
    let runner_ups: Vec<_> = placement
        .runner_ups
        .iter()
        .map(|other| json!({ "person": other.person, "done_at": other.done_at }))
        .collect();
    json!({
        "by": "plan",
        "starts_at": placement.starts_at,
        "done_at": placement.done_at,
        "misses_deadline": placement.misses_deadline(),
        "runner_ups": runner_ups,
    })
}

/// What a planning run would do now.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlanPreview {
    /// Charts that would be offered at once, the most urgent 200 of them.
    pub offers: Vec<PlannedChart>,
    /// Charts that would be offered at once, all of them.
    pub offer_count: usize,
    /// Charts that would follow in the running shifts, the most urgent 200 of them.
    pub planned: Vec<PlannedChart>,
    /// Charts that would follow in the running shifts, all of them.
    pub planned_count: usize,
    /// Of all these, charts that will be done too late.
    pub late_count: usize,
    /// Charts for which nobody has time in this shift, the most urgent 200 of them.
    pub waiting: Vec<UnplannedChart>,
    /// Charts for which nobody has time in this shift, all of them.
    pub waiting_count: usize,
}

/// A chart with whom a plan has found for it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PlannedChart {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The queue.
    pub queue_id: QueueId,
    /// The chart.
    pub chart_id: ChartId,
    /// Who.
    pub person_id: PersonId,
    /// When they get to it.
    pub starts_at: Instant,
    /// When it will be done.
    pub done_at: Instant,
    /// When the contract wants it back.
    pub due_at: Option<Instant>,
    /// Whether that is too late.
    pub misses_deadline: bool,
}

impl PlannedChart {
    fn of(placement: &Placement) -> Self {
        Self {
            facility_id: placement.facility,
            queue_id: placement.queue,
            chart_id: placement.chart,
            person_id: placement.person,
            starts_at: placement.starts_at,
            done_at: placement.done_at,
            due_at: placement.due_at,
            misses_deadline: placement.misses_deadline(),
        }
    }
}

/// A chart for which a plan has found nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct UnplannedChart {
    /// The chart.
    pub chart_id: ChartId,
    /// What stops whom, such as "14 coders: 9 not allow-listed, 3 off shift, 2 full".
    pub why: String,
}

/// Plans over what the scope shows, and does nothing about it.
///
/// # Errors
/// When the database fails.
pub async fn preview(services: &Services, scope: &VendorScope) -> Result<PlanPreview> {
    let settings = snapshot::settings(services);
    let (now, backlog, people) = services
        .db
        .ops(scope, async |tx| {
            let mut people = people_now(tx).await?;
            snapshot::pause_absent(tx, &mut people).await?;
            let now = tx.now();
            Ok((now, snapshot::backlog(tx).await?, people))
        })
        .await?;
    let plan = think(now, backlog, people, settings).await?;
    let listed = |placements: &[Placement]| {
        placements.iter().take(PREVIEW_ROWS_MAX).map(PlannedChart::of).collect()
    };
    let placed = plan.offers.iter().chain(&plan.planned);
    let waiting = plan.waiting.iter().take(PREVIEW_ROWS_MAX).map(|waiting| UnplannedChart {
        chart_id: waiting.chart,
        why: waiting.explanation.sentence(),
    });
    Ok(PlanPreview {
        offers: listed(&plan.offers),
        offer_count: plan.offers.len(),
        planned: listed(&plan.planned),
        planned_count: plan.planned.len(),
        late_count: placed.filter(|placement| placement.misses_deadline()).count(),
        waiting: waiting.collect(),
        waiting_count: plan.waiting.len(),
    })
}
