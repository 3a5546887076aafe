//! Links that are mailed to providers: a token known to the mail alone, bound to one question and one
//! person, of use until it is answered.

use crate::schema::query_links;
use crate::store::{self, QueryRow};
use base::Services;
use base::db::{AuthTx, FacilityScope, FacilityTx, WorkTx};
use base::error::{Error, Result};
use base::secret::Token;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, PersonId, QueryId};

const SECONDS_PER_HOUR: i64 = 3_600;

/// What a link proves: who may answer which question.
#[derive(Debug)]
pub(crate) struct Proven {
    /// The facility's plane, as the provider.
    pub scope: FacilityScope,
    /// The question, and no other.
    pub query: QueryId,
}

#[derive(Insertable)]
#[diesel(table_name = query_links)]
struct NewLink {
    facility_id: FacilityId,
    id: uuid::Uuid,
    query_id: QueryId,
    provider_id: PersonId,
    token_hash: Vec<u8>,
    made_at: Instant,
    expires_at: Instant,
}

/// Makes a link and gives what stands behind `#` in it; the token is kept only as a hash.
pub(crate) async fn make(
    tx: &mut FacilityTx,
    row: &QueryRow,
    (provider, hours): (PersonId, u32),
) -> Result<String> {
    let token = Token::random()?;
    let now = tx.now();
    let link = NewLink {
        facility_id: row.facility_id,
        id: uuid::Uuid::now_v7(),
        query_id: row.id,
        provider_id: provider,
        token_hash: token.hash().to_vec(),
        made_at: now,
        expires_at: now.plus_seconds(i64::from(hours).saturating_mul(SECONDS_PER_HOUR)),
    };
    diesel::insert_into(query_links::table).values(&link).execute(tx.conn()).await?;
    Ok(format!("{}.{}", row.facility_id, &*token.text()))
}

/// Ends every link to a question.
pub(crate) async fn revoke(tx: &mut WorkTx, row: &QueryRow) -> QueryResult<usize> {
    let now = tx.now();
    let links = query_links::table
        .filter(query_links::facility_id.eq(row.facility_id))
        .filter(query_links::query_id.eq(row.id))
        .filter(query_links::revoked_at.is_null());
    diesel::update(links).set(query_links::revoked_at.eq(now)).execute(tx.conn()).await
}

/// The answer to every link that opens nothing, whatever the reason: they are told apart nowhere.
pub(crate) fn dead() -> Error {
    Error::invalid("token", "this link has been used, has ended or is not complete")
}

/// Asks who presents a link. The facility's name in it only says where to look; the token proves.
///
/// # Errors
/// As [`dead`].
pub(crate) async fn prove(services: &Services, presented: &str) -> Result<Proven> {
    let (facility, hash) = parsed(presented)?;
    let nobody = services.authority.nobody(Some(facility), None);
    let found =
        services.db.auth(&nobody, async |tx| Ok(living(tx, facility, &hash).await?)).await?;
    let (query, provider) = found.ok_or_else(dead)?;
    let scope = services.authority.facility(facility, Some(provider));
    Ok(Proven { scope, query })
}

fn parsed(presented: &str) -> Result<(FacilityId, [u8; 32])> {
    let (facility, token) = presented.trim().split_once('.').ok_or_else(dead)?;
    let facility: FacilityId = facility.parse().map_err(|_malformed: uuid::Error| dead())?;
    Ok((facility, Token::parse(token).ok_or_else(dead)?.hash()))
}

async fn living(
    tx: &mut AuthTx,
    facility: FacilityId,
    hash: &[u8],
) -> QueryResult<Option<(QueryId, PersonId)>> {
    let now = tx.now();
    query_links::table
        .filter(query_links::facility_id.eq(facility))
        .filter(query_links::token_hash.eq(hash))
        .filter(query_links::revoked_at.is_null())
        .filter(query_links::expires_at.gt(now))
        .select((query_links::query_id, query_links::provider_id))
        .first(tx.conn())
        .await
        .optional()
}

/// How long a repeated answer is still answered as the first one was, in seconds.
const SPENT_SECONDS_MAX: i64 = 900;

/// Asks who presents a link that has ended a moment ago, for whoever sends the same answer again because they
/// heard nothing of the first.
///
/// # Errors
/// As [`dead`].
pub(crate) async fn prove_spent(services: &Services, presented: &str) -> Result<Proven> {
    let (facility, hash) = parsed(presented)?;
    let nobody = services.authority.nobody(Some(facility), None);
    let find = async |tx: &mut AuthTx| {
        let since = tx.now().plus_seconds(-SPENT_SECONDS_MAX);
        let found: Option<(QueryId, PersonId)> = query_links::table
            .filter(query_links::facility_id.eq(facility))
            .filter(query_links::token_hash.eq(hash.as_slice()))
            .filter(query_links::revoked_at.gt(since))
            .select((query_links::query_id, query_links::provider_id))
            .first(tx.conn())
            .await
            .optional()?;
        Ok(found)
    };
    let (query, provider) = services.db.auth(&nobody, find).await?.ok_or_else(dead)?;
    let scope = services.authority.facility(facility, Some(provider));
    Ok(Proven { scope, query })
}

/// The question of a proven link, if its provider is still the one who is asked and still there.
pub(crate) async fn question(tx: &mut FacilityTx, query: QueryId) -> Result<QueryRow> {
    let row = store::find(tx, query).await?;
    let person = tx.acting_person()?;
    let there = people::is_active_provider(tx, person).await?;
    if row.provider_id != Some(person) || !there {
        return Err(dead());
    }
    Ok(row)
}
