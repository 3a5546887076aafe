//! The classes whose conditions are more than "a procedure of the list" or "a principal diagnosis of the
//! list", from CMS's MS-DRG Definitions Manual. All others follow from the definitions alone.

mod body;
mod heart;
mod pregnancy;
mod whole;

use super::need::Class;

/// All of them, in no order: the surgical hierarchy is in the definitions.
pub(super) fn special() -> impl Iterator<Item = &'static Class> {
    whole::CLASSES.iter().chain(heart::CLASSES).chain(body::CLASSES).chain(pregnancy::CLASSES)
}
