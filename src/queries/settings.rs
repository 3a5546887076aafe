//! What each facility decides about answering: by the mailed link alone, or after signing in.

use crate::schema::query_settings;
use base::db::{FacilityTx, WorkTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::FacilityId;
use serde::{Deserialize, Serialize};

/// By what a provider is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AnswerBy {
    /// The link in the mail is enough.
    #[default]
    Link,
    /// The mail only says that a question waits; it is seen and answered after signing in.
    SignIn,
}

impl AnswerBy {
    /// The word in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::SignIn => "sign_in",
        }
    }
}

/// What a facility has decided; the mailed link where it has not.
pub(crate) async fn answer_by(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<AnswerBy> {
    let stored: Option<String> = query_settings::table
        .find(facility)
        .select(query_settings::answer_by)
        .first(tx.conn())
        .await
        .optional()?;
    let signs_in = stored.as_deref() == Some(AnswerBy::SignIn.as_str());
    Ok(if signs_in { AnswerBy::SignIn } else { AnswerBy::Link })
}

/// Decides, for the transaction's facility.
pub(crate) async fn decide(tx: &mut FacilityTx, by: AnswerBy) -> base::Result<()> {
    let values = (
        query_settings::answer_by.eq(by.as_str()),
        query_settings::changed_at.eq(tx.now()),
        query_settings::changed_by.eq(tx.acting_person()?),
    );
    diesel::insert_into(query_settings::table)
        .values((query_settings::facility_id.eq(tx.facility()), values))
        .on_conflict(query_settings::facility_id)
        .do_update()
        .set(values)
        .execute(tx.conn())
        .await?;
    Ok(())
}
