//! What a reviewer has entered so far, and how large it may grow.

use crate::proposal::{
    CITATION_CHARACTERS_MAX, FINDINGS_MAX, FindingEntry, RATIONALE_CHARACTERS_MAX,
};
use base::error::{Checks, Error, Result};
use coding::{CodedLine, DraftLine};
use serde::{Deserialize, Serialize};

/// A whole draft as JSON; its findings say more than a coding does.
pub const DRAFT_BYTES_MAX: usize = 524_288;

/// What a reviewer has entered so far.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReviewDraft {
    /// The codes as the reviewer would report them, in the order of the claim.
    #[serde(default)]
    pub lines: Vec<DraftLine>,
    /// What the reviewer found.
    #[serde(default)]
    pub findings: Vec<FindingEntry>,
    /// The reviewer's words to the coder.
    #[serde(default)]
    pub note: String,
}

impl ReviewDraft {
    /// Everything in it that is larger than it may be.
    ///
    /// # Errors
    /// [`Error::Invalid`] that names each such entry; [`Error::TooLarge`] for the draft as a whole.
    pub fn check_size(&self) -> Result<()> {
        check_lines(&self.lines, &self.note)?;
        check_findings(&self.findings)?;
        if serde_json::to_vec(self)?.len() > DRAFT_BYTES_MAX {
            return Err(Error::TooLarge(format!("a review has at most {DRAFT_BYTES_MAX} bytes")));
        }
        Ok(())
    }
}

/// Lines and note are as large as a coder's may be.
pub(crate) fn check_lines(lines: &[DraftLine], note: &str) -> Result<()> {
    let draft =
        coding::Draft { lines: lines.to_vec(), note: note.to_owned(), ..coding::Draft::default() };
    draft.check_size()
}

pub(crate) fn check_findings(findings: &[FindingEntry]) -> Result<()> {
    let mut checks = Checks::default();
    checks.require(findings.len() <= FINDINGS_MAX, "findings", "at most 250 findings");
    for (at, finding) in findings.iter().enumerate() {
        let short = |text: &str, most| text.chars().count() <= most;
        checks
            .require(
                short(&finding.rationale, RATIONALE_CHARACTERS_MAX),
                &format!("findings.{at}.rationale"),
                "at most 2,000 characters",
            )
            .require(
                short(&finding.citation, CITATION_CHARACTERS_MAX),
                &format!("findings.{at}.citation"),
                "at most 300 characters",
            );
    }
    checks.done()
}

/// The lines in the form in which they are compared and stored.
pub(crate) fn coded(lines: &[DraftLine]) -> Vec<CodedLine> {
    lines.iter().map(DraftLine::coded).collect()
}
