//! A facility's keys to the JSON API: shown once, stored as hashes.

use crate::schema::api_keys;
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use base::audit::{self, Entry};
use base::db::FacilityTx;
use base::error::{Checks, Error, Result};
use base::secret::{self, Token};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::access::may;
use rules::ids::{ApiKeyId, FacilityId, PersonId};
use serde::{Deserialize, Serialize};
use web::sessions::KEY_WORD;
use web::{Answer, May};

/// Longest life of a key.
const KEY_DAYS_MAX: i64 = 365;
/// Living keys of one facility.
const KEYS_MAX: i64 = 50;
const NAME_CHARACTERS_MAX: usize = 80;
/// Keys listed at once.
const KEYS_LISTED_MAX: i64 = 200;
/// Random bytes of a key's public part: eight characters.
const PUBLIC_BYTES: usize = 6;

/// A key, without its secret.
#[derive(Debug, Clone, Queryable, Selectable, Serialize, utoipa::ToSchema)]
#[diesel(table_name = api_keys, check_for_backend(diesel::pg::Pg))]
pub struct ApiKey {
    /// The key.
    pub id: ApiKeyId,
    /// What it is for.
    pub name: String,
    /// Its public part.
    pub prefix: String,
    /// Since when.
    pub created_at: Instant,
    /// Until when.
    pub expires_at: Instant,
    /// When it was revoked.
    pub revoked_at: Option<Instant>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Instant>,
}

/// A key to be made.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What it is for.
    pub name: String,
    /// How long it lives, 1 to 365 days.
    pub days: i64,
}

/// A key with its secret, shown this once.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct MadeKey {
    /// The key.
    pub id: ApiKeyId,
    /// What goes behind `Authorization: Bearer`.
    pub key: String,
}

#[derive(Insertable)]
#[diesel(table_name = api_keys)]
struct Row {
    id: ApiKeyId,
    home_facility_id: FacilityId,
    name: String,
    prefix: String,
    secret_hash: Vec<u8>,
    created_by: PersonId,
    created_at: Instant,
    expires_at: Instant,
}

pub(crate) async fn all(tx: &mut FacilityTx) -> Result<Vec<ApiKey>> {
    let keys = api_keys::table
        .order(api_keys::created_at.desc())
        .limit(KEYS_LISTED_MAX)
        .select(ApiKey::as_select())
        .load(tx.conn())
        .await?;
    Ok(keys)
}

/// The facility's keys.
#[utoipa::path(get, path = "/api/v1/api-keys", tag = "users",
    responses((status = 200, body = Vec<ApiKey>)))]
pub async fn list(may: May<may::ManageApiKeys>) -> Answer<Json<Vec<ApiKey>>> {
    Ok(Json(may.facility(async |tx| all(tx).await).await?))
}

/// What is kept of the answer that made a key: never the key.
#[derive(Serialize, Deserialize)]
struct Kept {
    id: ApiKeyId,
}

impl NewKey {
    fn row(&self, token: &Token, made: (FacilityId, PersonId, Instant)) -> Result<Row> {
        let name = self.name.trim().to_owned();
        let named = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count())
            && !name.chars().any(char::is_control);
        let mut checks = Checks::default();
        checks.require(named, "name", "1 to 80 characters on one line").require(
            (1..=KEY_DAYS_MAX).contains(&self.days),
            "days",
            "1 to 365",
        );
        checks.done()?;
        let (home_facility_id, created_by, created_at) = made;
        let public = secret::base64url(&secret::random::<PUBLIC_BYTES>()?);
        Ok(Row {
            id: ApiKeyId::new(),
            home_facility_id,
            name,
            prefix: format!("{KEY_WORD}{public}"),
            secret_hash: token.hash().to_vec(),
            created_by,
            created_at,
            expires_at: created_at.plus_seconds(self.days.saturating_mul(86_400)),
        })
    }
}

/// Makes a key. It is shown in this answer and never again, not even to a repeated request.
#[utoipa::path(post, path = "/api/v1/api-keys", tag = "users", request_body = NewKey,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = MadeKey), (status = 409, body = web::Problem),
        (status = 422, body = web::Problem)))]
pub async fn create(
    may: May<may::ManageApiKeys>,
    request: HttpRequest,
    body: Json<NewKey>,
) -> Answer<HttpResponse> {
    let once = super::once(&request, "POST /api/v1/api-keys", &*body)?;
    let token = Token::random().map_err(Error::internal)?;
    let row = body.row(&token, (may.home()?, may.principal().id, may.now()))?;
    may.facility(async |tx| {
        if let Some(once) = &once {
            if once.earlier::<Kept>(tx).await?.is_some() {
                let told = "this key is made already and was shown; revoke it and make another";
                return Err(Error::Conflict(told.into()));
            }
            once.keep(tx, &Kept { id: row.id }).await?;
        }
        if living(tx).await? >= KEYS_MAX {
            return Err(Error::invalid("name", "revoke a key first: there are 50"));
        }
        diesel::insert_into(api_keys::table).values(&row).execute(tx.conn()).await?;
        let entry = Entry::of(row.home_facility_id, "api_key.created", "api_key", row.id.uuid());
        audit::append(tx, entry).await?;
        Ok(())
    })
    .await?;
    let made = MadeKey { id: row.id, key: format!("{}_{}", row.prefix, &*token.text()) };
    Ok(HttpResponse::Created().json(made))
}

async fn living(tx: &mut FacilityTx) -> QueryResult<i64> {
    let now = tx.now();
    api_keys::table
        .filter(api_keys::revoked_at.is_null())
        .filter(api_keys::expires_at.gt(now))
        .count()
        .get_result(tx.conn())
        .await
}

/// Revokes a key; the next request with it is refused.
#[utoipa::path(delete, path = "/api/v1/api-keys/{id}", tag = "users",
    params(("id" = ApiKeyId, Path)), responses((status = 204), (status = 404, body = web::Problem)))]
pub async fn revoke(may: May<may::ManageApiKeys>, id: Path<ApiKeyId>) -> Answer<HttpResponse> {
    let home = may.home()?;
    may.facility(async |tx| {
        let now = tx.now();
        let living = api_keys::table.find(*id).filter(api_keys::revoked_at.is_null());
        let revoked =
            diesel::update(living).set(api_keys::revoked_at.eq(now)).execute(tx.conn()).await?;
        if revoked == 0 {
            return Err(Error::NotFound);
        }
        audit::append(tx, Entry::of(home, "api_key.revoked", "api_key", id.uuid())).await?;
        Ok(())
    })
    .await?;
    Ok(HttpResponse::NoContent().finish())
}
