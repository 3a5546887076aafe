//! Where the sets in use stand: they are swapped when lists are loaded, while the program runs.

use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use crate::codes::Codes;
use crate::load::LoadError;

/// What the program carries, built by whoever asks first and shared by every shelf of the process.
static SHIPPED: LazyLock<Result<Arc<Codes>, LoadError>> =
    LazyLock::new(|| Codes::shipped().map(Arc::new));

/// The sets in use. Clones are the same shelf.
#[derive(Debug, Default, Clone)]
pub struct Shelf {
    loaded: Arc<RwLock<Option<Arc<Codes>>>>,
}

impl Shelf {
    /// The sets in use: what was put last, and until then what the program carries. Whoever holds them
    /// goes on with them when others are put.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn current(&self) -> Result<Arc<Codes>, &'static LoadError> {
        let loaded = self.loaded.read().unwrap_or_else(PoisonError::into_inner);
        match loaded.as_ref() {
            Some(codes) => Ok(Arc::clone(codes)),
            None => Self::shipped(),
        }
    }

    /// What the program carries; it takes a moment the first time.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn shipped() -> Result<Arc<Codes>, &'static LoadError> {
        SHIPPED.as_ref().map(Arc::clone)
    }

    /// Puts what the program carries into use again.
    pub fn clear(&self) {
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// Puts other sets into use.
    pub fn put(&self, codes: Codes) {
        *self.loaded.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(codes));
    }
}

#[cfg(test)]
mod tests {
    use super::Shelf;
    use crate::codes::Codes;
    use rules::words::CodeSystem;
    use std::sync::Arc;

    #[test]
    fn whoever_holds_the_sets_keeps_them_when_others_are_put() {
        let shelf = Shelf::default();
        let before = shelf.current().unwrap();
        assert!(Arc::ptr_eq(&before, &Shelf::shipped().unwrap()), "shared by every shelf");
        shelf.clone().put(Codes::default());
        assert!(before.list(CodeSystem::Icd10Cm).is_some());
        assert!(shelf.current().unwrap().list(CodeSystem::Icd10Cm).is_none());
    }
}
