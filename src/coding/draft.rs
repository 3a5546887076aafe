//! What a coder has entered so far, and how large it may grow.

use crate::line::DraftLine;
use base::error::{Checks, Error, Result};
use charts::notes::NOTE_CHARACTERS_MAX;
use rules::details::Details;
use serde::{Deserialize, Serialize};

/// Lines of one draft: above what any claim carries.
pub const LINES_MAX: usize = 100;
/// A whole draft as JSON.
pub const DRAFT_BYTES_MAX: usize = 131_072;
/// A code as it is typed.
pub const CODE_CHARACTERS_MAX: usize = 16;
/// Modifiers or pointers of one line: above what a claim carries, so that the edits can say so.
pub const PARTS_PER_LINE_MAX: usize = 12;
/// A provider's name.
pub const PROVIDER_CHARACTERS_MAX: usize = 80;
/// Why a finding was set aside.
pub const REASON_CHARACTERS_MAX: usize = 300;

/// What a coder has entered so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Draft {
    /// In the order of the claim.
    #[serde(default)]
    pub lines: Vec<DraftLine>,
    /// Where the patient went at discharge, where there was a stay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// The coder's words to the reviewer and the facility.
    #[serde(default)]
    pub note: String,
    /// Findings that the coder sets aside.
    #[serde(default)]
    pub dismissals: Vec<Dismissal>,
}

/// A finding set aside, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Dismissal {
    /// The rule, such as `code.leaf`.
    pub rule: String,
    /// Index of the line, from 0; none when the finding is about the coding as a whole.
    pub line: Option<usize>,
    /// In the coder's words.
    pub reason: String,
}

impl Draft {
    /// Everything in it that is larger than it may be.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names each such entry; [`Error::TooLarge`] for the draft as a whole.
    pub fn check_size(&self) -> Result<()> {
        let mut checks = Checks::default();
        checks
            .require(self.lines.len() <= LINES_MAX, "lines", "at most 100 lines")
            .require(self.dismissals.len() <= LINES_MAX, "dismissals", "at most 100")
            .require(
                self.note.chars().count() <= NOTE_CHARACTERS_MAX,
                "note",
                "at most 4,000 characters",
            );
        let said = self.disposition.as_ref().is_none_or(|it| it.len() <= CODE_CHARACTERS_MAX);
        checks.require(said, "disposition", "two digits");
        for (place, line) in self.lines.iter().enumerate() {
            check_line(&mut checks, place, line);
        }
        for (place, dismissal) in self.dismissals.iter().enumerate() {
            let fits = dismissal.reason.chars().count() <= REASON_CHARACTERS_MAX
                && dismissal.rule.len() <= REASON_CHARACTERS_MAX;
            let name = format!("dismissals.{place}.reason");
            checks.require(fits, &name, "at most 300 characters");
        }
        checks.done()?;
        if serde_json::to_vec(self)?.len() > DRAFT_BYTES_MAX {
            return Err(Error::TooLarge(format!("a draft has at most {DRAFT_BYTES_MAX} bytes")));
        }
        Ok(())
    }

    /// The reason given for a finding, unless it is blank.
    #[must_use]
    pub fn reason_for(&self, rule: &str, line: Option<usize>) -> Option<&Dismissal> {
        self.dismissals.iter().find(|dismissal| {
            dismissal.rule == rule && dismissal.line == line && !dismissal.reason.trim().is_empty()
        })
    }
}

fn details_fit(details: &Details) -> bool {
    let texts = [&details.place_of_service, &details.provider, &details.revenue_code];
    let short = |text: &&String| text.chars().count() <= PROVIDER_CHARACTERS_MAX;
    texts.into_iter().flatten().all(|text| short(&text)) && details.meat.len() <= PARTS_PER_LINE_MAX
}

fn check_line(checks: &mut Checks, place: usize, line: &DraftLine) {
    let short = |text: &String| text.chars().count() <= CODE_CHARACTERS_MAX;
    let named = |field: &str| format!("lines.{place}.{field}");
    checks
        .require(short(&line.code), &named("code"), "too long for a code")
        .require(
            line.modifiers.len() <= PARTS_PER_LINE_MAX && line.modifiers.iter().all(short),
            &named("modifiers"),
            "too many or too long",
        )
        .require(line.pointers.len() <= PARTS_PER_LINE_MAX, &named("pointers"), "too many")
        .require(details_fit(&line.details), &named("details"), "too long")
        .require(
            line.evidence.is_none_or(|place| place.is_place()),
            &named("evidence"),
            "no words and no box on a page: mark it again",
        );
}

#[cfg(test)]
mod tests {
    use super::{Dismissal, Draft, LINES_MAX};
    use crate::line::DraftLine;

    fn line(json: &str) -> DraftLine {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn a_line_as_typed_becomes_the_line_that_is_stored() {
        let typed = line(
            r#"{"role":"procedure","system":"cpt","code":" 9921 3","modifiers":[" lt","","25 "]}"#,
        );
        let coded = typed.coded();
        assert_eq!(coded.line.code, "99213");
        assert_eq!(coded.line.modifiers, ["LT", "25"]);
        assert_eq!(coded.line.units, 1);
        let diagnosis = line(r#"{"role":"principal","system":"icd10cm","code":"e11.65"}"#);
        assert_eq!(diagnosis.coded().line.code, "E1165");
        assert_eq!(DraftLine::from(coded.clone()).coded(), coded);
    }

    #[test]
    fn what_is_too_large_is_named_all_at_once() {
        let fine = line(r#"{"role":"principal","system":"icd10cm","code":"I10"}"#);
        let mut draft = Draft { lines: vec![fine.clone(); LINES_MAX], ..Draft::default() };
        assert!(draft.check_size().is_ok());
        draft.lines.push(DraftLine { code: "X".repeat(17), ..fine });
        draft.note = "n".repeat(4_001);
        let base::Error::Invalid(faults) = draft.check_size().unwrap_err() else { panic!() };
        let names: Vec<_> = faults.iter().map(|fault| fault.name.as_str()).collect();
        assert_eq!(names, ["lines", "note", "lines.100.code"]);
    }

    #[test]
    fn a_blank_reason_sets_nothing_aside() {
        let dismissal = |reason: &str| Dismissal {
            rule: "code.age".into(),
            line: Some(0),
            reason: reason.into(),
        };
        let mut draft = Draft { dismissals: vec![dismissal("  ")], ..Draft::default() };
        assert!(draft.reason_for("code.age", Some(0)).is_none());
        draft.dismissals.push(dismissal("documented by the provider"));
        assert!(draft.reason_for("code.age", Some(0)).is_some());
        assert!(draft.reason_for("code.age", Some(1)).is_none());
    }
}
