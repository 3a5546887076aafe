//! How right a coding was, by formulas that are published with every score.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::compare::{Comparison, Difference};
use crate::metrics::{Interval, share_percent, wilson_interval_percent};
use crate::words::FindingCategory;

/// The accuracy that facilities ask for unless a queue says otherwise, in percent.
pub const TARGET_PERCENT_DEFAULT: u32 = 95;

text_enum!(
    /// How a score is made.
    ScoreMethod {
        /// Lines that are right of the reviewer's lines; a wrong principal diagnosis counts two.
        CodeOverCode = "code_over_code",
        /// The same, but every wrong line counts one.
        CodeOverCodeEqual = "code_over_code_equal",
        /// Charts without any difference of all charts.
        CaseOverCase = "case_over_case",
    }
);

impl ScoreMethod {
    /// The formula, published beside every score.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::CodeOverCode => {
                "(reviewer's codes − errors) ÷ reviewer's codes, at least 0; an error is a code the \
                 coder missed, changed or reported with another POA, modifier or number of units; \
                 a changed or resequenced principal diagnosis is two errors"
            }
            Self::CodeOverCodeEqual => {
                "(reviewer's codes − errors) ÷ reviewer's codes, at least 0; an error is a code the \
                 coder missed, changed, resequenced or reported with another POA, modifier or number \
                 of units"
            }
            Self::CaseOverCase => "charts without any difference ÷ charts reviewed",
        }
    }

    /// What a wrong principal diagnosis costs, in errors.
    const fn principal_errors(self) -> u32 {
        match self {
            Self::CodeOverCode => 2,
            Self::CodeOverCodeEqual | Self::CaseOverCase => 1,
        }
    }
}

/// The score of one chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Score {
    /// What counts as right; `total` − `errors`, at least 0.
    pub correct: u32,
    /// What there was to get right.
    pub total: u32,
    /// Errors; a wrong principal diagnosis may count two.
    pub errors: u32,
    /// Codes the reviewer took out. No line-by-line formula counts them, so they stand beside it.
    pub added: u32,
    /// The formula.
    pub method: ScoreMethod,
}

impl Score {
    /// `correct` ÷ `total` × 100; none when there is nothing to score, published as “no codes”.
    #[must_use]
    pub fn percent(&self) -> Option<f64> {
        share_percent(self.correct, self.total)
    }

    /// Whether it is at or above a target in percent; none when there is nothing to score, so that
    /// such a chart neither breaks nor lengthens a run.
    #[must_use]
    pub fn meets(&self, target_percent: u32) -> Option<bool> {
        let (correct, total) = (u64::from(self.correct), u64::from(self.total));
        (total > 0).then(|| correct * 100 >= u64::from(target_percent) * total)
    }
}

/// Whether a chart is right as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ChartScore {
    /// No difference stands.
    pub correct: bool,
    /// Differences that stand.
    pub errors: u32,
    /// Of these, codes that were taken out.
    pub added: u32,
}

impl From<ChartScore> for Score {
    fn from(chart: ChartScore) -> Self {
        Self {
            correct: u32::from(chart.correct),
            total: 1,
            errors: chart.errors,
            added: chart.added,
            method: ScoreMethod::CaseOverCase,
        }
    }
}

/// Scores a chart from its comparison, as long as nothing in it is disputed.
#[must_use]
pub fn score_comparison(comparison: &Comparison, method: ScoreMethod) -> Score {
    score(method, count(comparison.reviewer_lines), &comparison.differences)
}

/// Scores a chart from the number of the reviewer's lines and the differences that stand; leave out
/// those that a ruling has overturned.
#[must_use]
pub fn score(method: ScoreMethod, reviewer_lines: u32, standing: &[Difference]) -> Score {
    if method == ScoreMethod::CaseOverCase {
        return chart_score(standing).into();
    }
    // A line is wrong once however many differences it has, and wrong for its worst one.
    let mut cost: BTreeMap<usize, u32> = BTreeMap::new();
    for difference in standing {
        let Some(line) = difference.reviewer else {
            continue;
        };
        let errors = if difference.principal { method.principal_errors() } else { 1 };
        let worst = cost.entry(line).or_default();
        *worst = errors.max(*worst);
    }
    let errors = cost.values().fold(0_u32, |sum, errors| sum.saturating_add(*errors));
    Score {
        correct: reviewer_lines.saturating_sub(errors),
        total: reviewer_lines,
        errors,
        added: added(standing),
        method,
    }
}

/// Scores a chart as a whole.
#[must_use]
pub fn chart_score(standing: &[Difference]) -> ChartScore {
    ChartScore {
        correct: standing.is_empty(),
        errors: count(standing.len()),
        added: added(standing),
    }
}

fn added(standing: &[Difference]) -> u32 {
    let added = standing.iter().filter(|d| d.category == FindingCategory::Added);
    count(added.filter_map(|d| d.coder).collect::<BTreeSet<_>>().len())
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// Many charts' scores by one method: sums over sums, so that long charts weigh more.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Accuracy {
    /// The formula.
    pub method: ScoreMethod,
    /// Sum of what is right.
    pub correct: u32,
    /// Sum of what there was to get right.
    pub total: u32,
    /// Sum of the codes that reviewers took out.
    pub added: u32,
    /// Charts with something to score.
    pub charts: u32,
    /// `correct` ÷ `total` × 100; none when there is nothing to score.
    pub percent: Option<f64>,
    /// Wilson 95 % interval of `correct` of `total`. It takes lines as independent; errors gather in
    /// charts, so line by line it is somewhat too narrow.
    pub interval: Option<Interval>,
}

impl Accuracy {
    /// Adds up the scores made by one method; others cannot be added to them and are left out.
    pub fn of(method: ScoreMethod, scores: impl IntoIterator<Item = Score>) -> Self {
        let (mut correct, mut total, mut added, mut charts) = (0_u32, 0_u32, 0_u32, 0_u32);
        for score in scores.into_iter().filter(|score| score.method == method) {
            correct = correct.saturating_add(score.correct);
            total = total.saturating_add(score.total);
            added = added.saturating_add(score.added);
            charts = charts.saturating_add(u32::from(score.total > 0));
        }
        Self {
            method,
            correct,
            total,
            added,
            charts,
            percent: share_percent(correct, total),
            interval: wilson_interval_percent(correct, total),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Accuracy, Score, ScoreMethod, chart_score, score, score_comparison};
    use crate::compare::{Difference, Line, LineRole, compare};
    use crate::details::Details;
    use crate::words::{CodeSystem, FindingCategory, PresentOnAdmission};
    use proptest::prelude::*;

    fn lines(codes: &[&str]) -> Vec<Line> {
        let role = |index| {
            if index == 0 { LineRole::Principal } else { LineRole::Secondary }
        };
        let line = |(index, code): (usize, &&str)| Line {
            system: CodeSystem::Icd10Cm,
            code: (*code).to_owned(),
            role: role(index),
            modifiers: Vec::new(),
            units: 1,
            poa: Some(PresentOnAdmission::Yes),
            pointers: Vec::new(),
            details: Details::default(),
        };
        codes.iter().enumerate().map(line).collect()
    }

    fn scored(coder: &[&str], reviewer: &[&str], method: ScoreMethod) -> Score {
        score_comparison(&compare(&lines(coder), &lines(reviewer)), method)
    }

    #[test]
    fn a_wrong_principal_counts_two_unless_the_method_says_one() {
        let coder = ["R079", "E119", "I10", "N179"];
        let changed = ["I214", "E119", "I10", "N179"];
        let resequenced = ["E119", "R079", "I10", "N179"];
        for reviewer in [changed, resequenced] {
            let two = scored(&coder, &reviewer, ScoreMethod::CodeOverCode);
            assert_eq!((two.correct, two.total, two.errors), (2, 4, 2), "{reviewer:?}");
            let one = scored(&coder, &reviewer, ScoreMethod::CodeOverCodeEqual);
            assert_eq!((one.correct, one.total, one.errors), (3, 4, 1), "{reviewer:?}");
        }
    }

    #[test]
    fn a_missed_principal_that_pushes_the_old_one_down_counts_two_in_all() {
        let score = scored(&["N390"], &["A419", "N390", "E119"], ScoreMethod::CodeOverCode);
        assert_eq!((score.correct, score.total, score.errors), (0, 3, 3));
    }

    #[test]
    fn a_score_never_falls_below_nothing() {
        let score = scored(&["R079"], &["I214"], ScoreMethod::CodeOverCode);
        assert_eq!((score.correct, score.total, score.errors), (0, 1, 2));
        assert_eq!(score.percent(), Some(0.0));
    }

    #[test]
    fn added_codes_stand_beside_the_score_and_break_the_case() {
        let comparison = compare(&lines(&["I214", "Z720"]), &lines(&["I214"]));
        let by_line = score_comparison(&comparison, ScoreMethod::CodeOverCode);
        assert_eq!((by_line.correct, by_line.total, by_line.added), (1, 1, 1));
        let case = score_comparison(&comparison, ScoreMethod::CaseOverCase);
        assert_eq!((case.correct, case.total, case.added), (0, 1, 1));
        assert!(chart_score(&[]).correct);
    }

    #[test]
    fn a_line_with_several_differences_is_wrong_once() {
        let difference = |category| Difference {
            category,
            coder: Some(0),
            reviewer: Some(0),
            principal: false,
            detail: String::new(),
        };
        let standing = [
            difference(FindingCategory::Modifier),
            difference(FindingCategory::Units),
            difference(FindingCategory::PresentOnAdmission),
        ];
        let score = score(ScoreMethod::CodeOverCode, 5, &standing);
        assert_eq!((score.correct, score.errors), (4, 1));
    }

    #[test]
    fn a_chart_without_codes_has_no_percentage_and_meets_no_target() {
        let score = scored(&[], &[], ScoreMethod::CodeOverCode);
        assert_eq!((score.percent(), score.meets(95)), (None, None));
        let accuracy = Accuracy::of(ScoreMethod::CodeOverCode, [score]);
        assert_eq!((accuracy.charts, accuracy.percent, accuracy.interval), (0, None, None));
    }

    #[test]
    fn a_target_is_met_exactly_at_its_value() {
        let at = |correct| {
            let method = ScoreMethod::CodeOverCode;
            Score { correct, total: 20, errors: 20 - correct, added: 0, method }
        };
        assert_eq!(at(19).meets(95), Some(true));
        assert_eq!(at(18).meets(95), Some(false));
    }

    #[test]
    fn accuracy_adds_up_one_method_only() {
        let method = ScoreMethod::CodeOverCode;
        let scores = [
            Score { correct: 9, total: 10, errors: 1, added: 2, method },
            Score { correct: 30, total: 30, errors: 0, added: 0, method },
            Score { correct: 0, total: 1, errors: 1, added: 0, method: ScoreMethod::CaseOverCase },
        ];
        let accuracy = Accuracy::of(method, scores);
        assert_eq!((accuracy.correct, accuracy.total, accuracy.charts), (39, 40, 2));
        assert!((accuracy.percent.unwrap() - 97.5).abs() < 1e-9);
        let interval = accuracy.interval.unwrap();
        assert!(interval.low_percent < 97.5 && 97.5 < interval.high_percent, "{interval:?}");
    }

    proptest! {
        #[test]
        fn a_score_is_a_part_of_its_total_and_perfect_only_without_errors(
            coder in prop::collection::vec(prop::sample::select(vec!["A", "B", "C", "D", "I214"]), 0..8),
            reviewer in prop::collection::vec(prop::sample::select(vec!["A", "B", "C", "E", "I219"]), 0..8),
        ) {
            for method in ScoreMethod::ALL {
                let score = scored(&coder, &reviewer, *method);
                prop_assert!(score.correct <= score.total);
                prop_assert_eq!(score.correct == score.total, score.errors == 0 || score.total == 0);
            }
        }
    }
}
