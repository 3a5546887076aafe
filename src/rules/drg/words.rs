//! A decision in words that a coder can follow. They explain; they never point to another DRG.

use super::decide::{Group, Unclear};
use super::definitions::{BEFORE, Definitions};
use super::facts::{Because, Stay};
use super::severity::{Discount, Level, Weight};
use super::{Mark, Reason};
use crate::edits::written as in_system;
use crate::words::CodeSystem;

/// The major diagnostic categories, from the first.
const CATEGORIES: [&str; 25] = [
    "nervous system",
    "eye",
    "ear, nose, mouth and throat",
    "respiratory system",
    "circulatory system",
    "digestive system",
    "hepatobiliary system and pancreas",
    "musculoskeletal system and connective tissue",
    "skin, subcutaneous tissue and breast",
    "endocrine, nutritional and metabolic diseases",
    "kidney and urinary tract",
    "male reproductive system",
    "female reproductive system",
    "pregnancy, childbirth and the puerperium",
    "newborns and other neonates",
    "blood and immunological disorders",
    "myeloproliferative diseases and poorly differentiated neoplasms",
    "infectious and parasitic diseases",
    "mental diseases and disorders",
    "alcohol and drug use",
    "injuries, poisonings and toxic effects of drugs",
    "burns",
    "factors influencing health status",
    "multiple significant trauma",
    "human immunodeficiency virus infections",
];

/// What hospital-acquired conditions are, from 01.
const ACQUIRED: [&str; 14] = [
    "foreign object retained after surgery",
    "air embolism",
    "blood incompatibility",
    "stage III and IV pressure ulcers",
    "falls and trauma",
    "catheter-associated urinary tract infection",
    "vascular catheter-associated infection",
    "surgical site infection after bypass",
    "manifestations of poor glycemic control",
    "thrombosis or embolism after hip or knee replacement",
    "surgical site infection after bariatric surgery",
    "surgical site infection after certain orthopedic procedures",
    "surgical site infection after a cardiac device",
    "pneumothorax with venous catheterization",
];

/// The name of a category; none for what has none.
pub(super) fn category(number: u8) -> Option<String> {
    let index = usize::from(number).checked_sub(1)?;
    CATEGORIES.get(index).map(|name| format!("MDC {number:02}, {name}"))
}

fn written(code: &str) -> String {
    in_system(CodeSystem::Icd10Cm, code).into_owned()
}

fn diagnosis(stay: &Stay<'_>, place: usize) -> String {
    let code = stay.secondaries.get(place).map_or("", |(code, _)| code);
    written(code)
}

/// Why a stay is in its DRG, the weightiest last.
pub(super) fn reasons(stay: &Stay<'_>, group: &Group, weights: &[Weight]) -> Vec<Reason> {
    let mut all = vec![by_principal(stay, group)];
    let mut why = group.why.clone();
    why.sort_unstable();
    why.dedup();
    all.extend(why.iter().filter_map(|because| by(stay, group, *because)));
    all.extend(group.level.map(|level| by_level(stay, level, weights)));
    all
}

fn by_principal(stay: &Stay<'_>, group: &Group) -> Reason {
    let code = written(stay.principal);
    let text = match category(group.category).filter(|_| group.category != BEFORE) {
        Some(category) if group.category == 24 => {
            format!("{code} with injuries of another body site: {category}.")
        }
        Some(category) if group.category == 25 && stay.principal != "B20" => {
            format!("{code} with HIV (B20): {category}.")
        }
        Some(category) => format!("Principal {code}: {category}."),
        None => "Decided before any diagnostic category.".to_owned(),
    };
    Reason { code: stay.principal.to_owned(), text }
}

fn by(stay: &Stay<'_>, group: &Group, because: Because) -> Option<Reason> {
    match because {
        Because::Procedure(place) => {
            let code = (*stay.procedures.get(place)?).to_owned();
            let text = if group.unrelated {
                format!("Operation {code} belongs to no class of the principal diagnosis.")
            } else {
                format!("Procedure {code} puts the stay into this class.")
            };
            Some(Reason { code, text })
        }
        Because::Secondary(place) => {
            let code = stay.secondaries.get(place).map(|(code, _)| (*code).to_owned())?;
            let text = format!("Secondary {} is part of this class.", diagnosis(stay, place));
            Some(Reason { code, text })
        }
        Because::Disposition => {
            let text = "The discharge disposition is part of this class.".to_owned();
            stay.disposition.map(|_| Reason { code: String::new(), text })
        }
        Because::Principal => None,
    }
}

fn by_level(stay: &Stay<'_>, level: Level, weights: &[Weight]) -> Reason {
    let counting = weights.iter().filter(|it| it.discount.is_none() && it.level == level);
    let places: Vec<_> = counting.map(|weight| weight.place).collect();
    let codes: Vec<_> = places.iter().map(|place| diagnosis(stay, *place)).collect();
    let first = places.first().and_then(|place| stay.secondaries.get(*place));
    let code = first.map_or("", |(code, _)| code).to_owned();
    let verb = if codes.len() == 1 { "is" } else { "are" };
    let article = if codes.len() == 1 { "an " } else { "" };
    let article = if level == Level::Cc && codes.len() == 1 { "a " } else { article };
    Reason { code, text: format!("{} {verb} {article}{level} here.", codes.join(", ")) }
}

/// What a complication weighs.
pub(super) fn mark(stay: &Stay<'_>, weight: &Weight) -> Mark {
    let level = weight.level;
    let principal = || written(stay.principal);
    let text = match weight.discount {
        None if weight.doubtful => {
            format!("{level}, unless it was acquired in the hospital after a procedure")
        }
        None => format!("{level}"),
        Some(Discount::Principal) => format!("{level}, but not with principal {}", principal()),
        Some(Discount::Class) => format!("{level}, but part of this DRG's own logic"),
        Some(Discount::Expired) => format!("{level} only when discharged alive"),
        Some(Discount::Hospital(number)) => {
            let index = usize::from(number).checked_sub(1);
            let what = index.and_then(|index| ACQUIRED.get(index)).copied();
            let what = what.map(|words| format!(" ({words})")).unwrap_or_default();
            let what = format!("hospital-acquired condition {number:02}{what}");
            format!("{level}, not counted: {what}, not present on admission")
        }
    };
    Mark { place: weight.place, level, counts: weight.discount.is_none(), text }
}

/// Why a stay can't be grouped.
pub(super) fn ungroupable(definitions: &Definitions, stay: &Stay<'_>, drg: u16) -> String {
    let code = written(stay.principal);
    let title = definitions.title(drg).unwrap_or_default();
    if drg == 998 {
        format!("{code} can't be the principal diagnosis of a discharge ({title}).")
    } else {
        format!("The definitions know no principal diagnosis {code} ({title}).")
    }
}

/// Why the definitions do not say enough.
pub(super) fn unclear(stay: &Stay<'_>, why: Unclear) -> String {
    let code = written(stay.principal);
    match why {
        Unclear::Category => format!("The definitions put {code} into no diagnostic category."),
        Unclear::Sex => format!("The definitions put {code} into a category of the other sex."),
        Unclear::List => "A code is in a list whose part in the logic is not known.".to_owned(),
        Unclear::NewbornOperation => {
            "The definitions do not say how an operation on a newborn is grouped.".to_owned()
        }
        Unclear::LeftOver => {
            format!(
                "An operation is listed for the category of {code}, but no class there takes it."
            )
        }
        Unclear::Class => format!("No class of the definitions takes this stay with {code}."),
    }
}
