//! The business calendar in which a facility's deadlines are counted.

use crate::schema::{facilities, facility_holidays};
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::clock::{Calendar, Week};
use rules::ids::FacilityId;
use rules::time::Day;
use std::collections::HashMap;

/// The facility's zone, opening hours and holidays.
///
/// # Errors
/// `NotFound` for a facility outside the scope; `Internal` for a stored calendar that does not read.
pub async fn calendar(tx: &mut WorkTx, facility: FacilityId) -> Result<Calendar> {
    let (zone, week): (String, serde_json::Value) = facilities::table
        .find(facility)
        .select((facilities::time_zone, facilities::week))
        .first(tx.conn())
        .await?;
    let holidays: Vec<Day> = facility_holidays::table
        .filter(facility_holidays::facility_id.eq(facility))
        .select(facility_holidays::day)
        .load(tx.conn())
        .await?;
    let week: Week = serde_json::from_value(week)?;
    let zone = rules::clock::zone(&zone).map_err(Error::internal)?;
    Ok(Calendar { zone, week, holidays: holidays.into_iter().map(|day| day.0).collect() })
}

/// What a facility is called.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct FacilityName {
    /// In full.
    pub name: String,
    /// In short.
    pub code: String,
    /// Its time zone.
    pub time_zone: String,
}

/// The names of every facility in the scope.
///
/// # Errors
/// When the database fails.
pub async fn names(tx: &mut WorkTx) -> Result<HashMap<FacilityId, FacilityName>> {
    let rows: Vec<(FacilityId, String, String, String)> = facilities::table
        .select((facilities::id, facilities::name, facilities::code, facilities::time_zone))
        .load(tx.conn())
        .await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, code, time_zone)| (id, FacilityName { name, code, time_zone }))
        .collect())
}
