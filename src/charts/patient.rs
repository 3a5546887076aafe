//! Who the patient is and what a person may know of it: sealed, on the facility and desk planes only.

use crate::schema::encounters;
use base::audit::{self, Entry};
use base::db::ClinicalTx;
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::seal::{FacilityKey, FieldContext};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use rules::ids::{ChartId, FacilityId};
use rules::time::Day;
use std::collections::HashMap;

/// The facility's own words for the encounter. Sealed as one value; never logged.
#[derive(Clone, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Identity {
    /// Family and given name.
    pub patient_name: String,
    /// Birth date, a plain date.
    #[schema(value_type = String, format = Date)]
    pub birth_date: Date,
    /// `F`, `M` or `U` (unknown), as registered.
    pub sex: String,
    /// Medical record number.
    pub mrn: String,
    /// Account number.
    pub account_number: String,
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity(sealed)")
    }
}

/// An encounter, opened.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Encounter {
    /// The patient.
    pub identity: Identity,
    /// Date of service, or of admission.
    #[schema(value_type = String, format = Date)]
    pub service_date: Date,
    /// Date of discharge.
    #[schema(value_type = Option<String>, format = Date)]
    pub discharge_date: Option<Date>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = encounters, check_for_backend(diesel::pg::Pg))]
struct EncounterRow {
    facility_id: FacilityId,
    chart_id: ChartId,
    identity_sealed: Vec<u8>,
    account_hash: Vec<u8>,
    mrn_hash: Vec<u8>,
    service_date: Day,
    discharge_date: Option<Day>,
}

fn field(facility: FacilityId, chart: ChartId) -> FieldContext {
    FieldContext { facility, table: "encounters", row: chart.uuid() }
}

/// Upper case without blanks and hyphens, so that ` ab-12` finds `AB12`.
fn normalised(number: &str) -> String {
    number.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

/// What an account number looks up by.
#[must_use]
pub fn account_hash(key: &FacilityKey, number: &str) -> Vec<u8> {
    key.lookup_hash("account", &normalised(number)).to_vec()
}

/// Seals and stores an encounter.
///
/// # Errors
/// When sealing or the database fails.
pub async fn insert(
    tx: &mut ClinicalTx,
    key: &FacilityKey,
    chart: ChartId,
    encounter: &Encounter,
) -> Result<()> {
    let plain = serde_json::to_vec(&encounter.identity)?;
    let facility = key.facility();
    let row = EncounterRow {
        facility_id: facility,
        chart_id: chart,
        identity_sealed: key.seal_field(field(facility, chart), &plain).map_err(Error::internal)?,
        account_hash: account_hash(key, &encounter.identity.account_number),
        mrn_hash: key.lookup_hash("mrn", &normalised(&encounter.identity.mrn)).to_vec(),
        service_date: Day(encounter.service_date),
        discharge_date: encounter.discharge_date.map(Day),
    };
    diesel::insert_into(encounters::table).values(&row).execute(tx.conn()).await?;
    Ok(())
}

/// Opens the encounter of one chart and writes down that it was read.
///
/// # Errors
/// [`Error::NotFound`] when the chart's patient data is not within reach.
pub async fn read(tx: &mut ClinicalTx, keyring: &Keyring, chart: ChartId) -> Result<Encounter> {
    let row = row_of(tx, chart).await?;
    let key = keyring.key(tx, row.facility_id).await?;
    let entry = Entry::of(row.facility_id, "encounter.read", "chart", chart.uuid());
    let encounter = open(&key, &row)?;
    audit::append(tx, entry).await?;
    Ok(encounter)
}

/// What rules ask of a patient and an encounter. Never printed: it is patient data.
#[derive(Clone)]
pub struct ForRules {
    /// Birth date.
    pub birth_date: Date,
    /// `F`, `M` or `U` (unknown), as registered.
    pub sex: String,
    /// Date of service, or of admission.
    pub service_date: Date,
    /// Date of discharge.
    pub discharge_date: Option<Date>,
}

impl std::fmt::Debug for ForRules {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ForRules(sealed)")
    }
}

impl ForRules {
    fn of(key: &FacilityKey, row: &EncounterRow) -> Result<Self> {
        let Encounter { identity, service_date, discharge_date } = open(key, row)?;
        let Identity { birth_date, sex, .. } = identity;
        Ok(Self { birth_date, sex, service_date, discharge_date })
    }
}

/// What rules ask of a chart's patient and encounter. Not written down as a reading: a rule answers with
/// codes, and nothing of this is shown or kept.
///
/// # Errors
/// [`Error::NotFound`] when the chart's patient data is not within reach.
pub async fn for_rules(tx: &mut ClinicalTx, keyring: &Keyring, chart: ChartId) -> Result<ForRules> {
    let row = row_of(tx, chart).await?;
    let key = keyring.key(tx, row.facility_id).await?;
    ForRules::of(&key, &row)
}

/// The same of some charts of a facility, [`LISTED_MAX`] at most; nothing of those that are not within reach.
///
/// # Errors
/// When opening or the database fails.
pub async fn all_for_rules(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    facility: FacilityId,
    charts: &[ChartId],
) -> Result<HashMap<ChartId, ForRules>> {
    let rows = rows_of(tx, facility, charts).await?;
    let key = keyring.key(tx, facility).await?;
    rows.iter().map(|row| Ok((row.chart_id, ForRules::of(&key, row)?))).collect()
}

/// Charts listed with their patients at once, at most.
pub const LISTED_MAX: usize = 200;

/// Opens the encounters of the charts of one list and writes down that they were read, as one entry.
///
/// # Errors
/// When opening or the database fails.
pub async fn read_list(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    facility: FacilityId,
    charts: &[ChartId],
) -> Result<HashMap<ChartId, Encounter>> {
    let rows = rows_of(tx, facility, charts).await?;
    let key = keyring.key(tx, facility).await?;
    let ids: Vec<String> = rows.iter().map(|row| row.chart_id.to_string()).collect();
    let opened = rows
        .iter()
        .map(|row| Ok((row.chart_id, open(&key, row)?)))
        .collect::<Result<HashMap<_, _>>>()?;
    if !ids.is_empty() {
        let entry = Entry {
            facility: Some(facility),
            action: "encounters.listed",
            object: "charts",
            id: None,
            detail: ids.join(" "),
        };
        audit::append(tx, entry).await?;
    }
    Ok(opened)
}

async fn row_of(tx: &mut ClinicalTx, chart: ChartId) -> QueryResult<EncounterRow> {
    encounters::table
        .filter(encounters::chart_id.eq(chart))
        .select(EncounterRow::as_select())
        .first(tx.conn())
        .await
}

async fn rows_of(
    tx: &mut ClinicalTx,
    facility: FacilityId,
    charts: &[ChartId],
) -> QueryResult<Vec<EncounterRow>> {
    let charts = charts.get(..LISTED_MAX.min(charts.len())).unwrap_or_default();
    encounters::table
        .filter(encounters::facility_id.eq(facility))
        .filter(encounters::chart_id.eq_any(charts))
        .select(EncounterRow::as_select())
        .load(tx.conn())
        .await
}

fn open(key: &FacilityKey, row: &EncounterRow) -> Result<Encounter> {
    let plain = key
        .open_field(field(row.facility_id, row.chart_id), &row.identity_sealed)
        .map_err(Error::internal)?;
    Ok(Encounter {
        identity: serde_json::from_slice(&plain)?,
        service_date: row.service_date.0,
        discharge_date: row.discharge_date.map(|day| day.0),
    })
}

/// Charts of the facility with this account number and service date, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn twins(
    tx: &mut ClinicalTx,
    key: &FacilityKey,
    account_number: &str,
    service_date: Date,
) -> Result<Vec<ChartId>> {
    let twins = encounters::table
        .filter(encounters::facility_id.eq(key.facility()))
        .filter(encounters::account_hash.eq(account_hash(key, account_number)))
        .filter(encounters::service_date.eq(Day(service_date)))
        .order(encounters::chart_id)
        .select(encounters::chart_id)
        .load(tx.conn())
        .await?;
    Ok(twins)
}

/// Charts of the facility with this account number, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn of_account(
    tx: &mut ClinicalTx,
    key: &FacilityKey,
    account_number: &str,
) -> Result<Vec<ChartId>> {
    let charts = encounters::table
        .filter(encounters::facility_id.eq(key.facility()))
        .filter(encounters::account_hash.eq(account_hash(key, account_number)))
        .order(encounters::chart_id)
        .select(encounters::chart_id)
        .load(tx.conn())
        .await?;
    Ok(charts)
}
