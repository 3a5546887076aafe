//! What was asked and answered about a chart, for the package that goes back with its codes.

use crate::store;
use crate::texts;
use crate::view::names;
use base::db::ClinicalTx;
use base::error::Result;
use base::keyring::Keyring;
use charts::ChartRow;
use rules::Instant;
use rules::ids::QueryId;
use rules::query::in_words;
use serde::{Deserialize, Serialize};

/// A question with its answer, as the facility keeps it.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct AnsweredQuery {
    /// The question.
    pub id: QueryId,
    /// What it was about.
    pub title: String,
    /// What was asked.
    pub question: String,
    /// What it rested on, in the record's words.
    pub indicators: Vec<String>,
    /// What might have been chosen.
    pub choices: Vec<String>,
    /// When it was asked.
    pub asked_at: Instant,
    /// What was answered.
    pub answer: String,
    /// What the provider said besides.
    pub comment: String,
    /// Who answered.
    pub provider: String,
    /// When.
    pub answered_at: Instant,
}

impl std::fmt::Debug for AnsweredQuery {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "AnsweredQuery({})", self.id)
    }
}

/// The answered questions about a chart, oldest first. The caller writes down that the chart was read.
///
/// # Errors
/// When opening or the database fails.
pub async fn answered(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<Vec<AnsweredQuery>> {
    let mut rows = store::of_chart(tx, chart).await?;
    rows.retain(|row| row.answered_at.is_some());
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<QueryId> = rows.iter().map(|row| row.id).collect();
    let mut texts = texts::read(tx, keyring, chart.facility_id, &ids).await?;
    let names = names(tx, chart.facility_id).await?;
    let packed = rows.into_iter().filter_map(|row| {
        let texts::Texts { question, answer } = texts.remove(&row.id)?;
        let (answer, answered_at) = (answer?, row.answered_at?);
        let provider = row.answered_by.and_then(|id| names.get(&id).cloned());
        Some(AnsweredQuery {
            id: row.id,
            choices: question.choices(),
            answer: in_words(&question, &answer),
            comment: answer.comment,
            title: question.title,
            question: question.text,
            indicators: question.indicators.into_iter().map(|it| it.quote).collect(),
            asked_at: row.asked_at,
            provider: provider.unwrap_or_default(),
            answered_at,
        })
    });
    Ok(packed.collect())
}
