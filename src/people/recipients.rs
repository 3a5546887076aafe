//! Who is written to about a facility's work.

use crate::schema::{allow_list, people};
use base::db::{FacilityTx, WorkTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::access::Role;
use rules::ids::FacilityId;

/// People who get one mail, at most.
const RECIPIENTS_MAX: i64 = 50;

/// Somebody to write to.
#[derive(Debug, Clone, PartialEq, Eq, Queryable)]
pub struct Recipient {
    /// Their name.
    pub name: String,
    /// Their address.
    pub email: String,
    /// Their IANA time zone.
    pub time_zone: String,
}

/// The active team leads whom a facility allow-lists.
///
/// # Errors
/// When the database fails.
pub async fn leads_of(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<Vec<Recipient>> {
    let allowed = allow_list::table
        .filter(allow_list::facility_id.eq(facility))
        .select(allow_list::person_id);
    people::table
        .filter(people::active)
        .filter(people::home_facility_id.is_null())
        .filter(people::id.eq_any(allowed))
        .filter(people::roles.contains(vec![Role::TeamLead.as_str().to_owned()]))
        .order(people::id)
        .limit(RECIPIENTS_MAX)
        .select((people::name, people::email, people::time_zone))
        .load(tx.conn())
        .await
}

/// The active administrators of the transaction's facility.
///
/// # Errors
/// When the database fails.
pub async fn administrators_of(tx: &mut FacilityTx) -> QueryResult<Vec<Recipient>> {
    let facility = tx.facility();
    people::table
        .filter(people::active)
        .filter(people::home_facility_id.eq(facility))
        .filter(people::roles.contains(vec![Role::FacilityAdmin.as_str().to_owned()]))
        .order(people::id)
        .limit(RECIPIENTS_MAX)
        .select((people::name, people::email, people::time_zone))
        .load(tx.conn())
        .await
}
