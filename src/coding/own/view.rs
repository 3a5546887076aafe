//! Own rules as leads see them: what each says, whether it is on, what its trials found.

use super::store::{self, RuleRow, SwitchRow, TrialRow, VersionRow};
use super::{RULES_MAX, Which};
use base::db::WorkTx;
use base::error::{Error, Result};
use rules::Instant;
use rules::ids::{ChartId, FacilityId, OwnRuleId, PersonId, QueueId, TrialId};
use rules::own::{Entered, OwnRule};
use serde::Serialize;
use std::collections::HashMap;

/// A facility's own rule, by its newest version.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct OwnRuleView {
    /// The rule.
    pub id: OwnRuleId,
    /// Its number in the facility; coders know it as `own.` with this number.
    pub number: i32,
    /// The version in force; none while it is off.
    pub active_version: Option<i32>,
    /// The newest version.
    pub newest: RuleVersionView,
}

/// One version of a rule.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct RuleVersionView {
    /// Counts the versions.
    pub version: i32,
    /// The queue that it is for; none for every queue of the facility.
    pub queue_id: Option<QueueId>,
    /// The queue's name.
    pub queue: Option<String>,
    /// As it was entered.
    pub rule: Entered,
    /// What it does, as a sentence.
    pub words: String,
    /// Who wrote it.
    pub written_by: String,
    /// When.
    pub written_at: Instant,
}

/// When a rule was switched on or off.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct RuleSwitchView {
    /// The version that was switched on; none: it was switched off.
    pub version: Option<i32>,
    /// Who did it.
    pub by: String,
    /// When.
    pub at: Instant,
}

/// What a version found in past charts.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct TrialView {
    /// The trial.
    pub id: TrialId,
    /// The version that was tried.
    pub version: i32,
    /// When it was asked for.
    pub asked_at: Instant,
    /// When it was done; none while it is under way.
    pub finished_at: Option<Instant>,
    /// Charts that were looked at: the latest 1,000 that were coded in 180 days.
    pub charts: i32,
    /// Charts in which it found something.
    pub charts_found: i32,
    /// Findings in them.
    pub findings: i32,
    /// The latest 50 charts in which it found something.
    pub found: Vec<ChartId>,
}

/// A rule with everything that happened to it; the latest 50 of each, latest first.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub(crate) struct OwnRuleHistory {
    /// The rule.
    #[serde(flatten)]
    pub rule: OwnRuleView,
    /// Its versions.
    pub versions: Vec<RuleVersionView>,
    /// When it was switched.
    pub switches: Vec<RuleSwitchView>,
    /// Its trials.
    pub trials: Vec<TrialView>,
}

impl OwnRuleHistory {
    /// The latest trial of a version.
    pub(crate) fn trial_of(&self, version: i32) -> Option<&TrialView> {
        self.trials.iter().find(|trial| trial.version == version)
    }
}

impl From<TrialRow> for TrialView {
    fn from(row: TrialRow) -> Self {
        let TrialRow { id, version, asked_at, finished_at, .. } = row;
        let TrialRow { charts, charts_found, findings, found, .. } = row;
        Self { id, version, asked_at, finished_at, charts, charts_found, findings, found }
    }
}

/// The facility's name; a foreign one answers like a missing one.
pub(crate) async fn facility_name(tx: &mut WorkTx, facility: FacilityId) -> Result<String> {
    let name = facilities::names(tx).await?.remove(&facility).ok_or(Error::NotFound)?;
    Ok(name.name)
}

/// A facility's queues by name.
pub(crate) async fn queues(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> Result<Vec<(QueueId, String)>> {
    let terms = facilities::all_terms(tx).await?;
    let own = terms.into_iter().filter(|terms| terms.facility_id == facility);
    Ok(own.map(|terms| (terms.queue_id, terms.name)).collect())
}

/// The names that rows stand for.
struct Names {
    queues: HashMap<QueueId, String>,
    people: HashMap<PersonId, String>,
}

impl Names {
    async fn of(tx: &mut WorkTx, facility: FacilityId, people: &[PersonId]) -> Result<Self> {
        let queues = queues(tx, facility).await?.into_iter().collect();
        Ok(Self { queues, people: people::names(tx, people).await? })
    }

    fn person(&self, id: PersonId) -> String {
        self.people.get(&id).cloned().unwrap_or_default()
    }

    fn version(&self, row: VersionRow) -> Result<RuleVersionView> {
        let rule: Entered = serde_json::from_value(row.entered)?;
        let words =
            OwnRule::read(&rule).map_or_else(|_| "It can't be read.".to_owned(), |it| it.words());
        Ok(RuleVersionView {
            version: row.version,
            queue_id: row.queue_id,
            queue: row.queue_id.and_then(|id| self.queues.get(&id).cloned()),
            rule,
            words,
            written_by: self.person(row.written_by),
            written_at: row.written_at,
        })
    }

    fn switch(&self, row: &SwitchRow) -> RuleSwitchView {
        RuleSwitchView { version: row.version, by: self.person(row.person_id), at: row.at }
    }
}

/// A facility's own rules, by number.
pub(crate) async fn all(tx: &mut WorkTx, facility: FacilityId) -> Result<Vec<OwnRuleView>> {
    facility_name(tx, facility).await?;
    let rules = store::rules(tx, facility, RULES_MAX).await?;
    let newest = store::newest(tx, facility, RULES_MAX).await?;
    let people: Vec<PersonId> = newest.iter().map(|row| row.written_by).collect();
    let names = Names::of(tx, facility, &people).await?;
    let mut newest: HashMap<OwnRuleId, VersionRow> =
        newest.into_iter().map(|row| (row.rule_id, row)).collect();
    let mut views = Vec::new();
    for RuleRow { id, number, active_version, .. } in rules {
        let Some(row) = newest.remove(&id) else { continue };
        views.push(OwnRuleView { id, number, active_version, newest: names.version(row)? });
    }
    Ok(views)
}

/// One rule with its history.
pub(crate) async fn one(tx: &mut WorkTx, which: Which) -> Result<OwnRuleHistory> {
    let RuleRow { id, number, active_version, .. } = store::rule(tx, which).await?;
    let versions = store::versions(tx, which).await?;
    let switches = store::switches(tx, which).await?;
    let trials = store::trials(tx, which).await?.into_iter().map(TrialView::from).collect();
    let writers = versions.iter().map(|row| row.written_by);
    let people: Vec<PersonId> = writers.chain(switches.iter().map(|row| row.person_id)).collect();
    let names = Names::of(tx, which.0, &people).await?;
    let versions: Vec<RuleVersionView> =
        versions.into_iter().map(|row| names.version(row)).collect::<Result<_>>()?;
    let newest = versions.first().cloned().ok_or(Error::NotFound)?;
    let switches = switches.iter().map(|row| names.switch(row)).collect();
    let rule = OwnRuleView { id, number, active_version, newest };
    Ok(OwnRuleHistory { rule, versions, switches, trials })
}
