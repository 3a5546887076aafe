//! Complications and comorbidities: what a secondary diagnosis weighs, and what takes its weight away.

use super::definitions::Definitions;
use super::facts::{Facts, World};
use crate::words::PresentOnAdmission;

text_enum!(
    /// How much a secondary diagnosis weighs.
    Level {
        /// A complication or comorbidity.
        Cc = "CC",
        /// A major one.
        Mcc = "MCC",
    }
);

/// What the definitions say of a complication.
#[derive(Debug, Clone)]
pub(super) struct Severity {
    pub level: Level,
    /// Index in [`Definitions::groups`].
    pub group: Option<usize>,
    pub hac: Option<u8>,
    pub alive_only: bool,
}

/// Why a complication does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Discount {
    /// The principal diagnosis excludes it.
    Principal,
    /// The DRG's own logic has used it.
    Class,
    /// The patient died of it.
    Expired,
    /// It was acquired in the hospital.
    Hospital(u8),
}

/// A complication of the stay.
#[derive(Debug, Clone, Copy)]
pub(super) struct Weight {
    /// Its place among the secondary diagnoses.
    pub place: usize,
    pub level: Level,
    /// None when it counts.
    pub discount: Option<Discount>,
    /// Whether the definitions alone can't tell if it counts.
    pub doubtful: bool,
}

/// Hospital-acquired conditions that are such only after certain procedures, with the beginnings that every
/// one of those has. The definitions do not list the procedures themselves, so that a stay with one that
/// begins so is in doubt, and a stay with none is not.
const AFTER_PROCEDURES: &[(u8, &[&str])] = &[
    // Mediastinitis after coronary bypass.
    (8, &["021"]),
    // Thrombosis after replacement of hip or knee.
    (10, &["0SR", "0SU"]),
    // Infections after bariatric surgery, of joints and spine, of cardiac devices.
    (11, &["0D"]),
    (12, &["0P", "0Q", "0R", "0S", "XR"]),
    (13, &["02", "0J", "X2"]),
    // Pneumothorax after venous catheterization.
    (14, &["02H", "05H", "06H", "0JH"]),
];

/// What a condition that was not present on admission is.
enum Acquired {
    Yes,
    No,
    Perhaps,
}

fn acquired(hac: u8, procedures: &[&str]) -> Acquired {
    let Some((_, starts)) = AFTER_PROCEDURES.iter().find(|(number, _)| *number == hac) else {
        return Acquired::Yes;
    };
    let may = |code: &&str| starts.iter().any(|start| code.starts_with(start));
    if procedures.iter().any(may) { Acquired::Perhaps } else { Acquired::No }
}

/// The stay's complications in the DRGs of a class.
pub(super) fn weigh(
    definitions: &Definitions,
    facts: &Facts<'_>,
    world: &World,
    drgs: &[u16],
) -> Vec<Weight> {
    let used = |code: u64| {
        let mut lists = drgs.iter().filter_map(|drg| definitions.exclusions.get(drg));
        lists.any(|codes| codes.binary_search(&code).is_ok())
    };
    let excluded = |severity: &Severity| {
        let group = severity.group.and_then(|index| definitions.groups.get(index));
        group.is_some_and(|codes| codes.binary_search(&facts.principal_key).is_ok())
    };
    let mut all = Vec::new();
    for (place, code, poa) in &facts.secondaries {
        let Some(severity) = definitions.severities.get(code) else { continue };
        let absent = matches!(poa, Some(PresentOnAdmission::No | PresentOnAdmission::Unknown));
        let hac = severity.hac.filter(|_| absent);
        let hac = hac.map(|number| (number, acquired(number, facts.codes)));
        let doubtful = matches!(hac, Some((_, Acquired::Perhaps)));
        let discount = if excluded(severity) {
            Some(Discount::Principal)
        } else if used(*code) {
            Some(Discount::Class)
        } else if severity.alive_only && world.expired() {
            Some(Discount::Expired)
        } else {
            let counts = |it: &Acquired| match it {
                Acquired::Yes => false,
                Acquired::No => true,
                Acquired::Perhaps => !world.acquired,
            };
            hac.filter(|(_, it)| !counts(it)).map(|(number, _)| Discount::Hospital(number))
        };
        all.push(Weight { place: *place, level: severity.level, discount, doubtful });
    }
    all
}

/// The heaviest that counts.
pub(super) fn heaviest(weights: &[Weight]) -> Option<Level> {
    weights.iter().filter(|weight| weight.discount.is_none()).map(|weight| weight.level).max()
}

/// What a DRG's title asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rung {
    Mcc,
    Cc,
    Either,
    WithoutMcc,
    WithoutEither,
    Plain,
}

fn rung(title: &str) -> Rung {
    let has = |words: &str| title.contains(words);
    if has("without CC/MCC") {
        Rung::WithoutEither
    } else if has("without MCC") {
        Rung::WithoutMcc
    } else if has("with CC/MCC") {
        Rung::Either
    } else if has("with MCC") || has("and MCC") {
        Rung::Mcc
    } else if has("with CC") {
        Rung::Cc
    } else {
        Rung::Plain
    }
}

/// The DRG of a class for what is heaviest; none when the titles don't say.
pub(super) fn choose(
    definitions: &Definitions,
    drgs: &[u16],
    heaviest: Option<Level>,
) -> Option<u16> {
    let wanted: &[Rung] = match heaviest {
        Some(Level::Mcc) => &[Rung::Mcc, Rung::Either],
        Some(Level::Cc) => &[Rung::Cc, Rung::Either, Rung::WithoutMcc],
        None => &[Rung::WithoutEither, Rung::WithoutMcc],
    };
    if let [only] = drgs {
        return Some(*only);
    }
    let rungs = drgs.iter().map(|drg| (drg, definitions.title(*drg).map_or(Rung::Plain, rung)));
    let rungs: Vec<_> = rungs.collect();
    let found = wanted.iter().find_map(|wanted| rungs.iter().find(|(_, rung)| rung == wanted));
    found.map(|(drg, _)| **drg)
}
