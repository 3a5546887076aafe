//! What the edits ask of the loaded code lists.

use jiff::civil::Date;

use super::CodeStanding;
use crate::words::CodeSystem;

/// The lists' answers on the day that decides a coding's codes. What no list is loaded for is answered with
/// "nothing known", and no edit then fires.
///
/// Codes are bare and in capitals. A closure that tells standings is a reference that knows nothing else.
pub trait Reference {
    /// What a code is on the day.
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding;

    /// What is known of a diagnosis beyond its standing.
    fn diagnosis(&self, _code: &str) -> DiagnosisFacts {
        DiagnosisFacts::default()
    }

    /// The instructions of the tabular list that hold for a diagnosis: its own and those of every heading
    /// above it, nearest first.
    fn notes(&self, _code: &str) -> Vec<TabularNote> {
        Vec::new()
    }

    /// A code's wording in its list; none where no list tells.
    fn wording(&self, _system: CodeSystem, _code: &str) -> Option<String> {
        None
    }

    /// The codes one step below a heading, in the order of the list; none where no list tells.
    fn longer(&self, _system: CodeSystem, _code: &str) -> Vec<LongerCode> {
        Vec::new()
    }

    /// The NCCI procedure-to-procedure edit of two codes, `one` being the column-one code, on a date of
    /// service.
    fn pair(&self, _ncci: NcciSetting, _one: &str, _two: &str, _on: Date) -> Option<PairEdit> {
        None
    }

    /// The medically unlikely edit of a code on a date of service.
    fn unlikely(&self, _ncci: NcciSetting, _code: &str, _on: Date) -> Option<UnlikelyEdit> {
        None
    }

    /// What a modifier is on a date of service.
    fn modifier(&self, _modifier: &str, _on: Date) -> ModifierStanding {
        ModifierStanding::NoList
    }
}

impl<F: Fn(CodeSystem, &str) -> CodeStanding> Reference for F {
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding {
        self(system, code)
    }
}

/// No list at all: every code is taken by its form.
pub(super) struct NoLists;

impl Reference for NoLists {
    fn standing(&self, _: CodeSystem, _: &str) -> CodeStanding {
        CodeStanding::certain(super::Validity::FormOnly)
    }
}

/// A code below a heading.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LongerCode {
    /// Bare and in capitals.
    pub code: String,
    /// Its wording.
    pub title: String,
}

/// What the lists say of a diagnosis.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiagnosisFacts {
    /// It is what another disease shows: "in diseases classified elsewhere".
    pub manifestation: bool,
    /// It may not be the principal diagnosis of a stay.
    pub unacceptable_principal: bool,
    /// Whether it needs no present-on-admission indicator; none when no list is loaded.
    pub poa_exempt: Option<bool>,
    /// Ages in whole years for which it is plausible, both included.
    pub years: Option<(i16, i16)>,
    /// The sex for which it is plausible.
    pub sex: Option<Sex>,
    /// The CMS-HCC category that it counts for, with its model: "V28 HCC 37".
    pub hcc: Option<String>,
    /// Its wording.
    pub description: Option<String>,
}

text_enum!(
    /// A patient's sex as the claim has it.
    Sex {
        /// Female.
        Female = "F",
        /// Male.
        Male = "M",
    }
);

text_enum!(
    /// The kind of an instruction in the tabular list.
    NoteKind {
        /// "Includes".
        Includes = "includes",
        /// "Excludes1": not coded here, never together.
        Excludes1 = "excludes1",
        /// "Excludes2": not included here; both may be coded.
        Excludes2 = "excludes2",
        /// "Code first".
        CodeFirst = "code_first",
        /// "Use additional code".
        UseAdditional = "use_additional",
        /// "Code also".
        CodeAlso = "code_also",
        /// "Note".
        Note = "note",
        /// What the seventh character says.
        SeventhCharacter = "seventh_character",
    }
);

/// One instruction of the tabular list.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct TabularNote {
    /// Its kind.
    pub kind: NoteKind,
    /// The code, block or chapter at which it stands, such as `E11` or `E08-E13`.
    pub at: String,
    /// Its words.
    pub text: String,
    /// The codes that it names, bare.
    #[serde(skip)]
    pub codes: Vec<CodeRange>,
}

/// Codes from one to another, with everything below both; a single code has both ends the same.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeRange {
    /// The first, bare.
    pub from: String,
    /// The last, bare.
    pub to: String,
}

impl CodeRange {
    /// Whether a bare code lies within it or below one of its ends.
    #[must_use]
    pub fn covers(&self, code: &str) -> bool {
        code >= self.from.as_str() && (code <= self.to.as_str() || code.starts_with(&self.to))
    }
}

/// Which of CMS's two sets of NCCI edits applies to a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NcciSetting {
    /// Practitioners and ambulatory surgery centres.
    Practitioner,
    /// Outpatient hospital.
    OutpatientHospital,
}

/// A procedure-to-procedure edit in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PairEdit {
    /// Whether a modifier may bypass it.
    pub bypass: PairBypass,
    /// CMS's reason.
    pub rationale: String,
}

/// The modifier indicator of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairBypass {
    /// 0: never together.
    Never,
    /// 1: with an NCCI modifier, where the record supports it.
    WithModifier,
}

/// A medically unlikely edit in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnlikelyEdit {
    /// Units at most.
    pub units: i32,
    /// What the units are counted over.
    pub basis: UnlikelyBasis,
}

/// The adjudication indicator of a medically unlikely edit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnlikelyBasis {
    /// 1: each line.
    Line,
    /// 2: each date of service, by policy.
    DatePolicy,
    /// 3: each date of service, by clinical benchmarks; more can be documented.
    DateClinical,
}

/// What a modifier is on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ModifierStanding {
    /// It is listed.
    InForce,
    /// It was, or will be.
    NotInForce,
    /// It is in no list, though lists are loaded.
    Unknown,
    /// No list that would have it is loaded.
    NoList,
}

#[cfg(test)]
mod tests {
    use super::CodeRange;

    #[test]
    fn a_range_covers_its_ends_and_what_is_below_them() {
        let range = |from: &str, to: &str| CodeRange { from: from.into(), to: to.into() };
        let diabetes = range("E08", "E13");
        for code in ["E08", "E0800", "E119", "E13", "E139"] {
            assert!(diabetes.covers(code), "{code}");
        }
        for code in ["E07", "E079", "E14", "F08"] {
            assert!(!diabetes.covers(code), "{code}");
        }
        assert!(range("E119", "E119").covers("E119"));
        assert!(!range("E119", "E119").covers("E11"));
    }
}
