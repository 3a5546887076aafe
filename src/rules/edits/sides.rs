//! Rules about sides: of diagnoses by their wording, of services by their modifiers.

use super::case::{Case, Entry, Say};
use crate::words::CodeSystem;

/// Left, right or both.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Side {
    Left,
    Right,
    Both,
}

impl Side {
    const fn word(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
            Self::Both => "both sides",
        }
    }
}

/// Words after "left" or "right" with which it is no side of the body.
const NOT_A_SIDE: [&str; 11] = [
    "atrial",
    "atrium",
    "bundle",
    "coronary",
    "fascicular",
    "heart",
    "lower quadrant",
    "upper quadrant",
    "ventricle",
    "ventricular",
    "ventricular,",
];

/// The side that a diagnosis's wording names.
fn of_diagnosis(title: &str) -> Option<Side> {
    let title = title.to_lowercase();
    let named = |word: &str| {
        title.match_indices(word).any(|(at, _)| {
            let (before, after) = (title.get(..at).unwrap_or(""), title.get(at + word.len()..));
            let begins = before.chars().next_back().is_none_or(|c| !c.is_alphanumeric());
            let after = after.unwrap_or("");
            let ends = after.chars().next().is_none_or(|c| !c.is_alphanumeric());
            let after = after.trim_start();
            begins && ends && !NOT_A_SIDE.iter().any(|it| after.starts_with(it))
        })
    };
    let both = named("bilateral") || named("bilaterally");
    match (named("left"), named("right"), both) {
        (_, _, true) => Some(Side::Both),
        (true, false, _) => Some(Side::Left),
        (false, true, _) => Some(Side::Right),
        _ => None,
    }
}

/// The side that a modifier names: eyelids, fingers and toes are numbered from the left.
fn of_modifier(modifier: &str) -> Option<Side> {
    match modifier {
        "LT" | "E1" | "E2" | "FA" | "F1" | "F2" | "F3" | "F4" | "TA" | "T1" | "T2" | "T3"
        | "T4" => Some(Side::Left),
        "RT" | "E3" | "E4" | "F5" | "F6" | "F7" | "F8" | "F9" | "T5" | "T6" | "T7" | "T8"
        | "T9" => Some(Side::Right),
        "50" => Some(Side::Both),
        _ => None,
    }
}

/// A service with the modifier that names its side.
struct Sided<'a> {
    entry: Entry<'a>,
    modifier: &'a str,
    side: Side,
    /// The diagnoses that it is for, as far as they have a side.
    diagnoses: Vec<(Entry<'a>, Side)>,
}

fn sided<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Sided<'a>> {
    case.services().filter_map(|entry| {
        let mut named = entry.line.modifiers.iter();
        let (modifier, side) = named.find_map(|it| Some((it.as_str(), of_modifier(it)?)))?;
        let diagnoses = pointed_at(case, &entry).filter_map(|it| {
            let side = of_diagnosis(it.known.diagnosis.description.as_deref()?)?;
            Some((it, side))
        });
        Some(Sided { entry, modifier, side, diagnoses: diagnoses.collect() })
    })
}

/// The diagnoses that a service points at; all of them where services point at nothing.
fn pointed_at<'a>(case: &'a Case<'_>, service: &Entry<'a>) -> impl Iterator<Item = Entry<'a>> {
    let pointers = &service.line.pointers;
    case.numbered().enumerate().filter_map(move |(number, entry)| {
        let named = pointers.iter().any(|it| usize::try_from(*it) == Ok(number + 1));
        (entry.is_diagnosis() && (pointers.is_empty() || named)).then_some(entry)
    })
}

/// The service is on one side and every sided diagnosis that it is for on the other.
pub(super) fn conflict(case: &Case<'_>, say: &mut Say<'_>) {
    for service in sided(case) {
        let fits = |side: Side| match service.side {
            Side::Both => side == Side::Both,
            one => side == one || side == Side::Both,
        };
        let both_there = [Side::Left, Side::Right]
            .iter()
            .all(|side| service.diagnoses.iter().any(|(_, it)| it == side));
        let met = service.diagnoses.iter().any(|(_, side)| fits(*side)) || both_there;
        let Some((diagnosis, side)) = service.diagnoses.first().filter(|_| !met) else { continue };
        say.of(
            service.entry.place,
            format!(
                "{} with {} is on {}, but {} is {}: mend the modifier, the pointer or the diagnosis.",
                service.entry.written(),
                service.modifier,
                match service.side {
                    Side::Both => "both sides",
                    Side::Left => "the left",
                    Side::Right => "the right",
                },
                diagnosis.written(),
                side.word(),
            ),
        );
    }
}

/// The diagnosis is on both sides, the service on one: right only when the other side is done another time.
pub(super) fn one_of_both(case: &Case<'_>, say: &mut Say<'_>) {
    for service in sided(case).filter(|it| it.side != Side::Both) {
        let own = |side: Side| side == service.side;
        let other_done = case.services().any(|it| {
            it.line.code == service.entry.line.code
                && it.line.modifiers.iter().filter_map(|it| of_modifier(it)).any(|side| !own(side))
        });
        let bilateral = service.diagnoses.iter().find(|(_, side)| *side == Side::Both);
        let one_sided = service.diagnoses.iter().any(|(_, side)| own(*side));
        let Some((diagnosis, _)) = bilateral.filter(|_| !one_sided && !other_done) else {
            continue;
        };
        say.of(
            service.entry.place,
            format!(
                "{} is bilateral and {} carries {} only: if both sides were done, use 50.",
                diagnosis.written(),
                service.entry.written(),
                service.modifier,
            ),
        );
    }
}

/// Places of the character by which codes tell sides apart, and its value for the right.
const SIDE_CHARACTERS: std::ops::RangeInclusive<usize> = 3..=5;
const RIGHT: &str = "1";

/// A wording "of unspecified …" whose neighbour is the same "of right …".
pub(super) fn unspecified(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.reported_diagnoses() {
        let Some(title) = entry.known.diagnosis.description.as_deref() else { continue };
        let Some(right) = right_of(case, &entry.line.code, &title.to_lowercase()) else { continue };
        say.of(
            entry.place,
            format!(
                "{} leaves the side open. Look for it in the record ({} is the right side), or say that it \
                 is not documented.",
                entry.written(),
                CodeSystem::Icd10Cm.written(&right),
            ),
        );
    }
}

/// The code of the right side for a code of an unspecified one.
fn right_of(case: &Case<'_>, code: &str, title: &str) -> Option<String> {
    const OPEN: &str = "unspecified ";
    let wanted: Vec<String> = title
        .match_indices(OPEN)
        .filter_map(|(at, _)| {
            Some(format!("{}right {}", title.get(..at)?, title.get(at + OPEN.len()..)?))
        })
        .collect();
    if wanted.is_empty() {
        return None;
    }
    SIDE_CHARACTERS.filter(|at| *at < code.len()).find_map(|at| {
        let neighbour = format!("{}{RIGHT}{}", code.get(..at)?, code.get(at + 1..)?);
        let facts = case.reference.diagnosis(&neighbour);
        let title = facts.description?.to_lowercase();
        wanted.contains(&title).then_some(neighbour)
    })
}

#[cfg(test)]
mod tests {
    use super::{Side, of_diagnosis, of_modifier};

    #[test]
    fn a_side_is_a_word_of_its_own_and_not_of_the_heart() {
        for (title, side) in [
            ("Unilateral primary osteoarthritis, right knee", Some(Side::Right)),
            ("Cellulitis of left lower limb", Some(Side::Left)),
            ("Bilateral primary osteoarthritis of knee", Some(Side::Both)),
            ("Left ventricular failure, unspecified", None),
            ("Right lower quadrant pain", None),
            ("Other right bundle-branch block", None),
            ("Acute upright posture", None),
            ("Hemiplegia affecting left nondominant side", Some(Side::Left)),
            ("Crossing from left to right", None),
        ] {
            assert_eq!(of_diagnosis(title), side, "{title}");
        }
        let left = ["LT", "E1", "F4", "TA"].map(of_modifier);
        assert!(left.iter().all(|side| *side == Some(Side::Left)));
        let right = ["RT", "E4", "F5", "T9"].map(of_modifier);
        assert!(right.iter().all(|side| *side == Some(Side::Right)));
        assert_eq!(of_modifier("59"), None);
    }
}
