//! The definitions as they are published: what a code means to which family of DRGs, in CMS's own words.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Codes of one kind at most; version 43.1 has 67 258 diagnoses and 56 720 procedures.
pub const CODES_MAX: usize = 200_000;
/// Labels of one code at most; version 43.1 has 128.
pub const CODE_LABELS_MAX: usize = 1_000;
/// Groups of excluding principal diagnoses at most; version 43.1 has 1 994.
pub const GROUPS_MAX: usize = 10_000;
/// Codes of one such group at most; version 43.1 has 5 561.
pub const GROUP_CODES_MAX: usize = 100_000;
/// DRGs at most; version 43.1 has 772.
pub const DRGS_MAX: usize = 1_000;

/// The definitions of one version, as the file has them. Codes are bare; DRGs have three digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// The version, such as `v43.1`.
    pub version: String,
    /// Every DRG.
    #[serde(rename = "drgmap")]
    pub drgs: BTreeMap<String, SourceDrg>,
    /// What each diagnosis means: `_MDC05`, `193&194&195|PDX`, `_TRAUMA24_SITE_CHEST`.
    #[serde(rename = "dxmap")]
    pub diagnoses: BTreeMap<String, Vec<String>>,
    /// What each procedure means: `020&021&022|ORPCS`; `…|0FYG0Z0` holds only together with that code.
    #[serde(rename = "prmap")]
    pub procedures: BTreeMap<String, Vec<String>>,
    /// The complications and comorbidities.
    #[serde(rename = "ccmap")]
    pub severities: BTreeMap<String, SourceSeverity>,
    /// The principal diagnoses with which a group of complications does not count.
    #[serde(rename = "exmap")]
    pub groups: BTreeMap<String, Vec<String>>,
    /// The operating-room procedures.
    #[serde(rename = "orpcsmap")]
    pub operations: BTreeMap<String, Vec<String>>,
    /// Those of them that are not extensive.
    #[serde(rename = "neoormap")]
    pub non_extensive: Vec<String>,
    /// The place of a DRG in the surgical hierarchy; the smallest comes first.
    pub surgical_rank: BTreeMap<String, u32>,
    /// The secondary diagnoses that do not count in a DRG whose own logic has used them.
    pub drg_exclusions: BTreeMap<String, Vec<String>>,
}

/// One DRG.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceDrg {
    /// Its title.
    pub desc: String,
    /// Its major diagnostic category, two digits; empty where it belongs to none.
    #[serde(default)]
    pub mdc: Option<String>,
}

/// What a secondary diagnosis weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceSeverity {
    /// `CC` or `MCC`.
    pub level: String,
    /// The group of principal diagnoses with which it does not count.
    pub pdx: String,
    /// The hospital-acquired condition that it is, two digits.
    #[serde(default)]
    pub hac: Option<String>,
    /// Whether it counts only when the patient is discharged alive.
    #[serde(default)]
    pub aowa: bool,
}

/// Why definitions can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DefinitionError {
    /// More of something than any version can have.
    TooMany {
        /// Of what.
        what: &'static str,
        /// How many there may be.
        limit: usize,
    },
    /// Nothing of something that every version has.
    None(&'static str),
    /// Something that can't be read.
    Unreadable {
        /// Where it stands.
        what: &'static str,
        /// It, cut to forty characters.
        text: String,
    },
}

impl DefinitionError {
    pub(super) fn unreadable(what: &'static str, text: &str) -> Self {
        Self::Unreadable { what, text: text.chars().take(40).collect() }
    }
}

impl std::fmt::Display for DefinitionError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooMany { what, limit } => write!(f, "there are more than {limit} {what}"),
            Self::None(what) => write!(f, "there are no {what}"),
            Self::Unreadable { what, text } => write!(f, "{what} can't be read: {text:?}"),
        }
    }
}

impl std::error::Error for DefinitionError {}
