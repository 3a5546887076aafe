//! How right codings were, by their first review.

use crate::asked::{Days, Definition, Slice};
use crate::productivity::count;
use crate::sheet::{Cell, Sheet};
use crate::store::{self, Reviewed};
use base::db::WorkTx;
use base::error::Result;
use facilities::Terms;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::metrics::{Interval, share_percent, wilson_interval_percent};
use rules::score::ScoreMethod;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// How right some codings were.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Accuracy {
    /// Charts reviewed for the first time.
    pub reviews: u32,
    /// Of these, charts with codes to score.
    pub charts: u32,
    /// The reviewers' lines: n of the percentage.
    pub lines: u32,
    /// Of these, right ones.
    pub correct_lines: u32,
    /// `correct_lines` ÷ `lines` × 100; none without lines.
    pub percent: Option<f64>,
    /// Its Wilson 95 % interval.
    pub interval: Option<Interval>,
    /// Charts accepted as they were.
    pub first_pass: u32,
    /// `first_pass` ÷ `reviews` × 100; none without reviews.
    pub first_pass_percent: Option<f64>,
}

impl Accuracy {
    fn add(&mut self, row: &Reviewed) {
        self.reviews = self.reviews.saturating_add(count(row.reviews));
        self.charts = self.charts.saturating_add(count(row.charts));
        self.lines = self.lines.saturating_add(count(row.lines));
        self.correct_lines = self.correct_lines.saturating_add(count(row.correct_lines));
        self.first_pass = self.first_pass.saturating_add(count(row.accepted));
        self.percent = share_percent(self.correct_lines, self.lines);
        self.interval = wilson_interval_percent(self.correct_lines, self.lines);
        self.first_pass_percent = share_percent(self.first_pass, self.reviews);
    }

    fn cells(&self) -> [Cell; 8] {
        [
            Cell::count(self.reviews),
            Cell::count(self.lines),
            Cell::count(self.correct_lines),
            Cell::tenths(self.percent),
            Cell::tenths(self.interval.map(|interval| interval.low_percent)),
            Cell::tenths(self.interval.map(|interval| interval.high_percent)),
            Cell::count(self.first_pass),
            Cell::tenths(self.first_pass_percent),
        ]
    }
}

const ACCURACY_COLUMNS: [&str; 8] = [
    "Charts reviewed",
    "Lines",
    "Correct lines",
    "Accuracy %",
    "From %",
    "To %",
    "First pass",
    "First pass %",
];

/// One coder.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CoderAccuracy {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// How right.
    #[serde(flatten)]
    pub accuracy: Accuracy,
}

/// One queue.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct QueueAccuracy {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// Its name.
    pub queue: String,
    /// What its contract asks for.
    pub target_percent: i32,
    /// How right.
    #[serde(flatten)]
    pub accuracy: Accuracy,
}

/// Accuracy in some days.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct AccuracyReport {
    /// Which days.
    pub days: Days,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// By coder, by name; facilities are not told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coders: Option<Vec<CoderAccuracy>>,
    /// By queue.
    pub queues: Vec<QueueAccuracy>,
    /// All together.
    pub total: Accuracy,
}

/// What the numbers mean.
pub(crate) fn definitions() -> Vec<Definition> {
    let first = "first reviews that ended in these days, not those of revised codings; a chart sent \
                 back without the reviewer's own codes has no lines to score";
    let formula = format!("{}; {first}", ScoreMethod::CodeOverCode.formula());
    vec![
        Definition { name: "Accuracy", formula },
        Definition {
            name: "From and to",
            formula: "Wilson 95 % interval of correct lines of lines".to_owned(),
        },
        Definition {
            name: "First pass",
            formula: "charts accepted at their first review without a change ÷ charts reviewed \
                      × 100"
                .to_owned(),
        },
    ]
}

/// Whether a report says who coded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Naming {
    Coders,
    Nobody,
}

/// Accuracy by queue and, for the vendor, by coder.
pub(crate) async fn report(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
    naming: Naming,
) -> Result<AccuracyReport> {
    let rows = store::reviewed(tx, slice).await?;
    let mut total = Accuracy::default();
    let mut by_coder: HashMap<PersonId, Accuracy> = HashMap::new();
    let mut by_queue: BTreeMap<(FacilityId, QueueId), Accuracy> = BTreeMap::new();
    for row in &rows {
        total.add(row);
        by_coder.entry(row.coder_id).or_default().add(row);
        by_queue.entry((row.facility_id, row.queue_id)).or_default().add(row);
    }
    let coders = match naming {
        Naming::Coders => Some(named(tx, by_coder).await?),
        Naming::Nobody => None,
    };
    let queues = queues_of(tx, &by_queue).await?;
    let definitions = definitions();
    Ok(AccuracyReport { days: slice.period.days(), definitions, coders, queues, total })
}

async fn named(
    tx: &mut WorkTx,
    by_coder: HashMap<PersonId, Accuracy>,
) -> Result<Vec<CoderAccuracy>> {
    let ids: Vec<PersonId> = by_coder.keys().copied().collect();
    let names = people::names(tx, &ids).await?;
    let mut coders: Vec<CoderAccuracy> = by_coder
        .into_iter()
        .map(|(person_id, accuracy)| CoderAccuracy {
            person_id,
            name: names.get(&person_id).cloned().unwrap_or_else(|| "Unknown".to_owned()),
            accuracy,
        })
        .collect();
    coders.sort_by(|a, b| (&a.name, a.person_id).cmp(&(&b.name, b.person_id)));
    Ok(coders)
}

async fn queues_of(
    tx: &mut WorkTx,
    by_queue: &BTreeMap<(FacilityId, QueueId), Accuracy>,
) -> Result<Vec<QueueAccuracy>> {
    let names = facilities::names(tx).await?;
    let terms = facilities::all_terms(tx).await?;
    let shown = |terms: Terms| {
        let accuracy = *by_queue.get(&(terms.facility_id, terms.queue_id))?;
        Some(QueueAccuracy {
            facility_id: terms.facility_id,
            facility: names.get(&terms.facility_id)?.name.clone(),
            queue_id: terms.queue_id,
            queue: terms.name,
            target_percent: terms.accuracy_target_percent,
            accuracy,
        })
    };
    let mut queues: Vec<QueueAccuracy> = terms.into_iter().filter_map(shown).collect();
    queues.sort_by(|a, b| (&a.facility, &a.queue).cmp(&(&b.facility, &b.queue)));
    Ok(queues)
}

impl AccuracyReport {
    pub(crate) fn coders_sheet(&self) -> Sheet {
        let row = |coder: &CoderAccuracy| {
            let name = Cell::Text(coder.name.clone());
            std::iter::once(name).chain(coder.accuracy.cells()).collect()
        };
        let columns = std::iter::once("Coder").chain(ACCURACY_COLUMNS).collect();
        let rows = self.coders.iter().flatten().map(row).collect();
        Sheet { name: "accuracy-by-coder", columns, rows }
    }

    pub(crate) fn queues_sheet(&self) -> Sheet {
        let row = |queue: &QueueAccuracy| {
            let names = [Cell::Text(queue.facility.clone()), Cell::Text(queue.queue.clone())];
            let target = Cell::Number(queue.target_percent.to_string());
            names.into_iter().chain([target]).chain(queue.accuracy.cells()).collect()
        };
        let columns = ["Facility", "Queue", "Target %"].into_iter().chain(ACCURACY_COLUMNS);
        let rows = self.queues.iter().map(row).collect();
        Sheet { name: "accuracy-by-queue", columns: columns.collect(), rows }
    }
}
