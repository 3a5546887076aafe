//! Who is written to about a facility's work.

use crate::schema::{allow_list, people};
use base::db::{FacilityTx, WorkTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::access::Role;
use rules::ids::{FacilityId, PersonId};

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

/// Somebody of a facility who answers questions about the record.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct ProviderName {
    /// The person.
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: PersonId,
    /// Their name.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub name: String,
    /// Whether they still sign in.
    #[diesel(sql_type = diesel::sql_types::Bool)]
    pub active: bool,
}

/// A facility's providers by name, those included who have left.
///
/// # Errors
/// When the database fails.
pub async fn providers_of(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<Vec<ProviderName>> {
    diesel::sql_query("select id, name, active from app.providers($1)")
        .bind::<diesel::sql_types::Uuid, _>(facility)
        .load(tx.conn())
        .await
}

/// Whether a person of the transaction's facility may answer questions now.
///
/// # Errors
/// When the database fails.
pub async fn is_active_provider(tx: &mut FacilityTx, person: PersonId) -> QueryResult<bool> {
    Ok(provider_of(tx, person).await?.is_some())
}

/// Where an active provider of the transaction's facility is written to.
///
/// # Errors
/// When the database fails.
pub async fn provider_of(tx: &mut FacilityTx, person: PersonId) -> QueryResult<Option<Recipient>> {
    let facility = tx.facility();
    people::table
        .find(person)
        .filter(people::active)
        .filter(people::home_facility_id.eq(facility))
        .filter(people::roles.contains(vec![Role::Provider.as_str().to_owned()]))
        .select((people::name, people::email, people::time_zone))
        .first(tx.conn())
        .await
        .optional()
}
