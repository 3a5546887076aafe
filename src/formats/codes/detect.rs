//! What a file is, by its name and its first lines.

use super::{decoded, hcpcs, lines, order, tabular};
use jiff::civil::{Date, date};
use rules::lists::ListKind;

/// How much of a file is looked at.
const BYTES_MAX: usize = 64 << 10;
/// The NCCI's version 1 would have been of this year.
const NCCI_YEAR_BEFORE_FIRST: i16 = 1_994;

/// What a file seems to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Guess {
    /// Its kind.
    pub kind: Option<ListKind>,
    /// The name of its edition.
    pub name: Option<String>,
    /// The first day for which it is meant.
    pub from: Option<Date>,
    /// The last day.
    pub until: Option<Date>,
}

/// Looks at a file's name and its first 64 KiB. What it does not know the operator must say.
#[must_use]
pub fn detect(file_name: &str, bytes: &[u8]) -> Guess {
    let text = decoded(bytes.get(..BYTES_MAX).unwrap_or(bytes));
    let name = file_name.to_ascii_lowercase();
    let kind = kind_of(&name, &text);
    let mut guess = Guess { kind, ..Guess::default() };
    let Some(kind) = kind else { return guess };
    let year = year_in(&name);
    let days = match kind {
        ListKind::Icd10Cm
        | ListKind::Icd10CmNotes
        | ListKind::Icd10Pcs
        | ListKind::PoaExempt
        | ListKind::UnacceptablePrincipal
        | ListKind::MceAge
        | ListKind::MceSex => version_in(&text).or(year).and_then(|year| fiscal(year, &name)),
        ListKind::Hcpcs | ListKind::Cpt => year.and_then(calendar),
        ListKind::MsDrg => grouper(&name),
        // The mapping of a payment year is for what was done the year before.
        ListKind::Hcc | ListKind::HccHierarchies | ListKind::HccLabels => year.and_then(|year| {
            let (from, until, _) = calendar(year.checked_sub(1)?)?;
            Some((from, until, format!("PY{year}")))
        }),
        ListKind::PtpPractitioner
        | ListKind::PtpOutpatient
        | ListKind::MuePractitioner
        | ListKind::MueOutpatient => quarter(&name),
    };
    if let Some((from, until, edition)) = days {
        guess = Guess { from: Some(from), until: Some(until), name: Some(edition), ..guess };
    }
    guess
}

fn kind_of(name: &str, text: &str) -> Option<ListKind> {
    if tabular::is(text) {
        return Some(ListKind::Icd10Cm);
    }
    let first = lines(text).next().map(|(_, line)| line).unwrap_or_default();
    // Descriptions of other lists speak of MUE values, too: a table's own heading is asked first.
    if hcpcs::is(text) || first.starts_with("HCPC\t") {
        return Some(ListKind::Hcpcs);
    }
    let lower = text.to_ascii_lowercase();
    let outpatient =
        |name: &str| ["oph", "outpatient", "hospital"].iter().any(|word| name.contains(word));
    if lower.contains("mue value") {
        let hospital = lower.contains("outpatient hospital") || outpatient(name);
        return Some(if hospital { ListKind::MueOutpatient } else { ListKind::MuePractitioner });
    }
    if name.contains("ccipra") || (name.contains("ptp") && name.contains("practitioner")) {
        return Some(ListKind::PtpPractitioner);
    }
    if name.contains("ccioph") || (name.contains("ptp") && outpatient(name)) {
        return Some(ListKind::PtpOutpatient);
    }
    if first.contains("(age") || name.contains("mce_age") {
        return Some(ListKind::MceAge);
    }
    if name.contains("mce_sex") {
        return Some(ListKind::MceSex);
    }
    if name.contains("poa") && name.contains("exempt") {
        return Some(ListKind::PoaExempt);
    }
    if first.starts_with("cc_parent,cc_child") {
        return Some(ListKind::HccHierarchies);
    }
    if first.starts_with("cc,label,") {
        return Some(ListKind::HccLabels);
    }
    if first.starts_with('{') && (name.contains("drg") || lower.contains("\"drgmap\"")) {
        return Some(ListKind::MsDrg);
    }
    if lower.contains("cms-hcc") || first.starts_with("diagnosis_code,cc,model_name") {
        return Some(ListKind::Hcc);
    }
    by_system(name, first)
}

fn by_system(name: &str, first: &str) -> Option<ListKind> {
    if order::is(first) {
        let code = first.get(6..13).unwrap_or_default().trim();
        let letter = code.starts_with(|c: char| c.is_ascii_uppercase());
        let pcs = name.contains("pcs") || (!name.contains("cm") && !letter);
        return Some(if pcs { ListKind::Icd10Pcs } else { ListKind::Icd10Cm });
    }
    [
        ("hcpc", ListKind::Hcpcs),
        ("pcs", ListKind::Icd10Pcs),
        ("icd10cm", ListKind::Icd10Cm),
        ("anweb", ListKind::Hcpcs),
        ("cpt", ListKind::Cpt),
    ]
    .into_iter()
    .find(|(word, _)| name.contains(word))
    .map(|(_, kind)| kind)
}

/// The year in the list's own `<version>`.
fn version_in(text: &str) -> Option<i16> {
    text.split_once("<version>")?.1.split_once('<')?.0.trim().parse().ok()
}

/// `v43.1` is the April update of fiscal year 2026.
fn grouper(name: &str) -> Option<Days> {
    const YEAR_BEFORE_FIRST: i16 = 1_983;
    let numbers = name.split('v').find_map(|rest| {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let number = rest.get(..end)?.trim_end_matches('.');
        let (version, update) = number.split_once('.').unwrap_or((number, "0"));
        Some((version.parse::<i16>().ok()?, update.to_owned(), number.to_owned()))
    });
    let (version, update, number) = numbers?;
    let year = YEAR_BEFORE_FIRST.checked_add(version).filter(|year| (2015..2100).contains(year))?;
    let part = if update == "1" { "april" } else { "" };
    fiscal(year, part).map(|(from, until, _)| (from, until, format!("v{number}")))
}

/// The first number from 2015 to 2099 in a name.
fn year_in(name: &str) -> Option<i16> {
    name.split(|c: char| !c.is_ascii_digit())
        .filter(|digits| digits.len() == 4)
        .filter_map(|digits| digits.parse().ok())
        .find(|year| (2015..2100).contains(year))
        .or_else(|| {
            // `fy2026`, `hcpc2019`
            let at = name.find("20")?;
            let digits = name.get(at..at + 4)?;
            digits.parse().ok().filter(|year| (2015..2100).contains(year))
        })
}

type Days = (Date, Date, String);

/// A fiscal year, or what remains of it from its April update on.
fn fiscal(year: i16, name: &str) -> Option<Days> {
    let until = Date::new(year, 9, 30).ok()?;
    if name.contains("april") || name.contains("-04") {
        return Some((Date::new(year, 4, 1).ok()?, until, format!("FY{year} April")));
    }
    Some((Date::new(year.checked_sub(1)?, 10, 1).ok()?, until, format!("FY{year}")))
}

fn calendar(year: i16) -> Option<Days> {
    Some((Date::new(year, 1, 1).ok()?, Date::new(year, 12, 31).ok()?, year.to_string()))
}

/// `ccipra-v323r0-f1.txt` is version 32.3: the fourth quarter of 2026. `…_Eff_07-01-2026` says its day.
fn quarter(name: &str) -> Option<Days> {
    let from = effective(name).or_else(|| version(name))?;
    let number = (from.month() - 1) / 3;
    let last_month = number * 3 + 3;
    let until = Date::new(from.year(), last_month, 1).ok()?.last_of_month();
    Some((from, until, format!("{} Q{}", from.year(), number + 1)))
}

fn effective(name: &str) -> Option<Date> {
    let after = name.split_once("eff")?.1;
    let digits: Vec<i16> = after
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .take(3)
        .collect();
    let [month, day, year] = digits.try_into().ok()?;
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn version(name: &str) -> Option<Date> {
    let after = name.split_once("-v").or_else(|| name.split_once("_v"))?.1;
    let digits = after.get(..3)?;
    let number: i16 = digits.parse().ok()?;
    let (version, quarter) = (number / 10, number % 10);
    let year = NCCI_YEAR_BEFORE_FIRST.checked_add(version)?;
    (quarter < 4).then_some(())?;
    let month = i8::try_from(quarter).ok()?.checked_mul(3)?.checked_add(1)?;
    Date::new(year, month, 1).ok().filter(|day| *day >= date(1996, 1, 1))
}
