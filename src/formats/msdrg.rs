//! The MS-DRG definitions as one JSON document: what each code means to which family of DRGs.
//!
//! CMS publishes them as a manual of pages; the document is what the open-source grouper drgpy makes of it.
//! Its keys: `version`, `drgmap`, `dxmap`, `prmap`, `ccmap`, `exmap`, `orpcsmap`, `neoormap`,
//! `surgical_rank` and `drg_exclusions`, each described at [`rules::drg::Source`].

use rules::drg::{DefinitionError, Definitions, Source};

#[cfg(test)]
mod tests;

/// A whole document at most; version 43.1 has 12.8 million bytes.
pub const MSDRG_BYTES_MAX: usize = 64 << 20;

/// Why a document can't be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Malformed {
    /// It is larger than [`MSDRG_BYTES_MAX`].
    TooLarge,
    /// It is no document of this kind: the line, from 1, and what was expected there.
    Form {
        /// The line.
        line: usize,
        /// What is wrong, without anything of the document.
        what: &'static str,
    },
    /// It says what no definitions can.
    Content(DefinitionError),
}

impl std::fmt::Display for Malformed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::TooLarge => write!(f, "it has more than {MSDRG_BYTES_MAX} bytes"),
            Self::Form { line, what } => write!(f, "line {line}: {what}"),
            Self::Content(error) => error.fmt(f),
        }
    }
}

impl std::error::Error for Malformed {}

/// Reads a document, and makes sure that definitions can be built of it.
///
/// # Errors
/// What is wrong with it.
pub fn read(document: &[u8]) -> Result<Source, Malformed> {
    if document.len() > MSDRG_BYTES_MAX {
        return Err(Malformed::TooLarge);
    }
    let source: Source = serde_json::from_slice(document).map_err(|error| {
        let what = match error.classify() {
            serde_json::error::Category::Eof => "the document ends too early",
            serde_json::error::Category::Data => "a part of the definitions is missing or another",
            _ => "this is no JSON",
        };
        Malformed::Form { line: error.line(), what }
    })?;
    Definitions::build(&source).map_err(Malformed::Content)?;
    Ok(source)
}
