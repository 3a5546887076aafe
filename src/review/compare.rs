//! A reviewer's lines beside the coder's, as the rules see them, without keeping anything.

use crate::KIND;
use crate::draft::{check_lines, coded};
use crate::proposal::{Proposed, is_unchanged, proposed};
use base::Services;
use base::db::{ClinicalTx, VendorScope};
use base::error::Result;
use charts::ChartRow;
use charts::held;
use codesets::Codes;
use coding::{Basis, CodedLine, DraftLine, Meaning, meaning};
use jiff::civil::Date;
use rules::compare::{Comparison, Line, compare};
use rules::edits::EditFinding;
use rules::ids::ChartId;
use rules::score::{Score, ScoreMethod, score_comparison};
use serde::{Deserialize, Serialize};

/// How one chart is scored.
pub const SCORE_METHOD: ScoreMethod = ScoreMethod::CodeOverCode;

/// A score as it is shown: its counts, its percentage and the formula between them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ScoreView {
    /// The counts.
    #[serde(flatten)]
    pub score: Score,
    /// `correct` ÷ `total` × 100; none when there is nothing to score.
    pub percent: Option<f64>,
    /// How the counts are made.
    pub formula: String,
}

impl ScoreView {
    /// The score of a comparison.
    #[must_use]
    pub fn of(comparison: &Comparison) -> Self {
        let score = score_comparison(comparison, SCORE_METHOD);
        let formula = SCORE_METHOD.formula().to_owned();
        Self { score, percent: score.percent(), formula }
    }
}

/// Two codings side by side with everything that follows from it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Compared {
    /// Whether the reviewer's lines are another coding than the coder's, be it only in a pointer or
    /// in its evidence; the comparison shows what counts.
    pub changed: bool,
    /// Which lines agree and which differ.
    pub comparison: Comparison,
    /// A finding for each difference.
    pub proposed: Vec<Proposed>,
    /// The coder's score if the review ended so.
    pub score: ScoreView,
    /// What the edits say of the reviewer's lines.
    pub edits: Vec<EditFinding>,
    /// The wording of each of the reviewer's codes; none where no list tells.
    pub descriptions: Vec<Option<String>>,
    /// What the reviewer's lines group to, where lists are loaded that tell.
    pub meaning: Meaning,
    /// What the coder's group to.
    pub coder_meaning: Meaning,
}

/// Compares lines with the coding under review.
///
/// # Errors
/// [`base::Error::Conflict`] when the lease is over; [`base::Error::Invalid`] for too many lines.
pub async fn compare_lines(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    lines: &[DraftLine],
) -> Result<Compared> {
    check_lines(lines, "")?;
    let (basis, coder, disposition) = services
        .db
        .desk(scope, async |tx| {
            let chart = held::to_read(tx, KIND, chart).await?.chart;
            let said = coding::disposition_of(tx, &chart, chart.coding_version).await?;
            let basis = basis_of(services, tx, &chart).await?;
            Ok((basis, coding_of(tx, &chart).await?, said))
        })
        .await?;
    let reviewer = coded(lines);
    let sets = services.codes()?;
    let (coders, reviewers) = (bare(&coder), bare(&reviewer));
    let comparison = compare(&coders, &reviewers);
    let said = disposition.as_deref();
    let about = basis.about(said);
    Ok(Compared {
        changed: !is_unchanged(&coder, &reviewer),
        proposed: proposed(&comparison),
        score: ScoreView::of(&comparison),
        edits: coding::findings(&sets, &basis, (&reviewers, said)),
        descriptions: describe(&sets, basis.coded_on(), &reviewer),
        meaning: meaning(&sets, about, &reviewers),
        coder_meaning: meaning(&sets, about, &coders),
        comparison,
    })
}

/// What the coding under review is held against.
pub(crate) async fn basis_of(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
) -> Result<Basis> {
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    coding::basis(tx, &services.keyring, chart, &terms).await
}

/// The coding under review: the last that was handed in.
pub(crate) async fn coding_of(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<Vec<CodedLine>> {
    coding::lines_of(tx, chart, chart.coding_version).await
}

/// What is compared of lines.
pub(crate) fn bare(lines: &[CodedLine]) -> Vec<Line> {
    lines.iter().map(|coded| coded.line.clone()).collect()
}

/// The wordings of codes on the day that decides.
pub(crate) fn describe(codes: &Codes, on: Date, lines: &[CodedLine]) -> Vec<Option<String>> {
    let describe = |coded: &CodedLine| {
        codes.describe(coded.line.system, &coded.line.code, on).map(str::to_owned)
    };
    lines.iter().map(describe).collect()
}
