//! A facility's own rules: written by leads in versions that never change, tried out over past charts, then
//! switched on, and asked with the edits from then on.

pub(crate) mod api;
pub(crate) mod pages;
mod store;
pub(crate) mod trial;
pub(crate) mod view;

use base::audit::{self, Entry};
use base::db::WorkTx;
use base::error::{Error, FieldError, Result};
use base::jobs;
use rules::ids::{FacilityId, OwnRuleId, QueueId, TrialId};
use rules::own::{Entered, Fault, InForce, OwnRule};
use serde::{Deserialize, Serialize};
use store::{RuleRow, TrialRow, VersionRow};
use trial::TryRule;

/// Rules of one facility, on or off.
const RULES_MAX: i64 = 500;
/// Rules of one facility that are on.
const RULES_ON_MAX: i64 = 200;

/// A rule of a facility.
pub type Which = (FacilityId, OwnRuleId);

/// A version of a rule to be written.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewRuleVersion {
    /// The version that it replaces; 0 for a new rule.
    pub version: i32,
    /// The queue that it is for; every queue of the facility when absent.
    #[serde(default)]
    pub queue_id: Option<QueueId>,
    /// The rule.
    pub rule: Entered,
}

/// What was written.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct RuleWritten {
    /// The rule.
    pub id: OwnRuleId,
    /// Its number in the facility; coders know it as `own.` with this number.
    pub number: i32,
    /// The version that was written.
    pub version: i32,
}

fn fields(faults: Vec<Fault>, before: &str) -> Vec<FieldError> {
    let field = |fault: Fault| FieldError {
        name: format!("{before}{}", fault.name),
        message: fault.message,
    };
    faults.into_iter().map(field).collect()
}

/// Nothing is kept that can't be asked.
async fn require_readable(
    tx: &mut WorkTx,
    facility: FacilityId,
    new: &NewRuleVersion,
) -> Result<()> {
    OwnRule::read(&new.rule).map_err(|faults| Error::Invalid(fields(faults, "rule.")))?;
    if let Some(queue) = new.queue_id {
        facilities::terms(tx, facility, queue).await?;
    }
    Ok(())
}

fn version_row(tx: &WorkTx, (facility, rule): Which, new: &NewRuleVersion) -> Result<VersionRow> {
    Ok(VersionRow {
        facility_id: facility,
        rule_id: rule,
        version: new.version.saturating_add(1),
        queue_id: new.queue_id,
        entered: serde_json::to_value(&new.rule)?,
        written_by: tx.acting_person()?,
        written_at: tx.now(),
    })
}

/// Writes a new rule, which is off.
///
/// # Errors
/// [`Error::Invalid`] for what can't be read; [`Error::NotFound`] for a facility outside the scope.
pub async fn create(
    tx: &mut WorkTx,
    facility: FacilityId,
    new: &NewRuleVersion,
) -> Result<RuleWritten> {
    view::facility_name(tx, facility).await?;
    if new.version != 0 {
        return Err(Error::invalid("version", "0 for a new rule"));
    }
    require_readable(tx, facility, new).await?;
    let last = store::last_number(tx, facility).await?;
    if i64::from(last) >= RULES_MAX {
        return Err(Error::Conflict(format!(
            "a facility has at most {RULES_MAX} rules of its own"
        )));
    }
    let row = RuleRow {
        facility_id: facility,
        id: OwnRuleId::new(),
        number: last.saturating_add(1),
        active_version: None,
        created_by: tx.acting_person()?,
        created_at: tx.now(),
    };
    if store::insert_rule(tx, &row).await? == 0 {
        return Err(Error::Conflict("somebody wrote another rule just now; try again".into()));
    }
    let version = version_row(tx, (facility, row.id), new)?;
    store::insert_version(tx, &version).await?;
    note(tx, (facility, row.id), ("own_rule.written", format!("rule {}, version 1", row.number)))
        .await?;
    Ok(RuleWritten { id: row.id, number: row.number, version: version.version })
}

/// Writes a new version. What is in force stays in force until the new one is switched on.
///
/// # Errors
/// As [`create`]; [`Error::Conflict`] when another version came meanwhile.
pub async fn change(tx: &mut WorkTx, which: Which, new: &NewRuleVersion) -> Result<RuleWritten> {
    let rule = store::rule_to_change(tx, which).await?;
    require_readable(tx, which.0, new).await?;
    let newest = store::versions(tx, which).await?.first().map_or(0, |row| row.version);
    if newest != new.version {
        return Err(Error::Conflict("somebody wrote another version meanwhile; look again".into()));
    }
    let row = version_row(tx, which, new)?;
    store::insert_version(tx, &row).await?;
    let (number, version) = (rule.number, row.version);
    note(tx, which, ("own_rule.written", format!("rule {number}, version {version}"))).await?;
    Ok(RuleWritten { id: which.1, number, version })
}

/// Puts a version in force, or none.
///
/// # Errors
/// [`Error::Conflict`] for a version that was not tried out; [`Error::NotFound`] for one that is not there.
pub async fn switch(tx: &mut WorkTx, which: Which, version: Option<i32>) -> Result<()> {
    let rule = store::rule_to_change(tx, which).await?;
    if let Some(version) = version {
        store::version(tx, which, version).await?;
        if !store::is_tried(tx, which, version).await? {
            let message = "try this version over past charts first, and look at what it finds";
            return Err(Error::Conflict(message.into()));
        }
        let more = rule.active_version.is_none();
        if more && store::count_on(tx, which.0).await? >= RULES_ON_MAX {
            let message = format!("at most {RULES_ON_MAX} rules of a facility are on");
            return Err(Error::Conflict(message));
        }
    }
    if rule.active_version != version {
        let person = tx.acting_person()?;
        store::switch(tx, &rule, version, person).await?;
        let detail = version.map_or_else(
            || format!("rule {} off", rule.number),
            |version| format!("rule {} on, version {version}", rule.number),
        );
        note(tx, which, ("own_rule.switched", detail)).await?;
    }
    Ok(())
}

/// Asks for a version to be tried out over past charts.
///
/// # Errors
/// [`Error::NotFound`] for a version that is not there.
pub async fn ask_trial(tx: &mut WorkTx, which: Which, version: i32) -> Result<TrialId> {
    store::version(tx, which, version).await?;
    let row = TrialRow {
        facility_id: which.0,
        id: TrialId::new(),
        rule_id: which.1,
        version,
        asked_by: tx.acting_person()?,
        asked_at: tx.now(),
        finished_at: None,
        charts: 0,
        charts_found: 0,
        findings: 0,
        found: Vec::new(),
    };
    store::insert_trial(tx, &row).await?;
    jobs::enqueue(tx, &TryRule { facility: which.0, trial: row.id })?;
    note(tx, which, ("own_rule.tried", format!("version {version}"))).await?;
    Ok(row.id)
}

async fn note(
    tx: &mut WorkTx,
    which: Which,
    (action, detail): (&'static str, String),
) -> Result<()> {
    let entry = Entry::of(which.0, action, "own_rule", which.1.uuid()).with(detail);
    audit::append(tx, entry).await?;
    Ok(())
}

/// The rules in force in a queue. One that this program can't read any more is left out, and the log says so:
/// it must not stop all coding of its facility.
///
/// # Errors
/// When the database fails.
pub(crate) async fn in_force(
    tx: &mut WorkTx,
    facility: FacilityId,
    queue: QueueId,
) -> Result<Vec<InForce>> {
    let rows = store::in_force(tx, (facility, queue)).await?;
    let read = |(number, version, entered)| {
        let rule = read_stored(entered);
        if rule.is_none() {
            tracing::error!(%facility, number, version, "an own rule can't be read");
        }
        rule.map(|rule| InForce { number, version, rule })
    };
    Ok(rows.into_iter().filter_map(read).collect())
}

fn read_stored(entered: serde_json::Value) -> Option<OwnRule> {
    let entered: Entered = serde_json::from_value(entered).ok()?;
    OwnRule::read(&entered).ok()
}
