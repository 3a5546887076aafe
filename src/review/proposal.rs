//! From what a comparison shows to the findings of a review: pure, and the same for page and decision.

use base::FieldError;
use coding::CodedLine;
use rules::compare::{Comparison, Difference, LineRole};
use rules::words::{FindingCategory, FindingSeverity};
use serde::{Deserialize, Serialize};

/// Longest rationale, in characters.
pub const RATIONALE_CHARACTERS_MAX: usize = 2_000;
/// Longest citation, in characters.
pub const CITATION_CHARACTERS_MAX: usize = 300;
/// Findings of one review: more than the lines of two codings.
pub const FINDINGS_MAX: usize = 250;

/// A finding as its reviewer enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FindingEntry {
    /// What kind of difference it is about.
    pub category: FindingCategory,
    /// How much it weighs.
    pub severity: FindingSeverity,
    /// Index of the coder's line, from 0; none when the coder left the code out.
    #[serde(default)]
    pub coder_line: Option<usize>,
    /// Index of the reviewer's line, from 0; none when the reviewer took the code out.
    #[serde(default)]
    pub reviewer_line: Option<usize>,
    /// Why, in the reviewer's words.
    #[serde(default)]
    pub rationale: String,
    /// The guideline or the advice that says so.
    #[serde(default)]
    pub citation: String,
}

impl FindingEntry {
    fn is_about(&self, difference: &Difference) -> bool {
        self.category == difference.category
            && self.coder_line == difference.coder
            && self.reviewer_line == difference.reviewer
    }

    /// A remark on the coding as a whole, which no difference between lines shows.
    const fn is_general(&self) -> bool {
        self.coder_line.is_none() && self.reviewer_line.is_none()
    }
}

/// A difference with the severity that it has unless the reviewer says otherwise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Proposed {
    /// What kind.
    pub category: FindingCategory,
    /// How much it weighs by default.
    pub severity: FindingSeverity,
    /// Index of the coder's line.
    pub coder_line: Option<usize>,
    /// Index of the reviewer's line.
    pub reviewer_line: Option<usize>,
    /// Whether it makes the principal diagnosis another one.
    pub principal: bool,
    /// The coder's value and the reviewer's.
    pub detail: String,
}

/// A finding for every difference.
#[must_use]
pub fn proposed(comparison: &Comparison) -> Vec<Proposed> {
    let propose = |difference: &Difference| Proposed {
        category: difference.category,
        severity: default_severity(difference.category),
        coder_line: difference.coder,
        reviewer_line: difference.reviewer,
        principal: difference.principal,
        detail: difference.detail.clone(),
    };
    comparison.differences.iter().map(propose).collect()
}

/// Another code, or another principal diagnosis, changes what is reported; the rest is form.
const fn default_severity(category: FindingCategory) -> FindingSeverity {
    match category {
        FindingCategory::Missed
        | FindingCategory::Added
        | FindingCategory::Changed
        | FindingCategory::Resequenced
        | FindingCategory::Level => FindingSeverity::Major,
        FindingCategory::PresentOnAdmission
        | FindingCategory::Modifier
        | FindingCategory::Units => FindingSeverity::Minor,
    }
}

/// A finding that is to be stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settled {
    pub entry: FindingEntry,
    /// The coder's value and the reviewer's; empty for a remark.
    pub detail: String,
}

/// Findings for a correction: one for each difference, and remarks on the whole. A minor difference
/// that nobody wrote about is taken as it was proposed.
pub(crate) fn for_correction(
    comparison: &Comparison,
    entries: &[FindingEntry],
) -> Result<Vec<Settled>, Vec<FieldError>> {
    let mut faults = faults_of(entries);
    let mut left: Vec<(usize, &FindingEntry)> = entries.iter().enumerate().collect();
    let mut settled = Vec::new();
    for difference in &comparison.differences {
        let found = left.iter().position(|(_, entry)| entry.is_about(difference));
        let entry = found.map(|at| left.remove(at).1.clone());
        if entry.is_none() && default_severity(difference.category) != FindingSeverity::Minor {
            faults.push(fault("findings".into(), &format!("say why: {}", difference.detail)));
        }
        let entry = entry.unwrap_or_else(|| unwritten(difference));
        settled.push(Settled { entry, detail: difference.detail.clone() });
    }
    for (at, entry) in left {
        if entry.is_general() {
            settled.push(Settled { entry: entry.clone(), detail: String::new() });
        } else {
            faults.push(fault(format!("findings.{at}.category"), "the lines do not differ so"));
        }
    }
    if faults.is_empty() { Ok(settled) } else { Err(faults) }
}

/// Findings for sending a chart back: whatever the reviewer wrote, at least one, about lines that are
/// there. `sides` are the numbers of the coder's and the reviewer's lines.
pub(crate) fn for_sending_back(
    comparison: &Comparison,
    entries: &[FindingEntry],
    sides: (usize, usize),
) -> Result<Vec<Settled>, Vec<FieldError>> {
    let mut faults = faults_of(entries);
    if entries.is_empty() {
        faults.push(fault("findings".into(), "say what is to be corrected"));
    }
    let lies_in = |line: Option<usize>, lines| line.is_none_or(|line| line < lines);
    for (at, entry) in entries.iter().enumerate() {
        if !lies_in(entry.coder_line, sides.0) {
            faults.push(fault(format!("findings.{at}.coder_line"), "there is no such line"));
        }
        if !lies_in(entry.reviewer_line, sides.1) {
            faults.push(fault(format!("findings.{at}.reviewer_line"), "there is no such line"));
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let settle = |entry: &FindingEntry| {
        let found = comparison.differences.iter().find(|difference| entry.is_about(difference));
        let detail = found.map_or_else(String::new, |difference| difference.detail.clone());
        Settled { entry: entry.clone(), detail }
    };
    Ok(entries.iter().map(settle).collect())
}

fn faults_of(entries: &[FindingEntry]) -> Vec<FieldError> {
    let mut faults = Vec::new();
    for (at, entry) in entries.iter().enumerate() {
        if entry.rationale.trim().is_empty() && entry.severity != FindingSeverity::Minor {
            let said = "a critical or major finding needs its rationale";
            faults.push(fault(format!("findings.{at}.rationale"), said));
        }
    }
    faults
}

fn unwritten(difference: &Difference) -> FindingEntry {
    FindingEntry {
        category: difference.category,
        severity: default_severity(difference.category),
        coder_line: difference.coder,
        reviewer_line: difference.reviewer,
        rationale: String::new(),
        citation: String::new(),
    }
}

fn fault(name: String, message: &str) -> FieldError {
    FieldError { name, message: message.to_owned() }
}

/// Whether a reviewer left the coder's lines alone, evidence and pointers included. The order matters
/// within a role only, as on the claim.
pub(crate) fn is_unchanged(coder: &[CodedLine], reviewer: &[CodedLine]) -> bool {
    in_claim_order(coder) == in_claim_order(reviewer)
}

fn in_claim_order(lines: &[CodedLine]) -> Vec<&CodedLine> {
    let mut ordered: Vec<&CodedLine> = lines.iter().collect();
    ordered.sort_by_key(|coded| match coded.line.role {
        LineRole::Admitting => 0,
        LineRole::Principal => 1,
        LineRole::Secondary => 2,
        LineRole::Procedure => 3,
    });
    ordered
}

#[cfg(test)]
mod tests {
    use super::{
        FindingEntry, for_correction, for_sending_back, is_unchanged, proposed, unwritten,
    };
    use coding::CodedLine;
    use proptest::prelude::*;
    use rules::compare::{Comparison, Line, LineRole, compare};
    use rules::details::Details;
    use rules::words::{CodeSystem, FindingCategory, FindingSeverity, PresentOnAdmission};

    fn line(code: &str, role: LineRole, poa: PresentOnAdmission) -> Line {
        Line {
            system: CodeSystem::Icd10Cm,
            code: code.into(),
            role,
            modifiers: Vec::new(),
            units: 1,
            poa: Some(poa),
            pointers: Vec::new(),
            details: Details::default(),
        }
    }

    fn lines(codes: &[&str]) -> Vec<Line> {
        let role = |at| if at == 0 { LineRole::Principal } else { LineRole::Secondary };
        let made = codes.iter().enumerate();
        made.map(|(at, code)| line(code, role(at), PresentOnAdmission::Yes)).collect()
    }

    fn entries(comparison: &Comparison) -> Vec<FindingEntry> {
        let written = |difference| FindingEntry {
            rationale: "the discharge summary says so".into(),
            ..unwritten(difference)
        };
        comparison.differences.iter().map(written).collect()
    }

    #[test]
    fn a_major_difference_needs_words_and_a_minor_one_is_taken_as_proposed() {
        let coder = lines(&["A419", "N390"]);
        let mut reviewer = lines(&["A419", "E119"]);
        reviewer[0].poa = Some(PresentOnAdmission::No);
        let comparison = compare(&coder, &reviewer);
        let severities: Vec<_> = proposed(&comparison).iter().map(|one| one.severity).collect();
        assert_eq!(
            severities,
            [FindingSeverity::Minor, FindingSeverity::Major, FindingSeverity::Major]
        );

        let faults = for_correction(&comparison, &[]).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
        let major: Vec<_> = entries(&comparison).into_iter().skip(1).collect();
        let settled = for_correction(&comparison, &major).unwrap();
        let categories: Vec<_> = settled.iter().map(|one| one.entry.category).collect();
        assert_eq!(
            categories,
            [FindingCategory::PresentOnAdmission, FindingCategory::Missed, FindingCategory::Added]
        );
        assert_eq!(settled[0].detail, "A41.9: Y → N");
    }

    #[test]
    fn a_finding_about_what_does_not_differ_is_refused_and_a_remark_is_kept() {
        let comparison = compare(&lines(&["A419"]), &lines(&["A419"]));
        let remark = FindingEntry {
            category: FindingCategory::Missed,
            severity: FindingSeverity::Minor,
            coder_line: None,
            reviewer_line: None,
            rationale: "mark the evidence".into(),
            citation: String::new(),
        };
        assert_eq!(for_correction(&comparison, std::slice::from_ref(&remark)).unwrap().len(), 1);
        let about_a_line = FindingEntry { coder_line: Some(0), ..remark.clone() };
        let faults = for_correction(&comparison, std::slice::from_ref(&about_a_line)).unwrap_err();
        assert_eq!(faults[0].name, "findings.0.category");

        assert!(for_sending_back(&comparison, &[], (1, 0)).is_err());
        assert_eq!(for_sending_back(&comparison, &[about_a_line], (1, 0)).unwrap().len(), 1);
        let beyond = FindingEntry { coder_line: Some(1), reviewer_line: Some(0), ..remark };
        let faults = for_sending_back(&comparison, &[beyond], (1, 0)).unwrap_err();
        let names: Vec<_> = faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names, ["findings.0.coder_line", "findings.0.reviewer_line"]);
    }

    #[test]
    fn lines_are_unchanged_in_whatever_order_the_roles_come() {
        let bare = |line: &Line| CodedLine { line: line.clone(), evidence: None };
        let coder: Vec<_> = lines(&["A419", "E119", "I10"]).iter().map(bare).collect();
        let moved = [coder[1].clone(), coder[0].clone(), coder[2].clone()];
        assert!(is_unchanged(&coder, &moved), "a principal diagnosis is first wherever it stands");
        let swapped = [coder[0].clone(), coder[2].clone(), coder[1].clone()];
        assert!(!is_unchanged(&coder, &swapped));
    }

    fn some_of(codes: [&'static str; 4]) -> impl Strategy<Value = Vec<&'static str>> {
        prop::collection::vec(prop::sample::select(codes.to_vec()), 0..6)
    }

    proptest! {
        #[test]
        fn what_is_proposed_settles_every_correction(
            coder in some_of(["A419", "E119", "E1165", "I10"]),
            reviewer in some_of(["A419", "E119", "E1100", "N390"]),
        ) {
            let comparison = compare(&lines(&coder), &lines(&reviewer));
            let settled = for_correction(&comparison, &entries(&comparison)).unwrap();
            prop_assert_eq!(settled.len(), comparison.differences.len());
            prop_assert_eq!(proposed(&comparison).len(), settled.len());
        }
    }
}
