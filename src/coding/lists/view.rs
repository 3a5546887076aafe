//! What is loaded and what differs, as pages and the API tell it.

use codesets::{Change, ChangeKind, Codes, Holding, Origin};
use jiff::ToSpan;
use jiff::civil::Date;
use rules::Instant;
use rules::lists::ListKind;
use rules::time::Day;
use serde::{Deserialize, Serialize};

/// Changes on a page at most, and when nobody says how many.
pub(crate) const CHANGES_MAX: usize = 200;
/// Hexadecimal characters of a SHA-256 that are shown.
const SHA256_CHARACTERS_SHOWN: usize = 12;

/// An edition in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct ListView {
    /// Its kind.
    pub kind: ListKind,
    /// The kind's name.
    pub label: &'static str,
    /// The edition's name.
    pub name: String,
    /// The first day on which it is in force.
    pub from: Day,
    /// The last day for which it was published.
    pub until: Day,
    /// Codes, pairs or notes in it.
    pub rows: u64,
    /// When it was loaded; none when it comes with the program.
    pub imported_at: Option<Instant>,
    /// The files that it was read from.
    pub files: Option<String>,
    /// How the SHA-256 of those files begins.
    pub sha256: Option<String>,
    /// What is to be known of its dates.
    pub remark: Option<String>,
}

/// Everything in use, and what is not loaded.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Lists {
    /// By kind and date.
    pub items: Vec<ListView>,
    /// The kinds of which nothing is loaded: nothing is checked by them.
    pub missing: Vec<&'static str>,
}

/// Everything in use on a day.
pub(crate) fn lists(codes: &Codes, today: Date) -> Lists {
    let held = codes.holdings();
    let items = held
        .iter()
        .enumerate()
        .map(|(place, one)| {
            let next = held.get(place + 1).filter(|next| next.kind == one.kind);
            view(one, remark(one, next, today))
        })
        .collect();
    let missing = ListKind::ALL.iter().filter(|kind| held.iter().all(|one| one.kind != **kind));
    Lists { items, missing: missing.map(|kind| kind.label()).collect() }
}

fn view(held: &Holding, remark: Option<String>) -> ListView {
    let (imported_at, files, sha256) = match &held.origin {
        Origin::Shipped => (None, None, None),
        Origin::Loaded { at, files, sha256 } => {
            let shown = sha256.chars().take(SHA256_CHARACTERS_SHOWN).collect();
            (Some(Instant::new(*at)), Some(files.clone()), Some(shown))
        }
    };
    ListView {
        kind: held.kind,
        label: held.kind.label(),
        name: held.edition.name.to_string(),
        from: Day(held.edition.from),
        until: Day(held.edition.until),
        rows: held.rows,
        imported_at,
        files,
        sha256,
        remark,
    }
}

/// A gap after an edition, or that the newest has run out.
fn remark(held: &Holding, next: Option<&Holding>, today: Date) -> Option<String> {
    let until = held.edition.until;
    let after = until.saturating_add(1.day());
    match next {
        Some(next) if after < next.edition.from => {
            let last = next.edition.from.saturating_sub(1.day());
            Some(format!(
                "Nothing is loaded for {after} to {last}: this edition is used, in doubt."
            ))
        }
        None if until < today => Some(format!(
            "It ended on {until}; load the next one. Until then it is used, in doubt."
        )),
        Some(_) | None => None,
    }
}

/// Which changes are asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Asked {
    /// The first day of the earlier edition; the last but one when absent.
    pub from: Option<Day>,
    /// The first day of the later edition; the newest when absent.
    pub to: Option<Day>,
    /// How the codes begin, with or without the point.
    #[serde(default)]
    pub prefix: String,
    /// The code after which to go on: `next` of the page before.
    #[serde(default)]
    pub after: String,
    /// Changes at most, 1 to 200.
    pub limit: Option<usize>,
}

/// How often something changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Count {
    /// In what way.
    pub change: ChangeKind,
    /// Codes.
    pub codes: usize,
}

/// What differs between two editions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub(crate) struct Differences {
    /// The kind of list.
    pub kind: ListKind,
    /// The earlier edition.
    pub from: ListView,
    /// The later one.
    pub to: ListView,
    /// How many codes changed in which way, among those that begin as asked.
    pub counts: Vec<Count>,
    /// In the order of the codes.
    pub items: Vec<Change>,
    /// Where to go on, if there are more.
    pub next: Option<String>,
}

/// Every change between two editions that is asked for; none when there are no two.
pub(crate) fn all_differences(codes: &Codes, kind: ListKind, asked: &Asked) -> Option<Differences> {
    let (from, to) = two_editions(codes, kind, asked)?;
    let prefix = codesets::normalise(&asked.prefix);
    let mut items = codes.changes(kind, from.edition.from, to.edition.from)?;
    items.retain(|change| codesets::normalise(&change.code).starts_with(&prefix));
    let kinds = [
        ChangeKind::Added,
        ChangeKind::Dropped,
        ChangeKind::NewlyBillable,
        ChangeKind::NoLongerBillable,
        ChangeKind::Reworded,
    ];
    let count = |kind| items.iter().filter(|change| change.change == kind).count();
    let counts = kinds.into_iter().map(|change| Count { change, codes: count(change) }).collect();
    Some(Differences {
        kind,
        from: view(from, None),
        to: view(to, None),
        counts,
        items,
        next: None,
    })
}

/// One page of them.
pub(crate) fn differences(codes: &Codes, kind: ListKind, asked: &Asked) -> Option<Differences> {
    let mut all = all_differences(codes, kind, asked)?;
    let limit = asked.limit.unwrap_or(CHANGES_MAX).clamp(1, CHANGES_MAX);
    let after = codesets::normalise(&asked.after);
    all.items.retain(|change| codesets::normalise(&change.code) > after);
    let more = all.items.len() > limit;
    all.items.truncate(limit);
    all.next = all.items.last().filter(|_| more).map(|change| change.code.clone());
    Some(all)
}

fn two_editions<'a>(
    codes: &'a Codes,
    kind: ListKind,
    asked: &Asked,
) -> Option<(&'a Holding, &'a Holding)> {
    let held: Vec<&Holding> = codes.holdings().iter().filter(|one| one.kind == kind).collect();
    let beginning = |day: Day| held.iter().find(|one| one.edition.from == day.0).copied();
    let to = match asked.to {
        Some(day) => beginning(day)?,
        None => held.last().copied()?,
    };
    let from = match asked.from {
        Some(day) => beginning(day)?,
        None => held.iter().rev().find(|one| one.edition.from < to.edition.from).copied()?,
    };
    (from.edition.from < to.edition.from).then_some((from, to))
}

#[cfg(test)]
mod tests {
    use super::{Asked, differences, lists};
    use codesets::Codes;
    use jiff::civil::date;
    use rules::lists::ListKind;

    #[test]
    fn what_has_run_out_is_said_and_what_differs_comes_in_pages() {
        let codes = Codes::shipped().unwrap();
        let now = lists(&codes, date(2026, 3, 2));
        assert!(now.items.iter().all(|item| item.remark.is_none()));
        assert!(now.missing.contains(&"HCPCS level II"));
        let late = lists(&codes, date(2026, 12, 1));
        let remarks = late.items.iter().filter(|item| item.remark.is_some()).count();
        assert_eq!(remarks, 2, "the newest codes and notes");

        let asked = Asked { limit: Some(100), ..Asked::default() };
        let first = differences(&codes, ListKind::Icd10Cm, &asked).unwrap();
        let after = first.next.clone().unwrap();
        let second = Asked { after: after.clone(), ..asked.clone() };
        let second = differences(&codes, ListKind::Icd10Cm, &second).unwrap();
        assert_eq!((first.items.len(), &first.items[99].code), (100, &after));
        assert!(second.items[0].code > after);
        let named = Asked { prefix: "t78.0".into(), ..asked };
        let named = differences(&codes, ListKind::Icd10Cm, &named).unwrap();
        assert!(!named.items.is_empty() && named.items.iter().all(|c| c.code.starts_with("T78.0")));
        assert!(differences(&codes, ListKind::Icd10Pcs, &Asked::default()).is_none());
    }
}
