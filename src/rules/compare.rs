//! What a reviewer's codes change in a coder's: two lists of lines aligned, differences named.

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::details::Details;
use crate::words::{CodeSystem, FindingCategory, PresentOnAdmission};

text_enum!(
    /// What a line is on the claim.
    LineRole {
        /// The diagnosis on admission.
        Admitting = "admitting",
        /// The principal diagnosis, or the first-listed one of an outpatient encounter.
        Principal = "principal",
        /// Any other diagnosis.
        Secondary = "secondary",
        /// A procedure, service or supply.
        Procedure = "procedure",
    }
);

/// One line of a coding, as far as a comparison looks at it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Line {
    /// The system of the code.
    pub system: CodeSystem,
    /// The code without dot, in capitals.
    pub code: String,
    /// What the line is on the claim.
    pub role: LineRole,
    /// Modifiers; their order means nothing here.
    pub modifiers: Vec<String>,
    /// Units of service.
    pub units: i32,
    /// Present on admission, where the setting asks for it.
    pub poa: Option<PresentOnAdmission>,
    /// Diagnosis pointers. Not compared: they move with the order of the diagnoses.
    pub pointers: Vec<i32>,
    /// What it says beside its code. Not compared.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
}

impl Line {
    /// Its code as people write it.
    #[must_use]
    pub fn written(&self) -> String {
        self.system.written(&self.code)
    }
}

/// A coder's line and a reviewer's line that report the same code; indices count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Agreed {
    /// Index of the coder's line.
    pub coder: usize,
    /// Index of the reviewer's line.
    pub reviewer: usize,
}

/// One difference; a line may have several.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Difference {
    /// What kind.
    pub category: FindingCategory,
    /// Index of the coder's line; none when the coder left the code out.
    pub coder: Option<usize>,
    /// Index of the reviewer's line; none when the reviewer took the code out.
    pub reviewer: Option<usize>,
    /// Whether it makes the coder's principal diagnosis another one.
    pub principal: bool,
    /// The coder's value and the reviewer's, as in `99213 → 99214`; codes only, no patient data.
    pub detail: String,
}

/// Two codings side by side.
///
/// Each line of either side is in exactly one agreed pair or in exactly one difference of the
/// category missed, added, changed or level. The other categories annotate agreed pairs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Comparison {
    /// Pairs of the same code, whether or not a detail differs, in the reviewer's order.
    pub agreed: Vec<Agreed>,
    /// Differences, in the reviewer's order, added codes last.
    pub differences: Vec<Difference>,
    /// How many lines the reviewer has: the denominator of the score.
    pub reviewer_lines: usize,
}

impl Comparison {
    /// Whether there is nothing to find.
    #[must_use]
    pub fn is_same(&self) -> bool {
        self.differences.is_empty()
    }

    /// How many differences are of a category.
    #[must_use]
    pub fn count(&self, category: FindingCategory) -> usize {
        self.differences.iter().filter(|difference| difference.category == category).count()
    }
}

/// Compares a coder's lines with a reviewer's.
///
/// Lines are paired one to one, each time the first with the first: those that are the same in all
/// that is compared; then the same code; then codes of the same kind (ICD-10: the first three
/// characters; CPT: both E/M); then what is left of the principal and admitting diagnoses. An
/// admitting diagnosis is only ever paired with an admitting one.
#[must_use]
pub fn compare(coder: &[Line], reviewer: &[Line]) -> Comparison {
    let mut left = Unpaired {
        coder: coder.iter().enumerate().collect(),
        reviewer: reviewer.iter().enumerate().collect(),
    };
    let mut same = left.pair(is_equal);
    same.extend(left.pair(is_same_code));
    let mut replaced = left.pair(is_same_kind);
    replaced.extend(left.pair(is_same_single_role));
    same.sort_unstable_by_key(|pair| pair.reviewer.0);

    let mut differences: Vec<Difference> =
        same.iter().flat_map(|pair| differences_within(pair, reviewer)).collect();
    differences.extend(replaced.iter().map(replacement));
    differences.extend(left.reviewer.iter().map(missed));
    differences.sort_by_key(|difference| difference.reviewer);
    differences.extend(left.coder.iter().map(added));
    let agreed =
        same.iter().map(|pair| Agreed { coder: pair.coder.0, reviewer: pair.reviewer.0 }).collect();
    Comparison { agreed, differences, reviewer_lines: reviewer.len() }
}

type Numbered<'a> = (usize, &'a Line);

struct Pair<'a> {
    coder: Numbered<'a>,
    reviewer: Numbered<'a>,
}

struct Unpaired<'a> {
    coder: Vec<Numbered<'a>>,
    reviewer: Vec<Numbered<'a>>,
}

impl<'a> Unpaired<'a> {
    /// Takes out the pairs that belong together. `belong` is an equivalence, so that first with first
    /// leaves the same number of lines over whichever side begins.
    fn pair(&mut self, belong: fn(&Line, &Line) -> bool) -> Vec<Pair<'a>> {
        let mut pairs = Vec::new();
        self.coder.retain(|coder| {
            let found = self.reviewer.iter().position(|reviewer| belong(coder.1, reviewer.1));
            if let Some(found) = found {
                pairs.push(Pair { coder: *coder, reviewer: self.reviewer.remove(found) });
            }
            found.is_none()
        });
        pairs
    }
}

fn is_equal(a: &Line, b: &Line) -> bool {
    is_same_code(a, b)
        && a.role == b.role
        && a.units == b.units
        && a.poa == b.poa
        && modifiers(a) == modifiers(b)
}

fn is_same_code(a: &Line, b: &Line) -> bool {
    a.system == b.system && a.code == b.code && is_admitting(a) == is_admitting(b)
}

fn is_same_kind(a: &Line, b: &Line) -> bool {
    a.system == b.system
        && is_admitting(a) == is_admitting(b)
        && match a.system {
            CodeSystem::Icd10Cm | CodeSystem::Icd10Pcs => category(a) == category(b),
            CodeSystem::Cpt => is_evaluation_and_management(a) && is_evaluation_and_management(b),
            CodeSystem::Hcpcs => false,
        }
}

/// A claim has one principal and one admitting diagnosis: another code there replaces the first.
fn is_same_single_role(a: &Line, b: &Line) -> bool {
    a.system == b.system
        && a.role == b.role
        && matches!(a.role, LineRole::Principal | LineRole::Admitting)
}

fn is_admitting(line: &Line) -> bool {
    line.role == LineRole::Admitting
}

/// The three-character category of an ICD-10 code.
fn category(line: &Line) -> &str {
    line.code.get(..3).unwrap_or(&line.code)
}

/// CPT 99202 to 99499.
fn is_evaluation_and_management(line: &Line) -> bool {
    line.system == CodeSystem::Cpt
        && line.code.len() == 5
        && line.code.parse::<u32>().is_ok_and(|code| (99_202..=99_499).contains(&code))
}

fn modifiers(line: &Line) -> BTreeSet<&str> {
    line.modifiers.iter().map(String::as_str).collect()
}

fn differences_within(pair: &Pair<'_>, reviewer_lines: &[Line]) -> Vec<Difference> {
    let (coder, reviewer) = (pair.coder.1, pair.reviewer.1);
    let mut found = Vec::new();
    let mut note = |category, from: String, to: String| {
        found.push(Difference {
            category,
            coder: Some(pair.coder.0),
            reviewer: Some(pair.reviewer.0),
            principal: category == FindingCategory::Resequenced,
            detail: format!("{}: {from} → {to}", reviewer.written()),
        });
    };
    if is_resequenced(coder, reviewer, reviewer_lines) {
        note(FindingCategory::Resequenced, coder.role.to_string(), reviewer.role.to_string());
    }
    if coder.poa != reviewer.poa {
        let shown = |poa: Option<PresentOnAdmission>| {
            poa.map_or_else(|| "none".to_owned(), |poa| poa.to_string())
        };
        note(FindingCategory::PresentOnAdmission, shown(coder.poa), shown(reviewer.poa));
    }
    let (had, has) = (modifiers(coder), modifiers(reviewer));
    if had != has {
        note(FindingCategory::Modifier, listed(&had), listed(&has));
    }
    if coder.units != reviewer.units {
        note(FindingCategory::Units, coder.units.to_string(), reviewer.units.to_string());
    }
    found
}

/// A swap is one difference, on the line that should have been principal. The line that gave way is
/// the difference only where the reviewer has no principal line to blame.
fn is_resequenced(coder: &Line, reviewer: &Line, reviewer_lines: &[Line]) -> bool {
    let is_principal = |line: &Line| line.role == LineRole::Principal;
    match (is_principal(coder), is_principal(reviewer)) {
        (false, true) => true,
        (true, false) => {
            !reviewer_lines.iter().any(|line| is_principal(line) && line.system == coder.system)
        }
        _ => false,
    }
}

fn listed(modifiers: &BTreeSet<&str>) -> String {
    if modifiers.is_empty() {
        return "none".to_owned();
    }
    modifiers.iter().copied().collect::<Vec<_>>().join(", ")
}

fn replacement(pair: &Pair<'_>) -> Difference {
    let (coder, reviewer) = (pair.coder.1, pair.reviewer.1);
    let is_level = is_evaluation_and_management(coder) && is_evaluation_and_management(reviewer);
    Difference {
        category: if is_level { FindingCategory::Level } else { FindingCategory::Changed },
        coder: Some(pair.coder.0),
        reviewer: Some(pair.reviewer.0),
        principal: reviewer.role == LineRole::Principal,
        detail: format!("{} → {}", coder.written(), reviewer.written()),
    }
}

fn missed((index, line): &Numbered<'_>) -> Difference {
    Difference {
        category: FindingCategory::Missed,
        coder: None,
        reviewer: Some(*index),
        principal: line.role == LineRole::Principal,
        detail: line.code.clone(),
    }
}

fn added((index, line): &Numbered<'_>) -> Difference {
    Difference {
        category: FindingCategory::Added,
        coder: Some(*index),
        reviewer: None,
        principal: line.role == LineRole::Principal,
        detail: line.code.clone(),
    }
}
