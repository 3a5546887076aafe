//! A rule tried out over past charts: by a job of the facility, which alone may read them, and which keeps no
//! more than how many there were and which.

use super::store::{self, TrialRow};
use crate::check::{Basis, basis_of};
use crate::store as codings;
use base::Services;
use base::db::FacilityTx;
use base::error::{Error, Result};
use base::jobs::{Job, JobError};
use charts::ChartRow;
use charts::patient::{self, LISTED_MAX};
use codesets::Codes;
use facilities::Terms;
use rules::compare::Line;
use rules::ids::{FacilityId, QueueId, TrialId};
use rules::own::{Coding, OwnRule};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::Arc;
use web::live::{self, Topic};

/// The latest so many charts are looked at.
const CHARTS_MAX: usize = 1_000;
/// Charts of so many days.
const DAYS_MAX: i64 = 180;
const DAY_SECONDS: i64 = 86_400;
/// Charts with a finding that are kept, for a lead to look into.
const FOUND_MAX: usize = 50;

/// The promise to try a rule out. Twice finds the same.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TryRule {
    pub facility: FacilityId,
    pub trial: TrialId,
}

impl Job for TryRule {
    const KIND: &'static str = "coding.try_rule";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// Does [`TryRule`].
pub(crate) async fn do_try(
    services: Arc<Services>,
    asked: TryRule,
) -> std::result::Result<(), JobError> {
    let codes = services.codes()?;
    let scope = services.authority.facility(asked.facility, None);
    let which = (asked.facility, asked.trial);
    let (mut trial, rule, charts) =
        services.db.facility(&scope, async |tx| begin(tx, which).await).await?;
    // Some charts at a time, so that no transaction holds a connection for long.
    for some in charts.chunks(LISTED_MAX) {
        let found = services
            .db
            .facility(&scope, async |tx| look((&services, &codes), tx, &rule, some).await)
            .await?;
        count(&mut trial, some, &found);
    }
    services
        .db
        .facility(&scope, async |tx| {
            trial.finished_at = Some(tx.now());
            store::finish_trial(tx, &trial).await?;
            live::tell(tx, Topic::Board)
        })
        .await?;
    Ok(())
}

/// The rule, and the charts to look at, the latest first.
async fn begin(
    tx: &mut FacilityTx,
    (facility, trial): (FacilityId, TrialId),
) -> Result<(TrialRow, OwnRule, Vec<ChartRow>)> {
    let trial = store::trial(tx, (facility, trial)).await?;
    let version = store::version(tx, (facility, trial.rule_id), trial.version).await?;
    let rule = super::read_stored(version.entered)
        .ok_or_else(|| Error::internal("a rule that was kept can't be read"))?;
    let since = tx.now().plus_seconds(-DAYS_MAX * DAY_SECONDS);
    let limit = i64::try_from(CHARTS_MAX).map_err(Error::internal)?;
    let charts =
        charts::store::coded_since(tx, (facility, version.queue_id), (since, limit)).await?;
    // Counted anew when a job that was cut off is done again.
    let trial = TrialRow { charts: 0, charts_found: 0, findings: 0, found: Vec::new(), ..trial };
    Ok((trial, rule, charts))
}

/// How often the rule speaks in each of these charts.
async fn look(
    (services, codes): (&Services, &Codes),
    tx: &mut FacilityTx,
    rule: &OwnRule,
    some: &[ChartRow],
) -> Result<Vec<usize>> {
    let Some(facility) = some.first().map(|chart| chart.facility_id) else { return Ok(Vec::new()) };
    let ids: Vec<_> = some.iter().map(|chart| chart.id).collect();
    let patients = patient::all_for_rules(tx, &services.keyring, facility, &ids).await?;
    let mut lines = codings::lines_of_all(tx, some).await?;
    let mut dispositions = codings::dispositions_of(tx, some).await?;
    let poa = facilities::poa_terms(tx, facility).await?;
    let terms = facilities::all_terms(tx).await?.into_iter().map(|terms| (terms.queue_id, terms));
    let terms: HashMap<QueueId, Terms> = terms.collect();
    let mut found = Vec::new();
    for chart in some {
        let (Some(terms), Some(patient)) = (terms.get(&chart.queue_id), patients.get(&chart.id))
        else {
            found.push(0);
            continue;
        };
        let basis = basis_of(patient, terms, (poa, Vec::new()))?;
        let lines = lines.remove(&chart.id).unwrap_or_default();
        let disposition = dispositions.remove(&chart.id).flatten();
        found.push(places(codes, &basis, (rule, &lines, disposition.as_deref())));
    }
    Ok(found)
}

fn places(
    codes: &Codes,
    Basis { encounter, .. }: &Basis,
    (rule, lines, disposition): (&OwnRule, &[Line], Option<&str>),
) -> usize {
    let reference = codes.on(encounter.coded_on());
    rule.places(&Coding { encounter, lines, disposition, reference: &reference }).len()
}

fn count(trial: &mut TrialRow, some: &[ChartRow], found: &[usize]) {
    for (chart, findings) in some.iter().zip(found) {
        trial.charts = trial.charts.saturating_add(1);
        if *findings > 0 {
            trial.charts_found = trial.charts_found.saturating_add(1);
            let findings = i32::try_from(*findings).unwrap_or(i32::MAX);
            trial.findings = trial.findings.saturating_add(findings);
            if trial.found.len() < FOUND_MAX {
                trial.found.push(chart.id);
            }
        }
    }
}
