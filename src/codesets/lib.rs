//! Dated code sets: which codes exist on a day, what they mean, and finding them.
//!
//! Pure: the shipped editions are embedded, nothing is read at run time. [`IcdCm::shipped`] builds
//! the set once; afterwards every question is answered from memory, for a date.

mod code;
mod edition;
mod everyday;
mod icd10cm;
mod index;
mod load;
mod search;
mod shorthand;
mod tokens;
mod typo;

pub use code::{dotted, normalise, procedure_form};
pub use edition::{Edition, EditionAnswer};
pub use icd10cm::{IcdCm, Standing};
pub use load::{EditionSource, LoadError};
pub use search::{Hit, QUERY_CHARACTERS_MAX, QUERY_WORDS_MAX, SEARCH_HITS_MAX};
