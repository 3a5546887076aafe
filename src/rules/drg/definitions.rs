//! The definitions made ready for grouping: every list has a number, every code its lists.

use std::collections::{BTreeMap, BTreeSet};

use super::classes;
use super::members::{Members, Together, key};
use super::need::{Class, Turn};
use super::severity::{Level, Severity};
use super::source::{
    CODE_LABELS_MAX, CODES_MAX, DRGS_MAX, DefinitionError, GROUP_CODES_MAX, GROUPS_MAX, Source,
};

/// Before any category.
pub(super) const BEFORE: u8 = 0;
/// DRG 998: a principal diagnosis that can't be one.
const INVALID_PRINCIPAL: u16 = 998;

/// One version of the MS-DRG definitions, ready for [`super::group`].
#[derive(Debug)]
pub struct Definitions {
    pub(super) version: String,
    pub(super) titles: BTreeMap<u16, Title>,
    pub(super) families: Vec<Family>,
    pub(super) diagnoses: Members,
    pub(super) procedures: Members,
    pub(super) together: Together,
    pub(super) severities: BTreeMap<u64, Severity>,
    pub(super) groups: Vec<Vec<u64>>,
    /// Whether an operating-room procedure is extensive.
    pub(super) operations: BTreeMap<u64, bool>,
    pub(super) exclusions: BTreeMap<u16, Vec<u64>>,
    /// The classes of each category in their order.
    pub(super) classes: BTreeMap<u8, Vec<Placed>>,
    pub(super) marks: Marks,
}

/// A DRG's title and category.
#[derive(Debug)]
pub(super) struct Title {
    pub text: String,
    /// [`BEFORE`] where it has none.
    pub category: u8,
}

/// DRGs that share lists, and these.
#[derive(Debug, Default)]
pub(super) struct Family {
    pub drgs: Vec<u16>,
    pub lists: Vec<List>,
}

#[derive(Debug)]
pub(super) struct List {
    pub id: u16,
    pub name: String,
    pub of_diagnoses: bool,
}

/// The lists that put a diagnosis into a category.
#[derive(Debug, Default)]
pub(super) struct Marks {
    /// List and category.
    pub categories: Vec<(u16, u8)>,
    /// Principal diagnoses of multiple significant trauma.
    pub trauma: Option<u16>,
    /// Its body sites.
    pub sites: Vec<u16>,
    /// Diagnoses that go to HIV (MDC 25), alone or with it.
    pub hiv_related: Option<u16>,
    /// HIV itself.
    pub hiv: Option<u16>,
    /// Principal diagnoses that can't be one.
    pub invalid: Option<u16>,
}

/// A class at its place.
#[derive(Debug)]
pub(super) struct Placed {
    pub drgs: Vec<u16>,
    /// Index in `families`.
    pub family: Option<usize>,
    pub surgical: bool,
    pub rule: Rule,
    /// Lists of the family whose part is not known: whoever is in one can't be decided here.
    pub unread: Vec<u16>,
    order: (u8, u32),
}

#[derive(Debug)]
pub(super) enum Rule {
    /// By its own conditions.
    Special(&'static Class),
    /// A procedure of one of these lists.
    Procedures(Vec<u16>),
    /// A principal diagnosis of this list.
    Principal(u16),
    /// Not known.
    Unread,
}

impl Definitions {
    /// Makes definitions ready.
    ///
    /// # Errors
    /// What of them can't be used.
    pub fn build(source: &Source) -> Result<Self, DefinitionError> {
        limits(source)?;
        let mut names = Names::default();
        let diagnoses = names.members(&source.diagnoses, true)?;
        let procedures = names.members(&source.procedures, false)?;
        let titles = titles(source)?;
        let (groups, group_names) = groups(source);
        let mut made = Self {
            version: source.version.clone(),
            titles,
            diagnoses,
            procedures,
            together: Together::new(std::mem::take(&mut names.together)),
            severities: severities(source, &group_names)?,
            groups,
            operations: operations(source),
            exclusions: exclusions(source)?,
            classes: BTreeMap::new(),
            marks: names.marks(),
            families: names.families,
        };
        made.place(&ranks(source)?);
        Ok(made)
    }

    /// The version, such as `v43.1`.
    #[must_use]
    pub fn version(&self) -> &str {
        &self.version
    }

    /// How many DRGs there are.
    #[must_use]
    pub fn drg_count(&self) -> usize {
        self.titles.len()
    }

    /// A DRG's title.
    #[must_use]
    pub fn title(&self, drg: u16) -> Option<&str> {
        self.titles.get(&drg).map(|title| title.text.as_str())
    }

    /// The list of a name in the family of a DRG.
    pub(super) fn list(&self, family: usize, name: &str) -> Option<u16> {
        let lists = &self.families.get(family)?.lists;
        lists.iter().find(|list| list.name == name).map(|list| list.id)
    }

    pub(super) fn family_of(&self, drg: u16) -> Option<usize> {
        self.families.iter().position(|family| family.drgs.contains(&drg))
    }

    /// The DRGs whose classes have a list of which the logic knows nothing: whoever is in such a list is
    /// answered with "can't tell". There are none in version 43.1.
    pub fn unread(&self) -> impl Iterator<Item = u16> {
        let placed = self.classes.values().flatten();
        placed.filter(|it| !it.unread.is_empty()).flat_map(|it| it.drgs.iter().copied())
    }

    fn place(&mut self, ranks: &BTreeMap<u16, u32>) {
        let mut covered = BTreeSet::from([INVALID_PRINCIPAL]);
        let mut placed = Vec::new();
        for class in classes::special() {
            covered.extend(class.drgs);
            if class.drgs.iter().all(|drg| self.titles.contains_key(drg)) {
                placed.push(self.special(class, ranks));
            }
        }
        for (index, family) in self.families.iter().enumerate() {
            let known = family.drgs.iter().all(|drg| self.titles.contains_key(drg));
            let special = family.drgs.iter().any(|drg| covered.contains(drg));
            if known && !special && !family.drgs.is_empty() {
                placed.push(usual(index, family, ranks));
            }
        }
        for class in placed {
            let title = class.drgs.first().and_then(|drg| self.titles.get(drg));
            let category = title.map_or(BEFORE, |title| title.category);
            self.classes.entry(category).or_default().push(class);
        }
        for classes in self.classes.values_mut() {
            classes.sort_by_key(|class| (!class.surgical, class.order));
        }
    }

    fn special(&self, class: &'static Class, ranks: &BTreeMap<u16, u32>) -> Placed {
        let family = class.drgs.first().and_then(|drg| self.family_of(*drg));
        let kin = |other: &&Class| {
            family.is_some() && other.drgs.first().and_then(|drg| self.family_of(*drg)) == family
        };
        // A class may name a list of its own family by the number of a DRG.
        let own = |name: &'static str| name.split_once('|').map_or(name, |(_, own)| own);
        let known: BTreeSet<_> =
            classes::special().filter(kin).flat_map(Class::names).map(own).collect();
        let lists = family.and_then(|index| self.families.get(index));
        let unread = lists
            .map(|family| family.lists.iter().filter(|list| !known.contains(list.name.as_str())))
            .map(|lists| lists.map(|list| list.id).collect())
            .unwrap_or_default();
        let (surgical, order) = turn(class.drgs, class.turn, ranks);
        Placed {
            drgs: class.drgs.to_vec(),
            family,
            surgical,
            rule: Rule::Special(class),
            unread,
            order,
        }
    }
}

/// Whether a class is asked with the surgical ones, and when.
fn turn(drgs: &[u16], turn: Turn, ranks: &BTreeMap<u16, u32>) -> (bool, (u8, u32)) {
    let first = drgs.first().copied().unwrap_or_default();
    match (ranks.get(&first), turn) {
        (Some(rank), _) => (true, (0, *rank)),
        (None, Turn::WithOperations) => (true, (1, u32::from(first))),
        (None, Turn::Early) => (false, (0, u32::from(first))),
        (None, Turn::Usual) => (false, (1, u32::from(first))),
        (None, Turn::Late) => (false, (2, u32::from(first))),
    }
}

/// A class of which the definitions themselves say enough.
fn usual(index: usize, family: &Family, ranks: &BTreeMap<u16, u32>) -> Placed {
    let (surgical, order) = turn(&family.drgs, Turn::Usual, ranks);
    let rule = rule_of(family);
    let unread = match &rule {
        Rule::Unread => family.lists.iter().map(|list| list.id).collect(),
        _ => Vec::new(),
    };
    Placed { drgs: family.drgs.clone(), family: Some(index), surgical, rule, unread, order }
}

fn rule_of(family: &Family) -> Rule {
    let plain = |list: &List| {
        let name = list.name.trim_start_matches("OR ").trim_end_matches('*');
        matches!(name, "ORPCS" | "NON-ORPCS" | "NON ORPCS")
    };
    let procedures = || family.lists.iter().filter(|list| !list.of_diagnoses);
    let mut diagnoses = family.lists.iter().filter(|list| list.of_diagnoses);
    match (diagnoses.next(), diagnoses.next(), procedures().count()) {
        (None, _, 1) => Rule::Procedures(procedures().map(|list| list.id).collect()),
        (None, _, _) if procedures().all(plain) => {
            Rule::Procedures(procedures().map(|list| list.id).collect())
        }
        (Some(only), None, 0) if only.name.ends_with("PDX") => Rule::Principal(only.id),
        _ => Rule::Unread,
    }
}

/// Gives every list its number.
#[derive(Default)]
struct Names {
    families: Vec<Family>,
    /// The index of a family by its name; the first has no DRGs and holds the categories.
    by_name: BTreeMap<String, usize>,
    ids: BTreeMap<(usize, String), u16>,
    together: Vec<(u64, u16, Vec<u64>)>,
}

impl Names {
    fn members(
        &mut self,
        codes: &BTreeMap<String, Vec<String>>,
        of_diagnoses: bool,
    ) -> Result<Members, DefinitionError> {
        let mut members = Members::default();
        for (code, labels) in codes {
            // The published file has words of its own text among the codes; they are none.
            let Some(code) = key(code) else { continue };
            if labels.len() > CODE_LABELS_MAX {
                let what = "labels of one code";
                return Err(DefinitionError::TooMany { what, limit: CODE_LABELS_MAX });
            }
            let mut lists = BTreeSet::new();
            for label in labels {
                let (list, others) = self.label(label, of_diagnoses)?;
                if others.is_empty() {
                    lists.insert(list);
                } else {
                    self.together.push((code, list, others));
                }
            }
            members.push(code, lists);
        }
        Ok(members)
    }

    /// The list of a label, and the codes without which it does not hold.
    fn label(
        &mut self,
        label: &str,
        of_diagnoses: bool,
    ) -> Result<(u16, Vec<u64>), DefinitionError> {
        let unreadable = || DefinitionError::unreadable("a label", label);
        let (family, rest) = match label.split_once('|') {
            Some(split) => split,
            None if label.starts_with('_') => ("", label),
            None => return Err(unreadable()),
        };
        let mut parts = rest.split('|');
        let name = parts.next().unwrap_or_default().trim();
        let others: Option<Vec<u64>> = parts.map(key).collect();
        let family = self.family(family)?;
        let list = self.list(family, name, of_diagnoses)?;
        Ok((list, others.ok_or_else(unreadable)?))
    }

    fn family(&mut self, name: &str) -> Result<usize, DefinitionError> {
        if let Some(index) = self.by_name.get(name) {
            return Ok(*index);
        }
        let drgs = if name.is_empty() {
            Vec::new()
        } else {
            name.split('&').map(drg).collect::<Result<_, _>>()?
        };
        let index = self.families.len();
        self.families.push(Family { drgs, lists: Vec::new() });
        self.by_name.insert(name.to_owned(), index);
        Ok(index)
    }

    fn list(
        &mut self,
        family: usize,
        name: &str,
        of_diagnoses: bool,
    ) -> Result<u16, DefinitionError> {
        let entry = (family, name.to_owned());
        if let Some(id) = self.ids.get(&entry) {
            return Ok(*id);
        }
        let too_many = DefinitionError::TooMany { what: "lists", limit: usize::from(u16::MAX) };
        let id = u16::try_from(self.ids.len()).map_err(|_too_large| too_many)?;
        self.ids.insert(entry, id);
        if let Some(family) = self.families.get_mut(family) {
            family.lists.push(List { id, name: name.to_owned(), of_diagnoses });
        }
        Ok(id)
    }

    fn marks(&self) -> Marks {
        let mut marks = Marks::default();
        for ((family, name), id) in &self.ids {
            let drgs = self.families.get(*family).map(|family| family.drgs.as_slice());
            match (drgs.unwrap_or_default(), name.as_str()) {
                ([], "_MDC24_PDX") => marks.trauma = Some(*id),
                ([], "_MDC25") => marks.hiv_related = Some(*id),
                ([], name) if name.starts_with("_TRAUMA24_SITE_") => marks.sites.push(*id),
                ([], name) => {
                    let number = name.strip_prefix("_MDC").and_then(|text| text.parse().ok());
                    marks.categories.extend(number.map(|category| (*id, category)));
                }
                ([974, ..], "PSDX OF HIV INFECTION") => marks.hiv = Some(*id),
                ([INVALID_PRINCIPAL], "PDX") => marks.invalid = Some(*id),
                _ => {}
            }
        }
        marks
    }
}

fn limits(source: &Source) -> Result<(), DefinitionError> {
    let counts = [
        ("DRGs", source.drgs.len(), DRGS_MAX),
        ("diagnoses", source.diagnoses.len(), CODES_MAX),
        ("procedures", source.procedures.len(), CODES_MAX),
        ("complications", source.severities.len(), CODES_MAX),
        ("operating-room procedures", source.operations.len(), CODES_MAX),
        ("ranks of the surgical hierarchy", source.surgical_rank.len(), DRGS_MAX),
        ("groups of excluding diagnoses", source.groups.len(), GROUPS_MAX),
    ];
    for (what, count, limit) in counts {
        if count == 0 {
            return Err(DefinitionError::None(what));
        }
        if count > limit {
            return Err(DefinitionError::TooMany { what, limit });
        }
    }
    let long = source.groups.values().chain(source.drg_exclusions.values());
    if long.into_iter().any(|codes| codes.len() > GROUP_CODES_MAX) {
        let what = "codes of one group";
        return Err(DefinitionError::TooMany { what, limit: GROUP_CODES_MAX });
    }
    Ok(())
}

fn drg(text: &str) -> Result<u16, DefinitionError> {
    let number = text.parse().ok().filter(|number| (1..=999).contains(number));
    number.ok_or_else(|| DefinitionError::unreadable("a DRG", text))
}

fn titles(source: &Source) -> Result<BTreeMap<u16, Title>, DefinitionError> {
    let title = |(number, it): (&String, &super::source::SourceDrg)| {
        let category = match it.mdc.as_deref().unwrap_or_default() {
            "" => BEFORE,
            text => {
                let category = text.parse().ok().filter(|number| (1..=25).contains(number));
                category.ok_or_else(|| DefinitionError::unreadable("a category", text))?
            }
        };
        Ok((drg(number)?, Title { text: it.desc.clone(), category }))
    };
    source.drgs.iter().map(title).collect()
}

fn groups(source: &Source) -> (Vec<Vec<u64>>, BTreeMap<&str, usize>) {
    let sorted = |codes: &Vec<String>| {
        let keys: BTreeSet<u64> = codes.iter().filter_map(|code| key(code)).collect();
        keys.into_iter().collect()
    };
    let names = source.groups.keys().enumerate().map(|(index, name)| (name.as_str(), index));
    (source.groups.values().map(sorted).collect(), names.collect())
}

fn severities(
    source: &Source,
    groups: &BTreeMap<&str, usize>,
) -> Result<BTreeMap<u64, Severity>, DefinitionError> {
    let mut all = BTreeMap::new();
    for (code, it) in &source.severities {
        let unreadable = |what, text: &str| DefinitionError::unreadable(what, text);
        let level = match it.level.as_str() {
            "MCC" => Level::Mcc,
            "CC" => Level::Cc,
            other => return Err(unreadable("a severity", other)),
        };
        let hac = it.hac.as_deref().map(|text| {
            text.parse().map_err(|_not_a_number| unreadable("a hospital-acquired condition", text))
        });
        let code = key(code).ok_or_else(|| unreadable("a complication", code))?;
        all.insert(
            code,
            Severity {
                level,
                group: groups.get(it.pdx.as_str()).copied(),
                hac: hac.transpose()?,
                alive_only: it.aowa,
            },
        );
    }
    Ok(all)
}

fn operations(source: &Source) -> BTreeMap<u64, bool> {
    let lesser: BTreeSet<u64> = source.non_extensive.iter().filter_map(|code| key(code)).collect();
    let codes = source.operations.keys().filter_map(|code| key(code));
    codes.map(|code| (code, !lesser.contains(&code))).collect()
}

fn exclusions(source: &Source) -> Result<BTreeMap<u16, Vec<u64>>, DefinitionError> {
    let each = |(number, codes): (&String, &Vec<String>)| {
        let keys: BTreeSet<u64> = codes.iter().filter_map(|code| key(code)).collect();
        Ok((drg(number)?, keys.into_iter().collect()))
    };
    source.drg_exclusions.iter().map(each).collect()
}

fn ranks(source: &Source) -> Result<BTreeMap<u16, u32>, DefinitionError> {
    source.surgical_rank.iter().map(|(number, rank)| Ok((drg(number)?, *rank))).collect()
}
