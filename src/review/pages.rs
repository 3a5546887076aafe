//! The review itself: a frame that the browser fills from the API, so that the page carries no patient.

use crate::KIND;
use crate::compare::SCORE_METHOD;
use crate::proposal::{CITATION_CHARACTERS_MAX, RATIONALE_CHARACTERS_MAX};
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use charts::held;
use charts::notes::NOTE_CHARACTERS_MAX;
use coding::SkipReason;
use rules::access::may;
use rules::ids::ChartId;
use rules::words::{FindingCategory, FindingSeverity};
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "review.html")]
struct ReviewPage {
    shell: Shell,
    chart: ChartId,
    formula: &'static str,
    note_characters_max: usize,
    rationale_characters_max: usize,
    citation_characters_max: usize,
    categories: &'static [FindingCategory],
    severities: &'static [FindingSeverity],
    skips: &'static [SkipReason],
}

/// The words for a kind of difference.
const fn category_words(category: &FindingCategory) -> &'static str {
    match category {
        FindingCategory::Missed => "Missed code",
        FindingCategory::Added => "Unsupported code",
        FindingCategory::Changed => "Wrong code",
        FindingCategory::Resequenced => "Sequence",
        FindingCategory::PresentOnAdmission => "Present on admission",
        FindingCategory::Modifier => "Modifier",
        FindingCategory::Units => "Units",
        FindingCategory::Level => "E/M level",
    }
}

const fn severity_words(severity: &FindingSeverity) -> &'static str {
    match severity {
        FindingSeverity::Critical => "Critical",
        FindingSeverity::Major => "Major",
        FindingSeverity::Minor => "Minor",
    }
}

/// The reviewer's desk for a chart that they hold.
pub(crate) async fn review(
    may: May<may::ReviewCharts>,
    chart: Path<ChartId>,
) -> Answer<HttpResponse> {
    let held = may.desk(async |tx| held::to_read(tx, KIND, *chart).await).await?;
    web::html(&ReviewPage {
        shell: Shell::new(&may, "Review", "/work").full(),
        chart: held.chart.id,
        formula: SCORE_METHOD.formula(),
        note_characters_max: NOTE_CHARACTERS_MAX,
        rationale_characters_max: RATIONALE_CHARACTERS_MAX,
        citation_characters_max: CITATION_CHARACTERS_MAX,
        categories: FindingCategory::ALL,
        severities: FindingSeverity::ALL,
        skips: SkipReason::ALL,
    })
}
