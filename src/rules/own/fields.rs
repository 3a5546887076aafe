//! What a rule can look at: the fields of a line, and what is true of a coding as a whole.

use super::Coding;
use super::entered::Relation;
use crate::compare::{Line, LineRole};
use crate::details::{EmBasis, Meat};
use crate::edits::Sex;
use crate::words::PresentOnAdmission;

text_enum!(
    /// A kind of line that a rule speaks of.
    LineKind {
        /// The principal or a secondary diagnosis.
        Diagnosis = "diagnosis",
        /// The principal or first-listed diagnosis.
        Principal = "principal",
        /// Any other diagnosis.
        Secondary = "secondary",
        /// The diagnosis on admission.
        Admitting = "admitting",
        /// A procedure, service or supply.
        Procedure = "procedure",
    }
);

text_enum!(
    /// A field of a line.
    LineField {
        /// Its code, by itself, by what it begins with, or by a range.
        Code = "code",
        /// The wording of its code in the loaded list.
        Wording = "wording",
        /// Its modifiers.
        Modifiers = "modifiers",
        /// Its units of service.
        Units = "units",
        /// Present on admission.
        Poa = "poa",
        /// How many diagnoses it points at.
        Pointers = "pointers",
        /// The CMS place of service.
        PlaceOfService = "place_of_service",
        /// The revenue code.
        RevenueCode = "revenue_code",
        /// Who rendered it.
        Provider = "provider",
        /// On what an E/M level rests.
        EmBasis = "em_basis",
        /// Minutes of service.
        Minutes = "minutes",
        /// Whether the patient was seen face to face.
        FaceToFace = "face_to_face",
        /// What was done about a diagnosis.
        Meat = "meat",
    }
);

text_enum!(
    /// Something of the encounter or of the coding as a whole.
    Matter {
        /// The patient's age in whole years on the first day.
        Age = "age",
        /// The patient's sex, as registered.
        Sex = "sex",
        /// Days from the first day to discharge.
        Stay = "stay",
        /// Where the patient went at discharge.
        Disposition = "disposition",
        /// How many diagnoses are reported.
        Diagnoses = "diagnoses",
        /// How many procedures are reported.
        Procedures = "procedures",
    }
);

/// What the values of a field are.
#[derive(Debug, Clone, Copy)]
pub(super) enum ValueKind {
    Codes,
    Words,
    Number,
    /// From a closed list.
    Closed(fn() -> Vec<&'static str>),
    /// Letters and digits of a length.
    Characters(usize),
    /// Anything.
    Free,
}

impl ValueKind {
    pub(super) const fn comparisons(self) -> &'static [Relation] {
        match self {
            Self::Number => &[Relation::AtLeast, Relation::AtMost],
            _ => &[Relation::Among, Relation::NotAmong],
        }
    }
}

fn words_of<T: Copy>(all: &[T], word: fn(T) -> &'static str) -> Vec<&'static str> {
    all.iter().map(|it| word(*it)).collect()
}

impl LineKind {
    /// One of them, for a sentence.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Diagnosis => "diagnosis",
            Self::Principal => "principal or first-listed diagnosis",
            Self::Secondary => "secondary diagnosis",
            Self::Admitting => "admitting diagnosis",
            Self::Procedure => "procedure or service",
        }
    }
}

impl LineField {
    /// Its name on pages and in sentences.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Wording => "wording",
            Self::Modifiers => "modifiers",
            Self::Units => "units",
            Self::Poa => "present on admission",
            Self::Pointers => "number of pointers",
            Self::PlaceOfService => "place of service",
            Self::RevenueCode => "revenue code",
            Self::Provider => "provider",
            Self::EmBasis => "E/M basis",
            Self::Minutes => "minutes",
            Self::FaceToFace => "face to face",
            Self::Meat => "MEAT",
        }
    }

    /// How it can be held against values.
    #[must_use]
    pub const fn comparisons(self) -> &'static [Relation] {
        self.values().comparisons()
    }

    /// What to enter.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Code => "Codes, what they begin with, or ranges: E11, I10-I15, 99281-99285",
            Self::Wording => "Words of the list's wording: unspecified",
            Self::Modifiers => "Modifiers: 25, 59, XU; none for a line without",
            Self::Units | Self::Pointers | Self::Minutes => "A whole number",
            Self::Poa => "Y, N, U, W, 1; none where nothing is entered",
            Self::PlaceOfService => "Two digits: 11, 22; none where nothing is entered",
            Self::RevenueCode => "Four digits: 0450; none where nothing is entered",
            Self::Provider => "NPIs or names as coders enter them; none where nothing is entered",
            Self::EmBasis => "mdm, time; none where nothing is entered",
            Self::FaceToFace => "yes, no; none where nothing is entered",
            Self::Meat => "monitored, evaluated, assessed, treated; none where nothing is entered",
        }
    }

    pub(super) const fn values(self) -> ValueKind {
        match self {
            Self::Code => ValueKind::Codes,
            Self::Wording => ValueKind::Words,
            Self::Units | Self::Pointers | Self::Minutes => ValueKind::Number,
            Self::Modifiers | Self::PlaceOfService => ValueKind::Characters(2),
            Self::RevenueCode => ValueKind::Characters(4),
            Self::Provider => ValueKind::Free,
            Self::Poa => {
                ValueKind::Closed(|| words_of(PresentOnAdmission::ALL, PresentOnAdmission::as_str))
            }
            Self::EmBasis => ValueKind::Closed(|| words_of(EmBasis::ALL, EmBasis::as_str)),
            Self::FaceToFace => ValueKind::Closed(|| vec!["yes", "no"]),
            Self::Meat => ValueKind::Closed(|| words_of(Meat::ALL, Meat::as_str)),
        }
    }

    /// The field of the desk that a finding leads to.
    pub(super) const fn of_line(self) -> &'static str {
        match self {
            Self::Wording => Self::Code.as_str(),
            _ => self.as_str(),
        }
    }

    pub(super) fn texts(self, line: &Line) -> Vec<&str> {
        let details = &line.details;
        match self {
            Self::Modifiers => line.modifiers.iter().map(String::as_str).collect(),
            Self::Poa => line.poa.iter().map(|it| it.as_str()).collect(),
            Self::PlaceOfService => details.place_of_service.iter().map(String::as_str).collect(),
            Self::RevenueCode => details.revenue_code.iter().map(String::as_str).collect(),
            Self::Provider => details.provider.iter().map(String::as_str).collect(),
            Self::EmBasis => details.em_basis.iter().map(|it| it.as_str()).collect(),
            Self::FaceToFace => {
                details.face_to_face.iter().map(|seen| if *seen { "yes" } else { "no" }).collect()
            }
            Self::Meat => details.meat.iter().map(|it| it.as_str()).collect(),
            Self::Code | Self::Wording | Self::Units | Self::Pointers | Self::Minutes => Vec::new(),
        }
    }

    pub(super) fn number(self, line: &Line) -> Option<i32> {
        match self {
            Self::Units => Some(line.units),
            Self::Pointers => i32::try_from(line.pointers.len()).ok(),
            Self::Minutes => line.details.minutes,
            _ => None,
        }
    }
}

impl Matter {
    /// Its name on pages and in sentences.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Age => "patient's age in years",
            Self::Sex => "patient's sex",
            Self::Stay => "stay in days",
            Self::Disposition => "discharge disposition",
            Self::Diagnoses => "number of diagnoses",
            Self::Procedures => "number of procedures",
        }
    }

    /// How it can be held against values.
    #[must_use]
    pub const fn comparisons(self) -> &'static [Relation] {
        self.values().comparisons()
    }

    /// What to enter.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Sex => "F, M; none where it is not known",
            Self::Disposition => "Two digits: 01, 20; none where nothing is entered",
            Self::Age | Self::Stay | Self::Diagnoses | Self::Procedures => "A whole number",
        }
    }

    pub(super) const fn values(self) -> ValueKind {
        match self {
            Self::Sex => ValueKind::Closed(|| words_of(Sex::ALL, Sex::as_str)),
            Self::Disposition => ValueKind::Characters(2),
            Self::Age | Self::Stay | Self::Diagnoses | Self::Procedures => ValueKind::Number,
        }
    }

    pub(super) fn text<'a>(self, coding: &Coding<'a>) -> Option<&'a str> {
        match self {
            Self::Sex => coding.encounter.patient.sex.map(Sex::as_str),
            Self::Disposition => coding.disposition,
            Self::Age | Self::Stay | Self::Diagnoses | Self::Procedures => None,
        }
    }

    pub(super) fn number(self, coding: &Coding<'_>) -> Option<i32> {
        let encounter = coding.encounter;
        let count = |kind: LineKind| {
            let has = |line: &&Line| kind.has(line.role);
            i32::try_from(coding.lines.iter().filter(has).count()).ok()
        };
        match self {
            Self::Age => encounter.patient.years_on(encounter.service_date).map(i32::from),
            Self::Stay => {
                let days = encounter.discharge_date?.since(encounter.service_date).ok()?.get_days();
                Some(days)
            }
            Self::Diagnoses => count(LineKind::Diagnosis),
            Self::Procedures => count(LineKind::Procedure),
            Self::Sex | Self::Disposition => None,
        }
    }
}

impl LineKind {
    pub(super) const fn has(self, role: LineRole) -> bool {
        match self {
            Self::Diagnosis => matches!(role, LineRole::Principal | LineRole::Secondary),
            Self::Principal => matches!(role, LineRole::Principal),
            Self::Secondary => matches!(role, LineRole::Secondary),
            Self::Admitting => matches!(role, LineRole::Admitting),
            Self::Procedure => matches!(role, LineRole::Procedure),
        }
    }
}
