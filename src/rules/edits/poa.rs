//! Rules about what was present on admission.

use serde::{Deserialize, Serialize};

use super::case::{Case, Entry, Say};
use crate::words::PresentOnAdmission;

text_enum!(
    /// What a facility reports for a diagnosis that is exempt from the indicator.
    PoaExempt {
        /// 1 or nothing.
        Either = "either",
        /// 1.
        One = "one",
        /// Nothing.
        Blank = "blank",
    }
);

/// How a facility reports what was present on admission.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PoaTerms {
    /// Whether it reports it at all: critical access, long-term care, cancer, children's and some other
    /// hospitals need not.
    pub asked: bool,
    /// What it reports for an exempt diagnosis.
    pub exempt: PoaExempt,
}

impl Default for PoaTerms {
    fn default() -> Self {
        Self { asked: true, exempt: PoaExempt::Either }
    }
}

/// The diagnoses that take the indicator.
fn indicated<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Entry<'a>> {
    let asked = case.encounter.work_type.needs_present_on_admission() && case.encounter.poa.asked;
    case.numbered().filter(move |_| asked)
}

fn is_exempt(entry: &Entry<'_>) -> bool {
    entry.known.diagnosis.poa_exempt == Some(true)
}

pub(super) fn required(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in indicated(case).filter(|entry| entry.line.poa.is_none() && !is_exempt(entry)) {
        let known = entry.known.diagnosis.poa_exempt.is_some();
        let exempt = if known { "." } else { ", or 1 when it is exempt." };
        say.of(
            entry.place,
            format!(
                "Say whether {} was present on admission: Y yes, N no, U not documented, W not \
                 determinable{exempt}",
                entry.written(),
            ),
        );
    }
}

pub(super) fn exempt(case: &Case<'_>, say: &mut Say<'_>) {
    let blank_or_one = case.encounter.poa.exempt;
    for entry in indicated(case).filter(is_exempt) {
        let wanted = match (blank_or_one, entry.line.poa) {
            (PoaExempt::Either | PoaExempt::Blank, None)
            | (PoaExempt::Either | PoaExempt::One, Some(PresentOnAdmission::Exempt)) => continue,
            (PoaExempt::Blank, _) => "leave the indicator empty",
            (PoaExempt::One, _) => "enter 1",
            (PoaExempt::Either, _) => "enter 1 or nothing",
        };
        say.of(entry.place, format!("{} is exempt from the indicator: {wanted}.", entry.written()));
    }
}

pub(super) fn not_exempt(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in indicated(case) {
        let claimed = entry.line.poa == Some(PresentOnAdmission::Exempt);
        if claimed && entry.known.diagnosis.poa_exempt == Some(false) {
            let code = entry.written();
            say.of(
                entry.place,
                format!(
                    "{code} is not on the list of exempt codes: say Y, N, U or W instead of 1."
                ),
            );
        }
    }
}

pub(super) fn undocumented(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in indicated(case) {
        if entry.line.poa == Some(PresentOnAdmission::Unknown) {
            say.of(
                entry.place,
                format!(
                    "U says that the record does not tell whether {} was present on admission: ask the \
                     provider before you leave it so.",
                    entry.written(),
                ),
            );
        }
    }
}

pub(super) fn unexpected(case: &Case<'_>, say: &mut Say<'_>) {
    let needed: Vec<usize> = indicated(case).map(|entry| entry.place).collect();
    for entry in case.entries().filter(|entry| entry.line.poa.is_some()) {
        if !needed.contains(&entry.place) {
            let whose = if case.encounter.poa.asked {
                "Only the principal and secondary diagnoses of an inpatient stay have a \
                 present-on-admission indicator: remove it."
            } else {
                "This facility reports no present-on-admission indicators: remove it."
            };
            say.of(entry.place, whose);
        }
    }
}
