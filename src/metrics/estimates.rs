//! How far off the expected minutes of coding were: planning is as good as they are.

use crate::asked::{Days, Definition, Slice};
use crate::sheet::{Cell, Sheet};
use base::db::WorkTx;
use base::error::{Error, Result};
use charts::observed::{Observed, observed};
use facilities::Terms;
use rules::ids::{FacilityId, QueueId};
use rules::metrics::{EstimateError, Measure};
use serde::Serialize;
use std::collections::BTreeMap;

/// Codings of one report, at most: a report that left some out would be wrong.
const CODINGS_MAX: usize = 500_000;

/// One queue.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct QueueEstimates {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// Its name.
    pub queue: String,
    /// How far off they were.
    #[serde(flatten)]
    pub error: EstimateError,
}

/// How far off estimates were in some days.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct EstimatesReport {
    /// Which days.
    pub days: Days,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// By queue.
    pub queues: Vec<QueueEstimates>,
    /// All together.
    pub total: EstimateError,
}

/// What the numbers mean.
pub(crate) fn definitions() -> Vec<Definition> {
    let which = "first codings by one person alone; expected is what was said when the chart was given, at \
                 the usual speed";
    vec![
        Definition::of(Measure::EstimateError, which),
        Definition::of(Measure::EstimateBias, which),
        Definition { name: "Expected", formula: rules::learning::RULE.to_owned() },
    ]
}

/// Expected against active seconds, by queue.
pub(crate) async fn report(tx: &mut WorkTx, slice: &Slice<'_>) -> Result<EstimatesReport> {
    let asked = i64::try_from(CODINGS_MAX.saturating_add(1)).unwrap_or(i64::MAX);
    let (from, to) = (slice.period.starts_at, slice.period.ends_at);
    let seen = observed(tx, (from, to), slice.facility, asked).await?;
    if seen.len() > CODINGS_MAX {
        return Err(Error::invalid("from", "too many charts; choose fewer days or one facility"));
    }
    let mut by_queue: BTreeMap<(FacilityId, QueueId), Vec<(u32, u32)>> = BTreeMap::new();
    for one in &seen {
        by_queue.entry((one.facility_id, one.queue_id)).or_default().push(pair(one));
    }
    Ok(EstimatesReport {
        days: slice.period.days(),
        definitions: definitions(),
        queues: queues_of(tx, by_queue).await?,
        total: EstimateError::of(seen.iter().map(pair)),
    })
}

fn pair(seen: &Observed) -> (u32, u32) {
    let seconds = |stored: i32| u32::try_from(stored).unwrap_or(0);
    (seconds(seen.expected_seconds), seconds(seen.active_seconds))
}

async fn queues_of(
    tx: &mut WorkTx,
    mut by_queue: BTreeMap<(FacilityId, QueueId), Vec<(u32, u32)>>,
) -> Result<Vec<QueueEstimates>> {
    let names = facilities::names(tx).await?;
    let terms = facilities::all_terms(tx).await?;
    let shown = |terms: Terms| {
        let pairs = by_queue.remove(&(terms.facility_id, terms.queue_id))?;
        Some(QueueEstimates {
            facility_id: terms.facility_id,
            facility: names.get(&terms.facility_id)?.name.clone(),
            queue_id: terms.queue_id,
            queue: terms.name,
            error: EstimateError::of(pairs),
        })
    };
    let mut queues: Vec<QueueEstimates> = terms.into_iter().filter_map(shown).collect();
    queues.sort_by(|a, b| (&a.facility, &a.queue).cmp(&(&b.facility, &b.queue)));
    Ok(queues)
}

impl EstimatesReport {
    pub(crate) fn sheet(&self) -> Sheet {
        let row = |queue: &QueueEstimates| {
            vec![
                Cell::Text(queue.facility.clone()),
                Cell::Text(queue.queue.clone()),
                Cell::count(queue.error.codings),
                Cell::tenths(queue.error.median_error_percent),
                Cell::tenths(queue.error.bias_percent),
            ]
        };
        let columns = vec!["Facility", "Queue", "Codings", "Median error %", "Bias %"];
        Sheet { name: "estimates", columns, rows: self.queues.iter().map(row).collect() }
    }
}
