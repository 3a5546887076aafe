//! Dated code sets: which codes exist on a day, what they mean, and finding them.
//!
//! Pure: the shipped editions are embedded, and what an operator loads is handed in. A [`Shelf`] holds the
//! sets in use; every question is answered from memory, for a date.

mod changes;
mod code;
mod codes;
mod compounds;
mod dated;
mod days;
mod edition;
mod everyday;
mod facts;
mod index;
mod indexing;
mod list;
mod load;
mod loaded;
mod matching;
mod names;
mod notes;
mod pack;
mod pairs;
mod risk;
mod search;
mod shelf;
mod shorthand;
mod synonyms;
mod tokens;
mod typo;
mod usual;

pub use changes::{Change, ChangeKind};
pub use code::{dotted, normalise, procedure_form};
pub use codes::{Codes, OnDay};
pub use edition::{Edition, EditionAnswer};
pub use list::{CodeList, Standing};
pub use load::{EditionSource, LoadError};
pub use loaded::{Holding, LoadedList, Origin};
pub use pack::pack;
pub use search::{Hit, QUERY_CHARACTERS_MAX, QUERY_WORDS_MAX, SEARCH_HITS_MAX, Search};
pub use shelf::Shelf;
pub use usual::Usual;
