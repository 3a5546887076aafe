//! A line of a coding: its code and the place in the chart that supports it.

use crate::evidence::Evidence;
use rules::compare::{Line, LineRole};
use rules::details::Details;
use rules::words::{CodeSystem, PresentOnAdmission};
use serde::{Deserialize, Serialize};

/// A line as it was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CodedLine {
    /// What is reported.
    #[serde(flatten)]
    pub line: Line,
    /// What supports it.
    pub evidence: Option<Evidence>,
}

/// A line as it is being entered: nothing in it need be right yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DraftLine {
    /// What the line is on the claim.
    pub role: LineRole,
    /// The system of the code.
    pub system: CodeSystem,
    /// The code as it was typed, with or without its point.
    pub code: String,
    /// Modifiers, of CPT and HCPCS codes.
    #[serde(default)]
    pub modifiers: Vec<String>,
    /// Units of service.
    #[serde(default = "one_unit")]
    pub units: i32,
    /// Present on admission, of inpatient diagnoses.
    #[serde(default)]
    pub poa: Option<PresentOnAdmission>,
    /// The diagnoses that the service was for, counted from 1 over principal and secondary ones.
    #[serde(default)]
    pub pointers: Vec<i32>,
    /// What it says beside its code.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// What supports it.
    #[serde(default)]
    pub evidence: Option<Evidence>,
}

const fn one_unit() -> i32 {
    1
}

impl DraftLine {
    /// The same line in the form in which it is checked, compared and stored.
    #[must_use]
    pub fn coded(&self) -> CodedLine {
        let trimmed = |text: &String| text.trim().to_ascii_uppercase();
        CodedLine {
            line: Line {
                system: self.system,
                code: codesets::normalise(&self.code),
                role: self.role,
                modifiers: self
                    .modifiers
                    .iter()
                    .map(trimmed)
                    .filter(|text| !text.is_empty())
                    .collect(),
                units: self.units,
                poa: self.poa,
                pointers: self.pointers.clone(),
                details: self.details.clone(),
            },
            evidence: self.evidence,
        }
    }
}

impl From<CodedLine> for DraftLine {
    fn from(coded: CodedLine) -> Self {
        let Line { system, code, role, modifiers, units, poa, pointers, details } = coded.line;
        let evidence = coded.evidence;
        Self { role, system, code, modifiers, units, poa, pointers, details, evidence }
    }
}
