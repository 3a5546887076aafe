//! Every code set that is loaded, and its answers on a day.

use std::sync::Arc;

use jiff::civil::Date;
use rules::edits::{CodeStanding, Reference, Validity};
use rules::words::CodeSystem;

use crate::list::CodeList;
use crate::load::LoadError;

/// The code sets that are loaded. They never change: what is loaded later makes new ones, which take
/// the place of these on the [`Shelf`](crate::Shelf).
#[derive(Debug, Default, Clone)]
pub struct Codes {
    icd10cm: Option<Arc<CodeList>>,
    icd10pcs: Option<Arc<CodeList>>,
    hcpcs: Option<Arc<CodeList>>,
    cpt: Option<Arc<CodeList>>,
}

impl Codes {
    /// What the program carries: ICD-10-CM. It takes a moment; [`Shelf`](crate::Shelf) keeps the result.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn shipped() -> Result<Self, LoadError> {
        Ok(Self::default().with(CodeList::shipped()?))
    }

    /// The same with another list in the place of the one of its system.
    #[must_use]
    pub fn with(mut self, list: CodeList) -> Self {
        let place = self.place_of(list.system());
        *place = Some(Arc::new(list));
        self
    }

    /// The list of a system; none when none is loaded.
    #[must_use]
    pub fn list(&self, system: CodeSystem) -> Option<&CodeList> {
        match system {
            CodeSystem::Icd10Cm => self.icd10cm.as_deref(),
            CodeSystem::Icd10Pcs => self.icd10pcs.as_deref(),
            CodeSystem::Hcpcs => self.hcpcs.as_deref(),
            CodeSystem::Cpt => self.cpt.as_deref(),
        }
    }

    const fn place_of(&mut self, system: CodeSystem) -> &mut Option<Arc<CodeList>> {
        match system {
            CodeSystem::Icd10Cm => &mut self.icd10cm,
            CodeSystem::Icd10Pcs => &mut self.icd10pcs,
            CodeSystem::Hcpcs => &mut self.hcpcs,
            CodeSystem::Cpt => &mut self.cpt,
        }
    }

    /// The sets on the day that decides a coding's codes.
    #[must_use]
    pub const fn on(&self, on: Date) -> OnDay<'_> {
        OnDay { codes: self, on }
    }

    /// What a code is on a date, as far as the loaded lists tell.
    #[must_use]
    pub fn standing(&self, system: CodeSystem, code: &str, on: Date) -> CodeStanding {
        self.list(system).map_or_else(
            || CodeStanding::certain(Validity::FormOnly),
            |list| list.code_standing(code, on),
        )
    }

    /// A code's wording on a date; none where no list of its system is loaded.
    #[must_use]
    pub fn describe(&self, system: CodeSystem, code: &str, on: Date) -> Option<&str> {
        self.list(system)?.describe(code, on)
    }

    /// The diagnosis edition by which a date is judged, and whether it is the right one.
    #[must_use]
    pub fn edition(&self, on: Date) -> (String, bool) {
        self.edition_of(CodeSystem::Icd10Cm, on).unwrap_or_default()
    }

    /// The edition of a system by which a date is judged, and whether it is the right one; none where no
    /// list of the system is loaded.
    #[must_use]
    pub fn edition_of(&self, system: CodeSystem, on: Date) -> Option<(String, bool)> {
        let answer = self.list(system)?.edition_for(on);
        Some((answer.edition.name.to_string(), answer.certain))
    }
}

/// The loaded lists as the edits ask them.
#[derive(Debug)]
pub struct OnDay<'a> {
    codes: &'a Codes,
    on: Date,
}

impl Reference for OnDay<'_> {
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding {
        self.codes.standing(system, code, self.on)
    }
}
