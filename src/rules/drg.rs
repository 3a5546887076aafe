//! MS-DRG grouping: which group a stay belongs to, and why. The logic is CMS's; the lists come from the
//! definitions that the operator loads. Where these do not say enough, the answer is that nobody can tell.
//!
//! It explains what the codes mean to the payer, and gives no weights and no advice.

mod classes;
mod decide;
mod definitions;
mod facts;
mod members;
mod need;
mod severity;
mod source;
#[cfg(test)]
mod tests;
mod words;

pub use definitions::Definitions;
pub use facts::Stay;
pub use severity::Level;
pub use source::{
    CODE_LABELS_MAX, CODES_MAX, DRGS_MAX, DefinitionError, GROUP_CODES_MAX, GROUPS_MAX, Source,
    SourceDrg, SourceSeverity,
};

use std::collections::BTreeSet;

use decide::{Decision, Group, decide};
use facts::{Facts, World};
use serde::Serialize;
use severity::weigh;

use crate::edits::Sex;

/// Dispositions that group differently: home, died, another acute-care hospital, against advice.
const DISPOSITIONS: [&str; 4] = ["01", "20", "02", "07"];

/// What a stay groups to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Grouping {
    /// The version of the definitions, such as `v43.1`.
    pub version: String,
    /// The DRG; none when it can't be told.
    pub drg: Option<u16>,
    /// Its title.
    pub title: Option<String>,
    /// Its major diagnostic category, with its name.
    pub category: Option<String>,
    /// Whether the class is a surgical one.
    pub surgical: bool,
    /// Why, in the order of deciding.
    pub reasons: Vec<Reason>,
    /// Why it can't be told, or can't be grouped.
    pub unclear: Option<String>,
    /// The DRGs that it may be, when it can't be told.
    pub candidates: Vec<u16>,
    /// The complications among the secondary diagnoses.
    pub marks: Vec<Mark>,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Reason {
    /// The code that it is about, bare; empty when it is about none.
    pub code: String,
    /// In words.
    pub text: String,
}

/// What a secondary diagnosis weighs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Mark {
    /// Its place among the secondary diagnoses, from 0.
    pub place: usize,
    /// How much.
    pub level: Level,
    /// Whether it counts in this stay.
    pub counts: bool,
    /// In words.
    pub text: String,
}

/// Groups a stay. What is not known of it is supposed in every way; when that makes a difference, the answer
/// says what to enter.
#[must_use]
pub fn group(definitions: &Definitions, stay: &Stay<'_>) -> Grouping {
    let facts = Facts::of(definitions, stay);
    let worlds = worlds(definitions, &facts, stay);
    let mut decided = worlds.iter().map(|world| (world, decide(definitions, &facts, stay, world)));
    let Some((world, first)) = decided.next() else { return empty(definitions) };
    let mut candidates = first.candidates();
    let mut unknown = BTreeSet::new();
    for (other, decision) in decided {
        if decision.candidates() != first.candidates() {
            candidates.extend(decision.candidates());
            unknown.insert(Unknown::between(world, other));
        }
    }
    candidates.sort_unstable();
    candidates.dedup();
    let known = Known { definitions, facts: &facts, stay, world };
    if !unknown.is_empty() {
        return known.open(ask(&unknown), candidates);
    }
    match first {
        Decision::Group(group) => known.grouped(&group),
        Decision::Not(drg) => known.ungroupable(drg),
        Decision::Unclear(why, drgs) => known.open(words::unclear(stay, why), drgs),
    }
}

/// Every world that what is known allows, the likeliest first.
fn worlds(definitions: &Definitions, facts: &Facts<'_>, stay: &Stay<'_>) -> Vec<World> {
    let dispositions: Vec<&str> = stay.disposition.map_or(DISPOSITIONS.to_vec(), |it| vec![it]);
    let sexes = stay.sex.map_or(vec![Sex::Female, Sex::Male], |sex| vec![sex]);
    let world = |disposition: &str, sex, acquired| {
        let disposition = disposition.to_owned();
        World { disposition, sex, acquired }
    };
    let usual = world("01", Sex::Female, false);
    let doubtful = weigh(definitions, facts, &usual, &[]).iter().any(|weight| weight.doubtful);
    let acquired: &[bool] = if doubtful { &[false, true] } else { &[false] };
    let mut all = Vec::new();
    for disposition in dispositions {
        for sex in &sexes {
            all.extend(acquired.iter().map(|acquired| world(disposition, *sex, *acquired)));
        }
    }
    all
}

/// What is not known of a stay and decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Unknown {
    Disposition,
    Sex,
    Acquired,
    Together,
}

impl Unknown {
    /// Why two worlds group differently; only those that differ in one thing tell which it is.
    fn between(one: &World, other: &World) -> Self {
        let same = [
            one.disposition == other.disposition,
            one.sex == other.sex,
            one.acquired == other.acquired,
        ];
        match same {
            [false, true, true] => Self::Disposition,
            [true, false, true] => Self::Sex,
            [true, true, false] => Self::Acquired,
            _ => Self::Together,
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Self::Disposition => "Enter the discharge disposition: it decides here.",
            Self::Sex => "The patient's sex is not known, and it decides here.",
            Self::Acquired => {
                "A complication that was not present on admission may be a hospital-acquired \
                 condition; the definitions do not list the procedures that decide it."
            }
            Self::Together => "Several things that are not known decide together here.",
        }
    }
}

/// In words; what is known to decide alone says enough.
fn ask(unknown: &BTreeSet<Unknown>) -> String {
    let alone = unknown.iter().filter(|it| **it != Unknown::Together);
    let words: Vec<_> = alone.map(|it| it.words()).collect();
    if words.is_empty() { Unknown::Together.words().to_owned() } else { words.join(" ") }
}

struct Known<'a> {
    definitions: &'a Definitions,
    facts: &'a Facts<'a>,
    stay: &'a Stay<'a>,
    world: &'a World,
}

impl Known<'_> {
    fn grouped(&self, group: &Group) -> Grouping {
        let weights = weigh(self.definitions, self.facts, self.world, &group.class);
        Grouping {
            drg: Some(group.drg),
            title: self.definitions.title(group.drg).map(str::to_owned),
            category: words::category(group.category),
            surgical: group.surgical,
            reasons: words::reasons(self.stay, group, &weights),
            marks: weights.iter().map(|weight| words::mark(self.stay, weight)).collect(),
            ..empty(self.definitions)
        }
    }

    fn ungroupable(&self, drg: u16) -> Grouping {
        Grouping {
            drg: Some(drg),
            title: self.definitions.title(drg).map(str::to_owned),
            unclear: Some(words::ungroupable(self.definitions, self.stay, drg)),
            ..empty(self.definitions)
        }
    }

    fn open(&self, why: String, candidates: Vec<u16>) -> Grouping {
        let weights = weigh(self.definitions, self.facts, self.world, &[]);
        Grouping {
            unclear: Some(why),
            candidates,
            marks: weights.iter().map(|weight| words::mark(self.stay, weight)).collect(),
            ..empty(self.definitions)
        }
    }
}

fn empty(definitions: &Definitions) -> Grouping {
    Grouping {
        version: definitions.version.clone(),
        drg: None,
        title: None,
        category: None,
        surgical: false,
        reasons: Vec::new(),
        unclear: None,
        candidates: Vec::new(),
        marks: Vec::new(),
    }
}
