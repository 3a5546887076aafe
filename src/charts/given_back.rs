//! What coders gave back, counted, so that a lead sees a pattern: by person, reason and missing skill. No
//! patient and no word beyond the code.

use base::db::OpsTx;
use base::error::Result;
use diesel::sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::RunQueryDsl;
use rules::ids::PersonId;
use serde::Serialize;
use std::collections::HashMap;

/// How far back is counted.
pub const COUNTED_DAYS: i64 = 30;
const SECONDS_PER_DAY: i64 = 86_400;
/// Rows that are listed, at most.
const ROWS_MAX: i64 = 500;

/// How often somebody gave a chart back for one reason.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct GivenBackCount {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// Why: the reason's code.
    pub reason: String,
    /// Which skill of the queue was missing, where they said so.
    pub skill: Option<String>,
    /// How often in the last 30 days.
    pub charts: i64,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Uuid)]
    person_id: PersonId,
    #[diesel(sql_type = Text)]
    reason: String,
    #[diesel(sql_type = Nullable<Text>)]
    skill: Option<String>,
    #[diesel(sql_type = BigInt)]
    charts: i64,
}

async fn rows(tx: &mut OpsTx) -> QueryResult<Vec<Row>> {
    let since = tx.now().plus_seconds(-COUNTED_DAYS * SECONDS_PER_DAY);
    // A coder who knows a patient is kept from other charts, too; what counts is the chart that came back.
    // Whoever holds a chart, or asks its provider, gave nothing back: it comes to them again.
    diesel::sql_query(
        "select a.person_id, a.end_reason as reason, x.skill, count(*) as charts \
         from app.assignments a left join app.exclusions x on x.facility_id = a.facility_id \
           and x.chart_id = a.chart_id and x.person_id = a.person_id and x.reason = a.end_reason \
         where a.state = 'released' and a.ended_at > $1 and a.end_reason not in ('hold', 'query') \
         group by 1, 2, 3 order by charts desc, 1, 2, 3 limit $2",
    )
    .bind::<Timestamptz, _>(since)
    .bind::<BigInt, _>(ROWS_MAX)
    .load(tx.conn())
    .await
}

/// What was given back in the last 30 days, the most frequent first.
///
/// # Errors
/// When the database fails.
pub async fn given_back(tx: &mut OpsTx) -> Result<Vec<GivenBackCount>> {
    let rows = rows(tx).await?;
    let people: Vec<PersonId> = rows.iter().map(|row| row.person_id).collect();
    let names: HashMap<PersonId, String> = people::names(tx, &people).await?;
    let counted = rows.into_iter().map(|row| GivenBackCount {
        name: names.get(&row.person_id).cloned().unwrap_or_default(),
        person_id: row.person_id,
        reason: row.reason,
        skill: row.skill,
        charts: row.charts,
    });
    Ok(counted.collect())
}
