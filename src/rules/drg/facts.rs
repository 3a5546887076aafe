//! A stay as the definitions see it: the lists that its codes are in.

use std::collections::BTreeSet;

use super::definitions::Definitions;
use super::members::key;
use super::need::Need;
use super::severity::{Level, heaviest, weigh};
use crate::edits::Sex;
use crate::words::PresentOnAdmission;

/// A secondary diagnosis: its place in the stay, its code, and whether it was present on admission.
type Secondary = (usize, u64, Option<PresentOnAdmission>);

/// An inpatient stay. Codes are bare and in capitals.
#[derive(Debug, Clone, Default)]
pub struct Stay<'a> {
    /// The principal diagnosis.
    pub principal: &'a str,
    /// The secondary diagnoses.
    pub secondaries: &'a [(&'a str, Option<PresentOnAdmission>)],
    /// The procedures, in ICD-10-PCS.
    pub procedures: &'a [&'a str],
    /// The patient's sex, when it is known.
    pub sex: Option<Sex>,
    /// Where the patient went: the NUBC discharge status, two digits, when it is known.
    pub disposition: Option<&'a str>,
}

/// What is not known of a stay, supposed.
#[derive(Debug, Clone)]
pub(super) struct World {
    pub disposition: String,
    pub sex: Sex,
    /// Whether what may be hospital-acquired is.
    pub acquired: bool,
}

impl World {
    pub(super) fn expired(&self) -> bool {
        matches!(self.disposition.as_str(), "20" | "40" | "41" | "42")
    }
}

/// What made a condition hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Because {
    Principal,
    Secondary(usize),
    Procedure(usize),
    Disposition,
}

/// The stay's codes with their lists. A code that is there twice counts once.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    /// The procedures as they were given.
    pub codes: &'a [&'a str],
    pub principal_key: u64,
    pub principal: &'a [u16],
    pub secondaries: Vec<Secondary>,
    secondary: Vec<(u16, usize)>,
    procedure: Vec<(u16, usize)>,
    /// Lists of which a whole combination is there, and the codes that take part.
    whole: Vec<(u16, u64)>,
    /// Places of the operating-room procedures, and whether each is extensive.
    pub operations: Vec<(usize, bool)>,
}

impl<'a> Facts<'a> {
    pub(super) fn of(definitions: &'a Definitions, stay: &Stay<'a>) -> Self {
        let principal_key = key(stay.principal).unwrap_or_default();
        let principal = definitions.diagnoses.lists(principal_key).unwrap_or_default();
        let codes = stay.procedures;
        let mut facts = Self { codes, principal_key, principal, ..Self::default() };
        let mut seen = BTreeSet::from([principal_key]);
        for (place, (code, poa)) in stay.secondaries.iter().enumerate() {
            let Some(code) = key(code).filter(|code| seen.insert(*code)) else { continue };
            facts.secondaries.push((place, code, *poa));
            let lists = definitions.diagnoses.lists(code).unwrap_or_default();
            facts.secondary.extend(lists.iter().map(|list| (*list, place)));
        }
        let keys = stay.procedures.iter().map(|code| key(code)).enumerate();
        let mut codes = BTreeSet::new();
        for (place, code) in keys.filter_map(|(place, code)| Some((place, code?))) {
            if codes.insert(code) {
                let lists = definitions.procedures.lists(code).unwrap_or_default();
                facts.procedure.extend(lists.iter().map(|list| (*list, place)));
                let operation = definitions.operations.get(&code);
                facts.operations.extend(operation.map(|extensive| (place, *extensive)));
            }
        }
        facts.combine(definitions, stay, &codes);
        facts
    }

    /// Lists in which procedures are only together.
    fn combine(&mut self, definitions: &Definitions, stay: &Stay<'_>, codes: &BTreeSet<u64>) {
        for (place, code) in stay.procedures.iter().enumerate() {
            let Some(code) = key(code) else { continue };
            for (list, others) in definitions.together.of(code) {
                let whole = others.iter().all(|other| codes.contains(other));
                if whole {
                    self.whole.extend(others.iter().chain([&code]).map(|part| (list, *part)));
                    self.procedure.push((list, place));
                }
            }
        }
    }

    pub(super) fn in_principal(&self, list: Option<u16>) -> bool {
        list.is_some_and(|list| self.principal.contains(&list))
    }

    pub(super) fn first_secondary(&self, list: Option<u16>) -> Option<usize> {
        let list = list?;
        self.secondary.iter().find(|(it, _)| *it == list).map(|(_, place)| *place)
    }

    /// Whether any code is in the list.
    pub(super) fn any(&self, list: u16) -> bool {
        self.principal.contains(&list)
            || self.secondary.iter().chain(&self.procedure).any(|(it, _)| *it == list)
    }

    /// Places of the procedures in a list.
    pub(super) fn procedures(&self, list: Option<u16>) -> impl Iterator<Item = usize> {
        let of = move |(it, _): &&(u16, usize)| Some(*it) == list;
        self.procedure.iter().filter(of).map(|(_, place)| *place)
    }

    /// How many diagnoses are in one of these lists, and in how many of the lists there are any.
    pub(super) fn spread(&self, lists: &[u16]) -> (usize, usize) {
        let principal = self.principal.iter().filter(|list| lists.contains(list));
        let secondary = self.secondary.iter().filter(|(list, _)| lists.contains(list));
        let mut diagnoses = BTreeSet::new();
        let mut found = BTreeSet::new();
        for (list, place) in principal
            .map(|list| (*list, None))
            .chain(secondary.map(|(list, at)| (*list, Some(*at))))
        {
            diagnoses.insert(place);
            found.insert(list);
        }
        (diagnoses.len(), found.len())
    }
}

/// Asks a class's conditions of the facts.
pub(super) struct Look<'a> {
    pub definitions: &'a Definitions,
    pub facts: &'a Facts<'a>,
    pub stay: &'a Stay<'a>,
    pub world: &'a World,
    pub family: Option<usize>,
    pub drgs: &'a [u16],
}

impl Look<'_> {
    fn list(&self, name: &str) -> Option<u16> {
        let foreign = name.split_once('|').and_then(|(drg, name)| Some((drg.parse().ok()?, name)));
        match foreign {
            Some((drg, name)) => self.definitions.list(self.definitions.family_of(drg)?, name),
            None => self.definitions.list(self.family?, name),
        }
    }

    /// Whether a condition holds; `why` then has what made it.
    pub(super) fn holds(&self, need: &Need, why: &mut Vec<Because>) -> bool {
        let before = why.len();
        let holds = match need {
            Need::All(needs) => needs.iter().all(|need| self.holds(need, why)),
            Need::Any(needs) => needs.iter().any(|need| self.holds(need, why)),
            Need::Not(need) => !self.holds(need, &mut Vec::new()),
            Need::Pdx(_) | Need::Sdx(_) | Need::Psdx(_) | Need::OnlySdx(_) => {
                self.diagnoses(need, why)
            }
            Need::Op(name) => {
                let first = self.facts.procedures(self.list(name)).next();
                why.extend(first.map(Because::Procedure));
                first.is_some()
            }
            Need::Beside(name, other) => self.beside(name, other, why),
            Need::Starts(name, start) => self.starts(name, start, why),
            Need::AddsUp(wanted, lists) => self.adds_up(*wanted, lists, why),
            Need::Sites(wanted, names) => self.sites(*wanted, names, why),
            Need::Operation(but) => self.operation(false, but, why),
            Need::Extensive(but) => self.operation(true, but, why),
            Need::Discharged(to) => {
                why.push(Because::Disposition);
                to.contains(&self.world.disposition.as_str())
            }
            Need::Mcc => {
                let weights = weigh(self.definitions, self.facts, self.world, self.drgs);
                heaviest(&weights) == Some(Level::Mcc)
            }
            Need::Always => true,
            Need::Never => false,
        };
        if !holds {
            why.truncate(before);
        }
        holds
    }

    fn diagnoses(&self, need: &Need, why: &mut Vec<Because>) -> bool {
        let facts = self.facts;
        let principal = |name| facts.in_principal(self.list(name)).then_some(Because::Principal);
        let secondary = |name| facts.first_secondary(self.list(name)).map(Because::Secondary);
        let found = match need {
            Need::Pdx(name) => principal(name),
            Need::Sdx(name) => secondary(name),
            Need::Psdx(name) => principal(name).or_else(|| secondary(name)),
            Need::OnlySdx(name) => return self.only(name),
            _ => None,
        };
        why.extend(found);
        found.is_some()
    }

    fn only(&self, name: &str) -> bool {
        let allowed = self.list(name);
        self.facts.secondaries.iter().all(|(_, code, _)| {
            let lists = self.definitions.diagnoses.lists(*code).unwrap_or_default();
            allowed.is_some_and(|list| lists.contains(&list))
        })
    }

    fn beside(&self, name: &str, other: &str, why: &mut Vec<Because>) -> bool {
        let other = self.list(other);
        let free = |place: &usize| {
            let code = self.stay.procedures.get(*place).and_then(|code| key(code));
            let taken = self.facts.whole.iter();
            !taken.into_iter().any(|(list, part)| Some(*list) == other && Some(*part) == code)
        };
        let found = self.facts.procedures(self.list(name)).find(free);
        why.extend(found.map(Because::Procedure));
        found.is_some()
    }

    fn starts(&self, name: &str, start: &str, why: &mut Vec<Because>) -> bool {
        let code = |place: &usize| {
            self.stay.procedures.get(*place).is_some_and(|code| code.starts_with(start))
        };
        let found = self.facts.procedures(self.list(name)).find(code);
        why.extend(found.map(Because::Procedure));
        found.is_some()
    }

    fn adds_up(&self, wanted: u32, lists: &[(&str, u32)], why: &mut Vec<Because>) -> bool {
        let mut sum = 0;
        for (name, weight) in lists {
            for place in self.facts.procedures(self.list(name)) {
                why.push(Because::Procedure(place));
                sum += weight;
            }
        }
        sum >= wanted
    }

    fn sites(&self, wanted: usize, names: &[&str], why: &mut Vec<Because>) -> bool {
        let first = |name: &&str| self.facts.procedures(self.list(name)).next();
        let found: Vec<_> = names.iter().filter_map(first).collect();
        why.extend(found.iter().copied().map(Because::Procedure));
        found.len() >= wanted
    }

    fn operation(&self, extensive: bool, but: &[&str], why: &mut Vec<Because>) -> bool {
        let excepted = |place: usize| {
            but.iter().any(|name| self.facts.procedures(self.list(name)).any(|it| it == place))
        };
        let mut operations = self.facts.operations.iter();
        let found = operations.find(|(place, large)| (!extensive || *large) && !excepted(*place));
        why.extend(found.map(|(place, _)| Because::Procedure(*place)));
        found.is_some()
    }
}
