//! Sessions and API keys as rows.

use crate::proof::Principal;
use base::db::AuthTx;
use base::error::Result;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::access::Role;
use rules::ids::{ApiKeyId, FacilityId, PersonId, SessionId};

diesel::table! {
    app.sessions (id) {
        id -> Uuid,
        person_id -> Uuid,
        token_hash -> Binary,
        created_at -> Timestamptz,
        last_seen_at -> Timestamptz,
        expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        user_agent -> Text,
    }
}

diesel::table! {
    app.api_keys (id) {
        id -> Uuid,
        home_facility_id -> Uuid,
        name -> Text,
        prefix -> Text,
        secret_hash -> Binary,
        created_by -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    app.people (id) {
        id -> Uuid,
        home_facility_id -> Nullable<Uuid>,
        name -> Text,
        roles -> Array<Text>,
        time_zone -> Text,
        active -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(sessions, people);

/// The browser's own words, cut to this.
const USER_AGENT_CHARACTERS_MAX: usize = 200;
/// The last use of a session or key is written at most this often.
const TOUCH_SECONDS: i64 = 60;

#[derive(Insertable)]
#[diesel(table_name = sessions)]
pub(super) struct NewSession {
    id: SessionId,
    person_id: PersonId,
    token_hash: Vec<u8>,
    created_at: Instant,
    last_seen_at: Instant,
    expires_at: Instant,
    user_agent: String,
}

impl NewSession {
    pub(super) fn new(
        person_id: PersonId,
        token_hash: &[u8],
        now: Instant,
        expires_at: Instant,
        user_agent: &str,
    ) -> Self {
        Self {
            id: SessionId::new(),
            person_id,
            token_hash: token_hash.to_vec(),
            created_at: now,
            last_seen_at: now,
            expires_at,
            user_agent: user_agent.chars().take(USER_AGENT_CHARACTERS_MAX).collect(),
        }
    }
}

/// A living session with its person.
#[derive(Debug, Queryable)]
pub(super) struct Found {
    session: SessionId,
    pub expires_at: Instant,
    last_seen_at: Instant,
    id: PersonId,
    home: Option<FacilityId>,
    name: String,
    roles: Vec<String>,
    time_zone: String,
}

impl Found {
    pub(super) fn principal(&self) -> Principal {
        Principal {
            id: self.id,
            name: self.name.clone(),
            home: self.home,
            roles: self.roles.iter().filter_map(|role| role.parse::<Role>().ok()).collect(),
            session: Some(self.session),
            time_zone: self.time_zone.clone(),
        }
    }
}

pub(super) async fn insert(tx: &mut AuthTx, session: &NewSession) -> QueryResult<usize> {
    diesel::insert_into(sessions::table).values(session).execute(tx.conn()).await
}

/// The living session of a token, noted as seen.
pub(super) async fn touch(
    tx: &mut AuthTx,
    token_hash: &[u8],
    idle_seconds: i64,
    seen: super::Seen,
) -> QueryResult<Option<Found>> {
    let now = tx.now();
    let found: Option<Found> = sessions::table
        .inner_join(people::table.on(people::id.eq(sessions::person_id)))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now.plus_seconds(-idle_seconds)))
        .filter(people::active)
        .select((
            sessions::id,
            sessions::expires_at,
            sessions::last_seen_at,
            people::id,
            people::home_facility_id,
            people::name,
            people::roles,
            people::time_zone,
        ))
        .first(tx.conn())
        .await
        .optional()?;
    let due = |found: &&Found| {
        seen == super::Seen::ByPerson && now.seconds_since(found.last_seen_at) >= TOUCH_SECONDS
    };
    if let Some(found) = found.as_ref().filter(due) {
        diesel::update(sessions::table.find(found.session))
            .set(sessions::last_seen_at.eq(now))
            .execute(tx.conn())
            .await?;
    }
    Ok(found)
}

/// A signed-in browser, for its owner.
#[derive(Debug, Clone, Queryable, serde::Serialize, utoipa::ToSchema)]
pub struct OpenSession {
    /// The session.
    pub id: SessionId,
    /// Since when.
    pub created_at: Instant,
    /// When it was last used, to the minute.
    pub last_seen_at: Instant,
    /// Until when at most.
    pub expires_at: Instant,
    /// The browser's own words.
    pub user_agent: String,
}

/// The sessions of a person that would still be honoured.
pub(super) async fn open_of(
    tx: &mut AuthTx,
    person: PersonId,
    idle_seconds: i64,
) -> QueryResult<Vec<OpenSession>> {
    let now = tx.now();
    sessions::table
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null())
        .filter(sessions::expires_at.gt(now))
        .filter(sessions::last_seen_at.gt(now.plus_seconds(-idle_seconds)))
        .order(sessions::id.desc())
        .select((
            sessions::id,
            sessions::created_at,
            sessions::last_seen_at,
            sessions::expires_at,
            sessions::user_agent,
        ))
        .load(tx.conn())
        .await
}

/// What the cache may know a person's sessions by.
pub(super) async fn hashes_of(tx: &mut AuthTx, person: PersonId) -> QueryResult<Vec<Vec<u8>>> {
    sessions::table
        .filter(sessions::person_id.eq(person))
        .filter(sessions::ended_at.is_null())
        .select(sessions::token_hash)
        .load(tx.conn())
        .await
}

/// Ends one session; answers the token hashes that the cache must forget.
pub(super) async fn end(
    tx: &mut AuthTx,
    session: SessionId,
    why: &str,
) -> QueryResult<Vec<Vec<u8>>> {
    let now = tx.now();
    diesel::update(sessions::table.find(session).filter(sessions::ended_at.is_null()))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(why)))
        .returning(sessions::token_hash)
        .get_results(tx.conn())
        .await
}

/// Ends all but the newest `keep` sessions of a person.
pub(super) async fn end_beyond(
    tx: &mut AuthTx,
    person: PersonId,
    keep: i64,
    why: &str,
) -> QueryResult<Vec<Vec<u8>>> {
    let now = tx.now();
    let open =
        sessions::table.filter(sessions::person_id.eq(person)).filter(sessions::ended_at.is_null());
    let surplus: Vec<SessionId> =
        open.order(sessions::id.desc()).offset(keep).select(sessions::id).load(tx.conn()).await?;
    diesel::update(sessions::table.filter(sessions::id.eq_any(surplus)))
        .set((sessions::ended_at.eq(now), sessions::end_reason.eq(why)))
        .returning(sessions::token_hash)
        .get_results(tx.conn())
        .await
}

/// A facility's key, as stored.
#[derive(Debug, Queryable)]
pub(super) struct ApiKey {
    pub id: ApiKeyId,
    pub home_facility_id: FacilityId,
    pub name: String,
    pub secret_hash: Vec<u8>,
    last_used_at: Option<Instant>,
}

/// The living key with this public part, noted as used.
pub(super) async fn api_key(tx: &mut AuthTx, prefix: &str) -> Result<Option<ApiKey>> {
    let now = tx.now();
    let found: Option<ApiKey> = api_keys::table
        .filter(api_keys::prefix.eq(prefix))
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now))
        .select((
            api_keys::id,
            api_keys::home_facility_id,
            api_keys::name,
            api_keys::secret_hash,
            api_keys::last_used_at,
        ))
        .first(tx.conn())
        .await
        .optional()?;
    let stale = |key: &&ApiKey| {
        key.last_used_at.is_none_or(|used| now.seconds_since(used) >= TOUCH_SECONDS)
    };
    if let Some(key) = found.as_ref().filter(stale) {
        diesel::update(api_keys::table.find(key.id))
            .set(api_keys::last_used_at.eq(now))
            .execute(tx.conn())
            .await?;
    }
    Ok(found)
}
