//! Every code set that is loaded, and its answers on a day.

use std::sync::Arc;

use jiff::civil::Date;
use rules::drg::Definitions;
use rules::edits::{
    CodeStanding, DiagnosisFacts, LongerCode, ModifierStanding, NcciSetting, NoteKind, PairEdit,
    Reference, Sex, TabularNote, UnlikelyEdit, Validity,
};
use rules::lists::ListKind;
use rules::words::CodeSystem;

use crate::changes::{self, Change};
use crate::code::normalise;
use crate::dated::Dated;
use crate::facts::{Facts, Hcc};
use crate::list::CodeList;
use crate::loaded::Holding;
use crate::notes::NoteList;
use crate::pairs::PairList;
use crate::risk::Risk;
use crate::search::Hit;
use crate::usual::Usual;

/// The code sets that are loaded. They never change: what is loaded later makes new ones, which take
/// the place of these on the [`Shelf`](crate::Shelf).
#[derive(Debug, Default)]
pub struct Codes {
    pub(crate) icd10cm: Option<Arc<CodeList>>,
    icd10pcs: Option<Arc<CodeList>>,
    hcpcs: Option<Arc<CodeList>>,
    cpt: Option<Arc<CodeList>>,
    /// The modifiers of HCPCS and CPT.
    pub(crate) modifiers: Vec<CodeList>,
    pub(crate) notes: Dated<NoteList>,
    pub(crate) poa_exempt: Dated<Facts<()>>,
    pub(crate) unacceptable: Dated<Facts<()>>,
    pub(crate) ages: Dated<Facts<(i16, i16)>>,
    pub(crate) sexes: Dated<Facts<Sex>>,
    pub(crate) hcc: Dated<Facts<Hcc>>,
    pub(crate) risk: Risk,
    pub(crate) drg: Dated<Definitions>,
    pub(crate) pairs: BySetting<PairList>,
    pub(crate) units: BySetting<Facts<UnlikelyEdit>>,
    pub(crate) holdings: Vec<Holding>,
}

/// What CMS publishes apart for practitioners and for hospitals.
#[derive(Debug)]
pub(crate) struct BySetting<T> {
    pub practitioner: Dated<T>,
    pub outpatient: Dated<T>,
}

impl<T> Default for BySetting<T> {
    fn default() -> Self {
        Self { practitioner: Dated::default(), outpatient: Dated::default() }
    }
}

impl<T> BySetting<T> {
    const fn of(&self, setting: NcciSetting) -> &Dated<T> {
        match setting {
            NcciSetting::Practitioner => &self.practitioner,
            NcciSetting::OutpatientHospital => &self.outpatient,
        }
    }
}

impl Codes {
    /// Puts a list in the place of the one of its system.
    pub(crate) fn put(&mut self, list: CodeList) {
        let place = match list.system() {
            CodeSystem::Icd10Cm => &mut self.icd10cm,
            CodeSystem::Icd10Pcs => &mut self.icd10pcs,
            CodeSystem::Hcpcs => &mut self.hcpcs,
            CodeSystem::Cpt => &mut self.cpt,
        };
        *place = Some(Arc::new(list));
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

    /// Every edition in use, by kind and date.
    #[must_use]
    pub fn holdings(&self) -> &[Holding] {
        &self.holdings
    }

    /// What differs between two editions of a kind of codes, in the order of the codes; none when either is
    /// not there.
    #[must_use]
    pub fn changes(&self, kind: ListKind, from: Date, to: Date) -> Option<Vec<Change>> {
        changes::between(self.list(kind.system()?)?, from, to)
    }

    /// The sets on the day that decides a coding's codes.
    #[must_use]
    pub const fn on(&self, on: Date) -> OnDay<'_> {
        OnDay { codes: self, on }
    }

    /// What a code is on a date, as far as the loaded lists tell.
    #[must_use]
    pub fn standing(&self, system: CodeSystem, code: &str, on: Date) -> CodeStanding {
        // The public file of HCPCS leaves out the dental codes, which are licensed.
        let listed = self.list(system).filter(|list| {
            !(system == CodeSystem::Hcpcs && code.starts_with('D')) || list.has_beginning("D", on)
        });
        listed.map_or_else(
            || CodeStanding::certain(Validity::FormOnly),
            |list| list.code_standing(code, on),
        )
    }

    /// A code's wording on a date; none where no list of its system is loaded.
    #[must_use]
    pub fn describe(&self, system: CodeSystem, code: &str, on: Date) -> Option<&str> {
        self.list(system)?.describe(code, on)
    }

    /// A modifier's wording on a date.
    #[must_use]
    pub fn describe_modifier(&self, modifier: &str, on: Date) -> Option<&str> {
        self.modifiers.iter().find_map(|list| list.describe(modifier, on))
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

impl OnDay<'_> {
    /// "In diseases classified elsewhere" in its title or in that of a heading above it, and to be coded
    /// after the disease by a note.
    fn is_manifestation(&self, code: &str) -> bool {
        const CATEGORY_CHARACTERS: usize = 3;
        let titled = (CATEGORY_CHARACTERS..=code.len())
            .filter_map(|length| code.get(..length))
            .filter_map(|heading| self.codes.describe(CodeSystem::Icd10Cm, heading, self.on))
            .any(is_titled_as_manifestation);
        titled
            && self.codes.notes.nearest(self.on).is_none_or(|notes| {
                notes.of(code).iter().any(|note| note.kind == NoteKind::CodeFirst)
            })
    }
}

/// `Dementia in other diseases classified elsewhere`, but not `… as the cause of diseases classified
/// elsewhere`.
fn is_titled_as_manifestation(title: &str) -> bool {
    let within = title.split_once("classified elsewhere").map(|(before, _)| before);
    within.and_then(|before| before.rsplit_once(" in ")).is_some_and(|(_, what)| {
        ["disease", "condition", "disorder"].iter().any(|word| what.contains(word))
            && !what.contains("cause of")
    })
}

/// CPT's modifiers are of two digits, its performance modifiers of a digit and P, and P1 to P6.
fn is_of_cpt(modifier: &str) -> bool {
    modifier.starts_with(|c: char| c.is_ascii_digit())
        || matches!(modifier, "P1" | "P2" | "P3" | "P4" | "P5" | "P6")
}

impl Reference for OnDay<'_> {
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding {
        self.codes.standing(system, code, self.on)
    }

    fn wording(&self, system: CodeSystem, code: &str) -> Option<String> {
        self.codes.describe(system, code, self.on).map(str::to_owned)
    }

    fn longer(&self, system: CodeSystem, code: &str) -> Vec<LongerCode> {
        let nothing_usual = Usual::default();
        let list = self.codes.list(system);
        let below = list.map(|list| list.children(code, self.on, &nothing_usual));
        let longer = |hit: Hit| LongerCode { code: normalise(&hit.code), title: hit.description };
        below.into_iter().flatten().map(longer).collect()
    }

    fn diagnosis(&self, code: &str) -> DiagnosisFacts {
        let (codes, on) = (self.codes, self.on);
        DiagnosisFacts {
            manifestation: self.is_manifestation(code),
            unacceptable_principal: codes.unacceptable.on(on).is_some_and(|l| l.of(code).is_some()),
            poa_exempt: codes.poa_exempt.on(on).map(|list| list.of(code).is_some()),
            years: codes.ages.on(on).and_then(|list| list.of(code)),
            sex: codes.sexes.on(on).and_then(|list| list.of(code)),
            hcc: codes.hcc.on(on).and_then(|l| l.all(code).max()).map(|hcc| hcc.to_string()),
            description: codes.describe(CodeSystem::Icd10Cm, code, on).map(str::to_owned),
        }
    }

    fn notes(&self, code: &str) -> Vec<TabularNote> {
        self.codes.notes.nearest(self.on).map(|notes| notes.of(code)).unwrap_or_default()
    }

    fn pair(&self, ncci: NcciSetting, one: &str, two: &str, on: Date) -> Option<PairEdit> {
        self.codes.pairs.of(ncci).nearest(on)?.find(one, two, on)
    }

    fn unlikely(&self, ncci: NcciSetting, code: &str, on: Date) -> Option<UnlikelyEdit> {
        self.codes.units.of(ncci).on(on)?.of(code)
    }

    fn modifier(&self, modifier: &str, on: Date) -> ModifierStanding {
        let lists = &self.codes.modifiers;
        let mut known = lists.iter().map(|list| list.code_standing(modifier, on).validity);
        match known.find(|validity| *validity != Validity::Unknown) {
            Some(Validity::NotInForce { .. }) => ModifierStanding::NotInForce,
            Some(_) => ModifierStanding::InForce,
            None => {
                let system = if is_of_cpt(modifier) { CodeSystem::Cpt } else { CodeSystem::Hcpcs };
                let loaded = lists.iter().any(|list| list.system() == system);
                if loaded { ModifierStanding::Unknown } else { ModifierStanding::NoList }
            }
        }
    }
}

#[cfg(test)]
mod tests;
