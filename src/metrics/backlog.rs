//! What is still owed: how much, how old, what is late and what is due next.

use crate::asked::Definition;
use crate::productivity::count;
use crate::sheet::{Cell, Sheet};
use crate::store::{self, Waiting};
use base::db::WorkTx;
use base::error::Result;
use facilities::Terms;
use rules::Instant;
use rules::ids::{FacilityId, QueueId};
use rules::lifecycle::ChartState;
use rules::metrics::{AgeBand, Measure};
use serde::Serialize;
use std::collections::BTreeMap;

const DAY_SECONDS: i64 = 86_400;

/// The ages at which a chart enters the next band of [`AgeBand`].
const BAND_SECONDS: [i64; 4] = [DAY_SECONDS, 2 * DAY_SECONDS, 3 * DAY_SECONDS, 7 * DAY_SECONDS];

/// Charts by age since they were received.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Bands {
    /// Less than a day.
    pub under_1d: u32,
    /// One to two days.
    #[serde(rename = "1_to_2d")]
    pub from_1d: u32,
    /// Two to three days.
    #[serde(rename = "2_to_3d")]
    pub from_2d: u32,
    /// Three to seven days.
    #[serde(rename = "3_to_7d")]
    pub from_3d: u32,
    /// Seven days or more.
    #[serde(rename = "7d_or_more")]
    pub from_7d: u32,
}

impl Bands {
    fn add(&mut self, band: AgeBand, charts: u32) {
        let counted = match band {
            AgeBand::UnderOneDay => &mut self.under_1d,
            AgeBand::OneToTwoDays => &mut self.from_1d,
            AgeBand::TwoToThreeDays => &mut self.from_2d,
            AgeBand::ThreeToSevenDays => &mut self.from_3d,
            AgeBand::SevenDaysOrMore => &mut self.from_7d,
        };
        *counted = counted.saturating_add(charts);
    }

    /// The counts in the order of [`AgeBand::ALL`].
    #[must_use]
    pub const fn each(&self) -> [u32; 5] {
        [self.under_1d, self.from_1d, self.from_2d, self.from_3d, self.from_7d]
    }
}

/// Charts in one state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct StateCount {
    /// The state.
    pub state: ChartState,
    /// Its words on pages.
    pub label: &'static str,
    /// How many.
    pub charts: u32,
}

/// One queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueueBacklog {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// Its name.
    pub queue: String,
    /// Charts not yet returned.
    pub charts: u32,
    /// By state.
    pub states: Vec<StateCount>,
    /// By age.
    pub ages: Bands,
    /// When the oldest of them was received.
    pub oldest_received_at: Option<Instant>,
    /// Past their deadline, with the clock running.
    pub overdue: u32,
    /// The next deadline that can still be met.
    pub next_due_at: Option<Instant>,
}

/// What waits now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BacklogReport {
    /// As of when.
    pub at: Instant,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// By queue.
    pub queues: Vec<QueueBacklog>,
    /// Charts not yet returned, all together.
    pub charts: u32,
    /// Of these, past their deadline.
    pub overdue: u32,
    /// All together by age.
    pub ages: Bands,
}

/// What the numbers mean.
pub(crate) fn definitions() -> Vec<Definition> {
    vec![
        Definition::of(Measure::BacklogAge, "possible duplicates and exceptions wait elsewhere"),
        Definition {
            name: "Overdue",
            formula: "charts not yet returned whose due time has passed; not those whose clock \
                      stands still"
                .to_owned(),
        },
    ]
}

fn backlog_states() -> Vec<ChartState> {
    ChartState::ALL.iter().copied().filter(|state| state.is_backlog()).collect()
}

/// The band of a chart that has reached so many of [`BAND_SECONDS`].
fn band(ages_reached: i32) -> AgeBand {
    let reached = usize::try_from(ages_reached).unwrap_or(0);
    let age = reached.checked_sub(1).and_then(|last| BAND_SECONDS.get(last));
    AgeBand::of(age.copied().unwrap_or(0))
}

/// One queue while it is being counted.
#[derive(Default)]
struct Counted {
    charts: u32,
    states: BTreeMap<ChartState, u32>,
    ages: Bands,
    oldest: Option<Instant>,
    overdue: u32,
    next_due: Option<Instant>,
}

impl Counted {
    fn add(&mut self, row: &Waiting) {
        let charts = count(row.charts);
        self.charts = self.charts.saturating_add(charts);
        let state = self.states.entry(row.state).or_default();
        *state = state.saturating_add(charts);
        self.ages.add(band(row.ages_reached), charts);
        let earlier = |a: Option<Instant>, b: Option<Instant>| a.into_iter().chain(b).min();
        self.oldest = earlier(self.oldest, Some(row.oldest_received_at));
        self.overdue = self.overdue.saturating_add(count(row.overdue));
        self.next_due = earlier(self.next_due, row.next_due_at);
    }

    fn by_state(&self) -> Vec<StateCount> {
        let states = self.states.iter();
        states
            .map(|(state, charts)| StateCount {
                state: *state,
                label: state.label(),
                charts: *charts,
            })
            .collect()
    }
}

/// What waits now, by queue.
pub(crate) async fn report(tx: &mut WorkTx, facility: Option<FacilityId>) -> Result<BacklogReport> {
    let at = tx.now();
    let rows = store::waiting(tx, facility, &backlog_states(), &BAND_SECONDS).await?;
    let mut total = Counted::default();
    let mut by_queue: BTreeMap<(FacilityId, QueueId), Counted> = BTreeMap::new();
    for row in &rows {
        total.add(row);
        by_queue.entry((row.facility_id, row.queue_id)).or_default().add(row);
    }
    Ok(BacklogReport {
        at,
        definitions: definitions(),
        queues: queues_of(tx, &by_queue).await?,
        charts: total.charts,
        overdue: total.overdue,
        ages: total.ages,
    })
}

async fn queues_of(
    tx: &mut WorkTx,
    by_queue: &BTreeMap<(FacilityId, QueueId), Counted>,
) -> Result<Vec<QueueBacklog>> {
    let names = facilities::names(tx).await?;
    let terms = facilities::all_terms(tx).await?;
    let shown = |terms: Terms| {
        let counted = by_queue.get(&(terms.facility_id, terms.queue_id))?;
        Some(QueueBacklog {
            facility_id: terms.facility_id,
            facility: names.get(&terms.facility_id)?.name.clone(),
            queue_id: terms.queue_id,
            queue: terms.name,
            charts: counted.charts,
            states: counted.by_state(),
            ages: counted.ages,
            oldest_received_at: counted.oldest,
            overdue: counted.overdue,
            next_due_at: counted.next_due,
        })
    };
    let mut queues: Vec<QueueBacklog> = terms.into_iter().filter_map(shown).collect();
    queues.sort_by(|a, b| (&a.facility, &a.queue).cmp(&(&b.facility, &b.queue)));
    Ok(queues)
}

impl BacklogReport {
    pub(crate) fn sheet(&self) -> Sheet {
        let states = backlog_states();
        let row = |queue: &QueueBacklog| {
            let names = [Cell::Text(queue.facility.clone()), Cell::Text(queue.queue.clone())];
            let in_state = |state: &ChartState| {
                let found = queue.states.iter().find(|counted| counted.state == *state);
                Cell::count(found.map_or(0, |counted| counted.charts))
            };
            let mut cells: Vec<Cell> = names.into();
            cells.push(Cell::count(queue.charts));
            cells.extend(queue.ages.each().map(Cell::count));
            cells.push(Cell::time(queue.oldest_received_at));
            cells.push(Cell::count(queue.overdue));
            cells.push(Cell::time(queue.next_due_at));
            cells.extend(states.iter().map(in_state));
            cells
        };
        let mut columns = vec!["Facility", "Queue", "Charts"];
        columns.extend(AgeBand::ALL.iter().map(|band| band.label()));
        columns.extend(["Oldest received", "Overdue", "Next due"]);
        columns.extend(states.iter().map(|state| state.label()));
        Sheet { name: "backlog", columns, rows: self.queues.iter().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{BAND_SECONDS, Bands, band};
    use rules::metrics::AgeBand;

    #[test]
    fn the_ages_asked_of_the_database_are_the_bounds_of_the_bands() {
        for (reached, bound) in (1..).zip(BAND_SECONDS) {
            assert_eq!(band(reached), AgeBand::of(bound));
            assert_eq!(band(reached - 1), AgeBand::of(bound - 1));
        }
        assert_eq!(BAND_SECONDS.len() + 1, AgeBand::ALL.len());
    }

    #[test]
    fn bands_are_counted_in_their_order() {
        let mut bands = Bands::default();
        for (charts, band) in (1..).zip(AgeBand::ALL) {
            bands.add(*band, charts);
        }
        assert_eq!(bands.each(), [1, 2, 3, 4, 5]);
    }
}
