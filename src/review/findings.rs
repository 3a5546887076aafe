//! Findings' rows: which codes differ is in the clear on the clinical planes, the words are sealed.

use crate::proposal::Settled;
use crate::schema::findings;
use crate::store::ReviewRow;
use base::db::ClinicalTx;
use base::error::Result;
use base::keyring::Keyring;
use base::seal::FieldContext;
use charts::ChartRow;
use coding::CodedLine;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::ids::{ChartId, FacilityId, FindingId, ReviewId};
use rules::words::{CodeSystem, FindingCategory, FindingSeverity};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Findings of one chart over all its reviews, at most.
const FINDINGS_SHOWN_MAX: i64 = 1_000;

/// A finding, opened.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FindingView {
    /// The finding.
    pub id: FindingId,
    /// What kind of difference.
    pub category: FindingCategory,
    /// How much it weighs.
    pub severity: FindingSeverity,
    /// The system of the codes; none of a remark on the whole.
    pub system: Option<CodeSystem>,
    /// The coder's code; none when the coder left it out.
    pub coder_code: Option<String>,
    /// The reviewer's code; none when the reviewer took it out.
    pub reviewer_code: Option<String>,
    /// The coder's value and the reviewer's, as in `E11.9: Y → N`; empty for a remark on the whole.
    pub detail: String,
    /// Why, in the reviewer's words.
    pub rationale: Option<String>,
    /// The guideline or the advice that says so.
    pub citation: Option<String>,
}

/// What is sealed of a finding.
#[derive(Serialize, Deserialize)]
struct Words {
    detail: String,
    rationale: String,
    citation: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = findings, check_for_backend(diesel::pg::Pg))]
struct FindingRow {
    facility_id: FacilityId,
    id: FindingId,
    chart_id: ChartId,
    review_id: ReviewId,
    position: i32,
    category: FindingCategory,
    severity: FindingSeverity,
    system: Option<CodeSystem>,
    coder_code: Option<String>,
    reviewer_code: Option<String>,
    rationale_sealed: Option<Vec<u8>>,
}

const fn context(facility: FacilityId, id: FindingId) -> FieldContext {
    FieldContext { facility, table: "findings", row: id.uuid() }
}

/// The two codings that findings are about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Sides<'a> {
    pub coder: &'a [CodedLine],
    pub reviewer: &'a [CodedLine],
}

/// Stores the findings of a review, in their order.
pub(crate) async fn insert(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    review: &ReviewRow,
    (settled, sides): (&[Settled], Sides<'_>),
) -> Result<()> {
    if settled.is_empty() {
        return Ok(());
    }
    let key = keyring.key(tx, review.facility_id).await?;
    let mut rows = Vec::with_capacity(settled.len());
    for (position, Settled { entry, detail }) in (0..).zip(settled) {
        let id = FindingId::new();
        let words = Words {
            detail: detail.clone(),
            rationale: entry.rationale.trim().to_owned(),
            citation: entry.citation.trim().to_owned(),
        };
        let plain = serde_json::to_vec(&words)?;
        let coder = entry.coder_line.and_then(|at| sides.coder.get(at));
        let reviewer = entry.reviewer_line.and_then(|at| sides.reviewer.get(at));
        rows.push(FindingRow {
            facility_id: review.facility_id,
            id,
            chart_id: review.chart_id,
            review_id: review.id,
            position,
            category: entry.category,
            severity: entry.severity,
            system: reviewer.or(coder).map(|coded| coded.line.system),
            coder_code: coder.map(|coded| coded.line.code.clone()),
            reviewer_code: reviewer.map(|coded| coded.line.code.clone()),
            rationale_sealed: Some(key.seal_field(context(review.facility_id, id), &plain)?),
        });
    }
    diesel::insert_into(findings::table).values(&rows).execute(tx.conn()).await?;
    Ok(())
}

/// The chart's findings by their reviews, each in its order. The caller writes down that they were
/// read.
pub(crate) async fn of_chart(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<HashMap<ReviewId, Vec<FindingView>>> {
    let rows: Vec<FindingRow> = findings::table
        .filter(findings::facility_id.eq(chart.facility_id))
        .filter(findings::chart_id.eq(chart.id))
        .order((findings::review_id, findings::position))
        .limit(FINDINGS_SHOWN_MAX)
        .select(FindingRow::as_select())
        .load(tx.conn())
        .await?;
    let mut by_review: HashMap<ReviewId, Vec<FindingView>> = HashMap::new();
    if rows.is_empty() {
        return Ok(by_review);
    }
    let key = keyring.key(tx, chart.facility_id).await?;
    for row in rows {
        let words = match &row.rationale_sealed {
            Some(sealed) => {
                let plain = key.open_field(context(row.facility_id, row.id), sealed)?;
                Some(serde_json::from_slice::<Words>(&plain)?)
            }
            None => None,
        };
        let review = row.review_id;
        by_review.entry(review).or_default().push(view(row, words.as_ref()));
    }
    Ok(by_review)
}

fn view(row: FindingRow, words: Option<&Words>) -> FindingView {
    let said = |text: &String| (!text.is_empty()).then(|| text.clone());
    FindingView {
        id: row.id,
        category: row.category,
        severity: row.severity,
        system: row.system,
        coder_code: row.coder_code,
        reviewer_code: row.reviewer_code,
        detail: words.map_or_else(String::new, |words| words.detail.clone()),
        rationale: words.and_then(|words| said(&words.rationale)),
        citation: words.and_then(|words| said(&words.citation)),
    }
}
