//! The audit trail: who read or changed what, in one hash chain for each facility.
//!
//! Only the database's `audit.append` writes it; actor and facility come from the signed scope. Details
//! name fields and counts, never values.

use crate::db::PlaneTx;
use crate::error::Result;
use diesel::sql_types::{BigInt, Nullable, Text, Uuid};
use diesel_async::RunQueryDsl;
use rules::ids::FacilityId;

/// What is written down.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Which chain; none for the installation's own.
    pub facility: Option<FacilityId>,
    /// A verb with its noun, such as `document.read`.
    pub action: &'static str,
    /// The kind of thing.
    pub object: &'static str,
    /// The thing.
    pub id: Option<uuid::Uuid>,
    /// Names and counts; never patient data.
    pub detail: String,
}

impl Entry {
    /// An entry of a facility's chain, without detail.
    #[must_use]
    pub const fn of(
        facility: FacilityId,
        action: &'static str,
        object: &'static str,
        id: uuid::Uuid,
    ) -> Self {
        Self { facility: Some(facility), action, object, id: Some(id), detail: String::new() }
    }

    /// An entry of the installation's chain.
    #[must_use]
    pub const fn installation(
        action: &'static str,
        object: &'static str,
        id: Option<uuid::Uuid>,
    ) -> Self {
        Self { facility: None, action, object, id, detail: String::new() }
    }

    /// The same entry with a detail.
    #[must_use]
    pub fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = detail.into();
        self
    }
}

#[derive(diesel::QueryableByName)]
struct Appended {
    #[diesel(sql_type = BigInt)]
    seq: i64,
}

/// Appends to the chain, as part of the transaction. The chain's head stays locked until the
/// transaction ends, so this comes last in it.
///
/// # Errors
/// When the chain is outside the scope, or the database fails.
pub async fn append(tx: &mut PlaneTx, entry: Entry) -> Result<i64> {
    let appended: Appended = diesel::sql_query("select audit.append($1, $2, $3, $4, $5) as seq")
        .bind::<Nullable<Uuid>, _>(entry.facility.map(FacilityId::uuid))
        .bind::<Text, _>(entry.action)
        .bind::<Text, _>(entry.object)
        .bind::<Nullable<Uuid>, _>(entry.id)
        .bind::<Text, _>(entry.detail)
        .get_result(tx.conn())
        .await?;
    Ok(appended.seq)
}

#[derive(diesel::QueryableByName)]
struct Broken {
    #[diesel(sql_type = Nullable<BigInt>)]
    seq: Option<i64>,
}

/// The first event of a chain whose hash does not follow from what stands before it; none when the
/// chain is whole.
///
/// # Errors
/// When the chain is outside the scope, or the database fails.
pub async fn first_broken(tx: &mut PlaneTx, facility: Option<FacilityId>) -> Result<Option<i64>> {
    let chain = facility.map_or(uuid::Uuid::nil(), FacilityId::uuid);
    let broken: Broken = diesel::sql_query("select audit.first_broken($1) as seq")
        .bind::<Uuid, _>(chain)
        .get_result(tx.conn())
        .await?;
    Ok(broken.seq)
}
