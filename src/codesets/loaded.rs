//! Putting the lists that are loaded together with those that the program carries.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rules::lists::ListKind;
use rules::words::CodeSystem;

use crate::codes::Codes;
use crate::dated::Dated;
use crate::edition::{Edition, FY2025, FY2026};
use crate::facts;
use crate::list::CodeList;
use crate::load::{EditionSource, LoadError};
use crate::notes::NoteList;
use crate::pack;
use crate::pairs::PairList;
use crate::risk;

const CODES_FY2025: &[u8] = include_bytes!("data/icd10cm-fy2025.tsv.gz");
const CODES_FY2026: &[u8] = include_bytes!("data/icd10cm-fy2026.tsv.gz");
const NOTES_FY2025: &[u8] = include_bytes!("data/icd10cm-fy2025-notes.tsv.gz");
const NOTES_FY2026: &[u8] = include_bytes!("data/icd10cm-fy2026-notes.tsv.gz");

/// An edition of a list, packed.
#[derive(Debug, Clone, Copy)]
pub struct LoadedList<'a> {
    /// What it is and where it comes from.
    pub holding: &'a Holding,
    /// What [`pack`](crate::pack) made of it.
    pub packed: &'a [u8],
}

/// An edition that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// Its kind.
    pub kind: ListKind,
    /// Its name and its days.
    pub edition: Edition,
    /// Codes, pairs or notes in it.
    pub rows: u64,
    /// Where it comes from.
    pub origin: Origin,
}

/// Where an edition comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// The program carries it.
    Shipped,
    /// An operator loaded it.
    Loaded {
        /// When.
        at: Timestamp,
        /// The names of the files.
        files: String,
        /// The SHA-256 of the files, in hexadecimal.
        sha256: String,
    },
}

/// What the program carries.
pub(crate) fn shipped() -> Vec<(Holding, &'static [u8])> {
    let held = |kind, edition, rows| Holding { kind, edition, rows, origin: Origin::Shipped };
    vec![
        (held(ListKind::Icd10Cm, FY2025, SHIPPED_ROWS.0), CODES_FY2025),
        (held(ListKind::Icd10Cm, FY2026, SHIPPED_ROWS.1), CODES_FY2026),
        (held(ListKind::Icd10CmNotes, FY2025, SHIPPED_ROWS.2), NOTES_FY2025),
        (held(ListKind::Icd10CmNotes, FY2026, SHIPPED_ROWS.3), NOTES_FY2026),
    ]
}

/// Rows of what the program carries, in its order; a test counts them.
const SHIPPED_ROWS: (u64, u64, u64, u64) = (97_584, 98_186, 11_041, 11_127);

/// Editions by kind and first day.
type Editions<'a> = BTreeMap<(ListKind, jiff::civil::Date), (Holding, &'a [u8])>;

impl Codes {
    /// What the program carries. It takes a moment; [`Shelf`](crate::Shelf) keeps the result.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn shipped() -> Result<Self, LoadError> {
        Self::with_loaded(&[])
    }

    /// What the program carries together with what is loaded; of editions that begin on the same day the
    /// loaded one is used.
    ///
    /// # Errors
    /// When a list is damaged.
    pub fn with_loaded(loaded: &[LoadedList<'_>]) -> Result<Self, LoadError> {
        let all = shipped()
            .into_iter()
            .chain(loaded.iter().map(|list| (list.holding.clone(), list.packed)));
        let editions: Editions<'_> =
            all.map(|(held, packed)| ((held.kind, held.edition.from), (held, packed))).collect();
        let mut codes = Self::default();
        for system in CodeSystem::ALL {
            codes.put_system(*system, &editions)?;
        }
        for (held, packed) in editions.values() {
            codes.put_facts(held, packed)?;
        }
        codes.holdings = editions.into_values().map(|(held, _)| held).collect();
        Ok(codes)
    }

    fn put_system(&mut self, system: CodeSystem, editions: &Editions<'_>) -> Result<(), LoadError> {
        let sources: Vec<EditionSource<'_>> = editions
            .values()
            .filter(|(held, _)| held.kind.system() == Some(system))
            .map(|(held, packed)| EditionSource { edition: held.edition.clone(), packed })
            .collect();
        if sources.is_empty() {
            return Ok(());
        }
        self.put(CodeList::from_editions(system, &sources)?);
        if matches!(system, CodeSystem::Cpt | CodeSystem::Hcpcs) {
            self.modifiers.extend(CodeList::modifiers(system, &sources)?);
        }
        Ok(())
    }

    fn put_facts(&mut self, held: &Holding, packed: &[u8]) -> Result<(), LoadError> {
        fn dated<T>(
            place: &mut Dated<T>,
            (held, packed): (&Holding, &[u8]),
            read: impl FnOnce(&str, &str) -> Result<T, LoadError>,
        ) -> Result<(), LoadError> {
            let one = read(&held.edition.name, &pack::text(&held.edition.name, packed)?)?;
            place.put(held.edition.clone(), one);
            Ok(())
        }
        let source = (held, packed);
        match held.kind {
            ListKind::Icd10Cm | ListKind::Icd10Pcs | ListKind::Hcpcs | ListKind::Cpt => Ok(()),
            ListKind::Icd10CmNotes => {
                let list = self.icd10cm.clone();
                dated(&mut self.notes, source, |n, t| NoteList::new(n, t, list.as_deref()))
            }
            ListKind::PoaExempt => dated(&mut self.poa_exempt, source, facts::named),
            ListKind::UnacceptablePrincipal => dated(&mut self.unacceptable, source, facts::named),
            ListKind::MceAge => dated(&mut self.ages, source, facts::ages),
            ListKind::MceSex => dated(&mut self.sexes, source, facts::sexes),
            ListKind::Hcc => dated(&mut self.hcc, source, facts::categories),
            ListKind::HccHierarchies => dated(&mut self.risk.replacing, source, risk::replacing),
            ListKind::HccLabels => dated(&mut self.risk.labels, source, risk::labels),
            ListKind::MsDrg => dated(&mut self.drg, source, risk::definitions),
            ListKind::MuePractitioner => dated(&mut self.units.practitioner, source, facts::units),
            ListKind::MueOutpatient => dated(&mut self.units.outpatient, source, facts::units),
            ListKind::PtpPractitioner => put_pairs(&mut self.pairs.practitioner, source),
            ListKind::PtpOutpatient => put_pairs(&mut self.pairs.outpatient, source),
        }
    }
}

fn put_pairs(
    place: &mut Dated<PairList>,
    (held, packed): (&Holding, &[u8]),
) -> Result<(), LoadError> {
    let name = &held.edition.name;
    place.put(held.edition.clone(), PairList::new(name, &pack::bytes(name, packed)?)?);
    Ok(())
}

impl CodeList {
    /// The diagnoses that the program carries: FY2025 and FY2026. A fraction of a second and some tens of
    /// megabytes: build it once.
    pub fn shipped() -> Result<Self, LoadError> {
        Self::from_editions(
            CodeSystem::Icd10Cm,
            &[
                EditionSource { edition: FY2025, packed: CODES_FY2025 },
                EditionSource { edition: FY2026, packed: CODES_FY2026 },
            ],
        )
    }
}
