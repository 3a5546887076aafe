//! Why a chart waits: what stops whom, counted and by name.

use crate::snapshot::{people_now, seconds};
use crate::take_back::live_lease;
use base::db::WorkTx;
use base::error::Result;
use charts::ChartRow;
use charts::leases;
use facilities::Terms;
use jiff::tz::TimeZone;
use rules::Instant;
use rules::eligibility::{
    Explanation, Person, Rule, Work, check_queue, check_with_override, explain,
};
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::words::AssignmentKind;
use serde::Serialize;

/// Candidates listed, at most.
const CANDIDATES_MAX: usize = 500;

/// What is known of a chart that waits, or is in hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WhyWaiting {
    /// The chart.
    pub chart_id: ChartId,
    /// The tenant.
    pub facility_id: FacilityId,
    /// The queue.
    pub queue_id: QueueId,
    /// Where it stands.
    pub state: ChartState,
    /// What is to be done next; none when nothing waits for a coder or reviewer.
    pub kind: Option<AssignmentKind>,
    /// When it is due.
    pub due_at: Option<Instant>,
    /// Who holds it, or is offered it.
    pub holder: Option<PersonId>,
    /// In one sentence, such as "14 coders: 9 not allow-listed, 3 off shift until 08:00 CST, 2 full".
    pub sentence: String,
    /// The counts behind the sentence.
    pub explanation: Option<Explanation>,
    /// Everybody who does this kind of work: those who may have the chart come first, then those whom a
    /// lead may give it all the same.
    pub candidates: Vec<Candidate>,
}

/// What the rules say of one person and one chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Candidate {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// Whether Next or the plan could give it to them now.
    pub eligible: bool,
    /// The rules of load that they fail; a lead may set these aside with a reason.
    pub overridable: Vec<Rule>,
    /// The rule of safety that bars them; nobody can set it aside.
    pub barred_by: Option<Rule>,
    /// The same in words; empty when nothing stands against them.
    pub words: String,
    /// Charts that they hold.
    pub open_work: u32,
    /// Charts that they may hold.
    pub wip_limit: u32,
}

impl Candidate {
    fn of(person: &Person, judged: Result<Vec<Rule>, Rule>) -> Self {
        let (overridable, barred_by) = match judged {
            Ok(rules) => (rules, None),
            Err(rule) => (Vec::new(), Some(rule)),
        };
        let words: Vec<_> = barred_by.iter().chain(&overridable).map(|rule| rule.label()).collect();
        Self {
            person_id: person.id,
            name: String::new(),
            eligible: barred_by.is_none() && overridable.is_empty(),
            words: words.join(", "),
            overridable,
            barred_by,
            open_work: person.open_work,
            wip_limit: person.wip_limit,
        }
    }

    const fn rank(&self) -> u8 {
        match (self.eligible, self.barred_by.is_none()) {
            (true, _) => 0,
            (false, true) => 1,
            (false, false) => 2,
        }
    }
}

/// Explains a chart to somebody in a time zone.
///
/// # Errors
/// `NotFound` for a chart outside the scope.
pub async fn why_waiting(tx: &mut WorkTx, chart: ChartId, zone: &TimeZone) -> Result<WhyWaiting> {
    let chart = charts::store::find(tx, chart).await?;
    let holder = live_lease(tx, &chart).await?.map(|lease| lease.person_id);
    let mut why = WhyWaiting {
        chart_id: chart.id,
        facility_id: chart.facility_id,
        queue_id: chart.queue_id,
        state: chart.state,
        kind: next_kind(&chart),
        due_at: chart.due_at,
        holder,
        sentence: chart.state.label().to_owned(),
        explanation: None,
        candidates: Vec::new(),
    };
    if let Some(kind) = why.kind {
        judge(tx, &chart, kind, zone, &mut why).await?;
    }
    Ok(why)
}

/// What somebody could be given on this chart. An offer that nobody has opened can go to another coder.
pub(crate) const fn next_kind(chart: &ChartRow) -> Option<AssignmentKind> {
    match chart.state {
        ChartState::Assigned => Some(AssignmentKind::Coding),
        _ => chart.waiting_for,
    }
}

async fn judge(
    tx: &mut WorkTx,
    chart: &ChartRow,
    kind: AssignmentKind,
    zone: &TimeZone,
    why: &mut WhyWaiting,
) -> Result<()> {
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?.eligibility();
    let involved = leases::involved(tx, chart.id).await?;
    let excluded = leases::excluded(tx, chart.id).await?;
    let work = Work {
        kind,
        expected_seconds: seconds(chart.expected_seconds),
        involved: &involved,
        excluded: &excluded,
    };
    let people = people_now(tx).await?;
    let now = tx.now();
    let explanation = explain(&people, &terms, &work, now);
    why.sentence = explanation.sentence_in(zone, now);
    if let Some(kept) = kept_for(tx, chart, now).await? {
        why.sentence = format!("{}; {kept}", why.sentence);
    }
    why.explanation = Some(explanation);
    why.candidates = people
        .iter()
        .filter(|person| person.kinds.contains(&kind))
        .map(|person| Candidate::of(person, check_with_override(person, &terms, &work, now)))
        .collect();
    name(tx, &mut why.candidates).await
}

/// Whether the chart is kept for somebody, in words.
async fn kept_for(tx: &mut WorkTx, chart: &ChartRow, now: Instant) -> Result<Option<String>> {
    let kept = chart.sticky_person_id.filter(|_| chart.sticky_until.is_some_and(|end| end >= now));
    let Some(person) = kept else { return Ok(None) };
    let names = people::names(tx, &[person]).await?;
    let name = names.get(&person).map_or("somebody", String::as_str);
    Ok(Some(format!("kept for {name}")))
}

/// Puts names to candidates and brings them into their order.
async fn name(tx: &mut WorkTx, candidates: &mut Vec<Candidate>) -> Result<()> {
    let ids: Vec<PersonId> = candidates.iter().map(|candidate| candidate.person_id).collect();
    let mut names = people::names(tx, &ids).await?;
    for candidate in candidates.iter_mut() {
        candidate.name = names.remove(&candidate.person_id).unwrap_or_default();
    }
    candidates.sort_by(|a, b| (a.rank(), &a.name).cmp(&(b.rank(), &b.name)));
    candidates.truncate(CANDIDATES_MAX);
    Ok(())
}

/// The same sentence without names, for many charts at once: nothing is asked of the database.
pub(crate) fn sentence(
    people: &[Person],
    terms: &Terms,
    work: &Work<'_>,
    (now, zone): (Instant, &TimeZone),
) -> String {
    explain(people, &terms.eligibility(), work, now).sentence_in(zone, now)
}

/// How many of these queues are open to a person, and the first rule that closes each of the others.
pub(crate) fn closed_queues(
    person: &Person,
    terms: &[Terms],
    kinds: &[AssignmentKind],
    now: Instant,
) -> (usize, std::collections::BTreeMap<Rule, u32>) {
    let mut open = 0;
    let mut closed = std::collections::BTreeMap::new();
    for queue in terms {
        let eligibility = queue.eligibility();
        let failed = kinds.iter().map(|kind| check_queue(person, &eligibility, *kind, now));
        let mut failed: Vec<Rule> = failed.filter_map(Result::err).collect();
        if failed.len() < kinds.len() {
            open += 1;
            continue;
        }
        // The rule that is asked last is the one that is nearest to being met.
        failed.sort_unstable();
        if let Some(rule) = failed.pop() {
            *closed.entry(rule).or_default() += 1;
        }
    }
    (open, closed)
}
