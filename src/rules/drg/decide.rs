//! One stay to one DRG, when everything about the stay is known or supposed.

use super::definitions::{BEFORE, Definitions, Placed, Rule};
use super::facts::{Because, Facts, Look, Stay, World};
use super::need::Need;
use super::severity::{Level, choose, heaviest, weigh};
use crate::edits::Sex;

/// The categories that are decided by more than the principal diagnosis, or read by sex.
const MALE: u8 = 12;
const FEMALE: u8 = 13;
const NEWBORN: u8 = 15;
const TRAUMA: u8 = 24;
const HIV: u8 = 25;

/// Operations that have nothing to do with the principal diagnosis: extensive, and not.
const UNRELATED: [[u16; 3]; 2] = [[981, 982, 983], [987, 988, 989]];
const INVALID_PRINCIPAL: u16 = 998;
const UNGROUPABLE: u16 = 999;

/// What came out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Decision {
    /// A DRG.
    Group(Group),
    /// One of the two DRGs for stays that can't be grouped.
    Not(u16),
    /// The definitions do not say enough; the DRGs that it may be.
    Unclear(Unclear, Vec<u16>),
}

/// Why the definitions do not say enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unclear {
    /// The principal diagnosis is in no category.
    Category,
    /// It belongs to the other sex.
    Sex,
    /// A list's part is not known.
    List,
    /// An operation on a newborn.
    NewbornOperation,
    /// An operation of the category that no class of it takes.
    LeftOver,
    /// No class takes the stay, or the titles don't say which DRG.
    Class,
}

/// A DRG and what made it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub drg: u16,
    /// The category, [`BEFORE`] for none.
    pub category: u8,
    pub class: Vec<u16>,
    pub surgical: bool,
    pub unrelated: bool,
    pub why: Vec<Because>,
    /// Whether severity, and not a device or procedure, decided within the class.
    pub level: Option<Level>,
}

impl Decision {
    /// The DRGs that it may be.
    pub(super) fn candidates(&self) -> Vec<u16> {
        match self {
            Self::Group(group) => vec![group.drg],
            Self::Not(drg) => vec![*drg],
            Self::Unclear(_, drgs) => drgs.clone(),
        }
    }
}

/// Groups a stay in a world.
pub(super) fn decide(
    definitions: &Definitions,
    facts: &Facts<'_>,
    stay: &Stay<'_>,
    world: &World,
) -> Decision {
    if definitions.diagnoses.lists(facts.principal_key).is_none() {
        return Decision::Not(UNGROUPABLE);
    }
    let asking = Asking { definitions, facts, stay, world };
    let mut doubts = Vec::new();
    let found = asking.before(&mut doubts).unwrap_or_else(|| asking.by_category(&mut doubts));
    let other = doubts.iter().any(|drg| !found.candidates().contains(drg));
    if !other {
        return found;
    }
    doubts.extend(found.candidates());
    doubts.sort_unstable();
    doubts.dedup();
    Decision::Unclear(Unclear::List, doubts)
}

struct Asking<'a> {
    definitions: &'a Definitions,
    facts: &'a Facts<'a>,
    stay: &'a Stay<'a>,
    world: &'a World,
}

impl Asking<'_> {
    fn before(&self, doubts: &mut Vec<u16>) -> Option<Decision> {
        let mut classes = self.classes(BEFORE);
        classes.find_map(|class| self.take(class, BEFORE, doubts))
    }

    fn by_category(&self, doubts: &mut Vec<u16>) -> Decision {
        let category = match self.category() {
            Ok(category) => category,
            Err(unclear) => return Decision::Unclear(unclear, Vec::new()),
        };
        let mut surgical = self.classes(category).filter(|class| class.surgical);
        if let Some(found) = surgical.find_map(|class| self.take(class, category, doubts)) {
            return found;
        }
        let mut medical = self.classes(category).filter(|class| !class.surgical);
        let medical = medical.find_map(|class| self.take(class, category, doubts));
        if self.facts.in_principal(self.definitions.marks.invalid) {
            return Decision::Not(INVALID_PRINCIPAL);
        }
        if self.facts.operations.is_empty() {
            return medical.unwrap_or(Decision::Unclear(Unclear::Class, Vec::new()));
        }
        let unrelated = self.unrelated(category);
        let unclear = match category {
            NEWBORN => Unclear::NewbornOperation,
            _ if self.has_left_over(category) => Unclear::LeftOver,
            _ => return unrelated,
        };
        let mut drgs = unrelated.candidates();
        drgs.extend(medical.iter().flat_map(Decision::candidates));
        drgs.sort_unstable();
        Decision::Unclear(unclear, drgs)
    }

    /// Whether an operation is in a list of the category, though no class took it: is it unrelated then?
    fn has_left_over(&self, category: u8) -> bool {
        let families = self.classes(category).filter(|class| class.surgical);
        let families = families.filter_map(|class| self.definitions.families.get(class.family?));
        let lists = families.flat_map(|family| &family.lists).filter(|list| !list.of_diagnoses);
        let mut places = lists.flat_map(|list| self.facts.procedures(Some(list.id)));
        places.any(|place| self.facts.operations.iter().any(|(at, _)| *at == place))
    }

    fn classes(&self, category: u8) -> impl Iterator<Item = &Placed> {
        self.definitions.classes.get(&category).into_iter().flatten()
    }

    fn category(&self) -> Result<u8, Unclear> {
        let marks = &self.definitions.marks;
        let (diagnoses, sites) = self.facts.spread(&marks.sites);
        if self.facts.in_principal(marks.trauma) && diagnoses > 1 && sites > 1 {
            return Ok(TRAUMA);
        }
        let hiv =
            self.facts.in_principal(marks.hiv) || self.facts.first_secondary(marks.hiv).is_some();
        if hiv && self.facts.in_principal(marks.hiv_related) {
            return Ok(HIV);
        }
        let all = marks.categories.iter();
        let of: Vec<u8> = all
            .filter(|(list, _)| self.facts.in_principal(Some(*list)))
            .map(|(_, category)| *category)
            .collect();
        let fits = |category: &u8| match *category {
            MALE => self.world.sex == Sex::Male,
            FEMALE => self.world.sex == Sex::Female,
            _ => true,
        };
        let fitting: Vec<u8> = of.iter().copied().filter(fits).collect();
        match (fitting.as_slice(), of.is_empty()) {
            ([only], _) => Ok(*only),
            // What is female is read as female where the sex allows it.
            ([_, _], _) if fitting.contains(&FEMALE) => Ok(FEMALE),
            (_, true) => Err(Unclear::Category),
            _ => Err(Unclear::Sex),
        }
    }

    fn take(&self, class: &Placed, category: u8, doubts: &mut Vec<u16>) -> Option<Decision> {
        if class.unread.iter().any(|list| self.facts.any(*list)) {
            doubts.extend(&class.drgs);
            return None;
        }
        let (definitions, facts, world) = (self.definitions, self.facts, self.world);
        let (stay, family, drgs) = (self.stay, class.family, class.drgs.as_slice());
        let look = Look { definitions, facts, stay, world, family, drgs };
        let mut why = Vec::new();
        if !self.fits(class, &look, &mut why) {
            return None;
        }
        let level = heaviest(&weigh(definitions, facts, world, drgs));
        let (raised, level_counts) = raise(class, &look, level, &mut why);
        let Some(drg) = choose(definitions, drgs, raised) else {
            return Some(Decision::Unclear(Unclear::Class, drgs.to_vec()));
        };
        Some(Decision::Group(Group {
            drg,
            category,
            class: drgs.to_vec(),
            surgical: class.surgical,
            unrelated: false,
            why,
            level: level.filter(|_| level_counts && drgs.len() > 1),
        }))
    }

    fn fits(&self, class: &Placed, look: &Look<'_>, why: &mut Vec<Because>) -> bool {
        match &class.rule {
            Rule::Special(special) => look.holds(&special.when, why),
            Rule::Procedures(lists) => {
                let mut places = lists.iter().flat_map(|list| self.facts.procedures(Some(*list)));
                let first = places.next();
                why.extend(first.map(Because::Procedure));
                first.is_some()
            }
            Rule::Principal(list) => {
                why.push(Because::Principal);
                self.facts.in_principal(Some(*list))
            }
            Rule::Unread => false,
        }
    }

    fn unrelated(&self, category: u8) -> Decision {
        let extensive = self.facts.operations.iter().find(|(_, extensive)| *extensive);
        let decisive = extensive.or_else(|| self.facts.operations.first());
        let [large, small] = UNRELATED;
        let drgs = if extensive.is_some() { large } else { small };
        let level = heaviest(&weigh(self.definitions, self.facts, self.world, &drgs));
        let Some(drg) = choose(self.definitions, &drgs, level) else {
            return Decision::Unclear(Unclear::Class, drgs.to_vec());
        };
        Decision::Group(Group {
            drg,
            category,
            class: drgs.to_vec(),
            surgical: true,
            unrelated: true,
            why: decisive.map(|(place, _)| Because::Procedure(*place)).into_iter().collect(),
            level,
        })
    }
}

/// The level that counts, raised by what counts as much; and whether it is still the complication's own.
fn raise(
    class: &Placed,
    look: &Look<'_>,
    level: Option<Level>,
    why: &mut Vec<Because>,
) -> (Option<Level>, bool) {
    let Rule::Special(special) = &class.rule else { return (level, true) };
    let steps: [(&Need, Level); 2] = [(&special.first, Level::Mcc), (&special.second, Level::Cc)];
    for (need, raised) in steps {
        if level < Some(raised) && look.holds(need, why) {
            return (Some(raised), false);
        }
    }
    (level, true)
}
