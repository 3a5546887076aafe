//! Repeating a request must not repeat its effect: the first answer is kept and given again.

use base::db::PlaneTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use serde::Serialize;
use serde::de::DeserializeOwned;

mod schema {
    diesel::table! {
        app.idempotency_keys (principal_id, key) {
            principal_id -> Uuid,
            key -> Text,
            route -> Text,
            fingerprint -> Binary,
            status -> Integer,
            answer -> Jsonb,
            at -> Timestamptz,
        }
    }
}
use schema::idempotency_keys;

/// The header.
pub const HEADER: &str = "idempotency-key";
const KEY_CHARACTERS_MIN: usize = 8;
const KEY_CHARACTERS_MAX: usize = 100;

/// One request that may come twice: its key, where it went and a digest of what it said.
#[derive(Debug, Clone)]
pub struct Once {
    key: String,
    route: &'static str,
    fingerprint: Vec<u8>,
}

impl Once {
    /// From the request's header, when it carries one.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the key is too short or too long to be one.
    pub fn of(
        request: &actix_web::HttpRequest,
        route: &'static str,
        fingerprint: impl Into<Vec<u8>>,
    ) -> Result<Option<Self>> {
        let Some(key) = request.headers().get(HEADER) else { return Ok(None) };
        let key = key.to_str().unwrap_or_default().to_owned();
        if key.len() < KEY_CHARACTERS_MIN || key.len() > KEY_CHARACTERS_MAX {
            return Err(Error::invalid(HEADER, "between 8 and 100 visible characters"));
        }
        Ok(Some(Self { key, route, fingerprint: fingerprint.into() }))
    }

    /// The answer given the first time, if there was one.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the key was used for another request.
    pub async fn earlier<T: DeserializeOwned>(&self, tx: &mut PlaneTx) -> Result<Option<T>> {
        let principal = tx.acting_person()?;
        let earlier: Option<(String, Vec<u8>, serde_json::Value)> = idempotency_keys::table
            .find((principal.uuid(), &self.key))
            .select((
                idempotency_keys::route,
                idempotency_keys::fingerprint,
                idempotency_keys::answer,
            ))
            .first(tx.conn())
            .await
            .optional()?;
        let Some((route, fingerprint, answer)) = earlier else { return Ok(None) };
        self.again(&route, &fingerprint, answer).map(Some)
    }

    /// The answer that was kept under this key, if it was for this request.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the key was used for another request.
    pub fn again<T: DeserializeOwned>(
        &self,
        route: &str,
        fingerprint: &[u8],
        answer: serde_json::Value,
    ) -> Result<T> {
        if route != self.route || fingerprint != self.fingerprint {
            return Err(Error::Conflict("this idempotency key was used for something else".into()));
        }
        Ok(serde_json::from_value(answer)?)
    }

    /// Key, route and fingerprint, for a statement that keeps its answer itself.
    #[must_use]
    pub fn columns(&self) -> (&str, &'static str, &[u8]) {
        (&self.key, self.route, &self.fingerprint)
    }

    /// Keeps the answer, in the transaction whose effect it describes. Answers are ids and states.
    ///
    /// # Errors
    /// [`Error::Conflict`] when the same request is being answered at this moment elsewhere.
    pub async fn keep(&self, tx: &mut PlaneTx, answer: &impl Serialize) -> Result<()> {
        let principal = tx.acting_person()?;
        let at: Instant = tx.now();
        let kept = diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::principal_id.eq(principal.uuid()),
                idempotency_keys::key.eq(&self.key),
                idempotency_keys::route.eq(self.route),
                idempotency_keys::fingerprint.eq(&self.fingerprint),
                idempotency_keys::status.eq(200),
                idempotency_keys::answer.eq(serde_json::to_value(answer)?),
                idempotency_keys::at.eq(at),
            ))
            .on_conflict_do_nothing()
            .execute(tx.conn())
            .await?;
        if kept == 0 {
            return Err(Error::Conflict("this request is being answered already".into()));
        }
        Ok(())
    }
}
