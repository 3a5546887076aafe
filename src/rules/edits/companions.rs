//! "Code first" and "use additional code": what goes together, and in which order.

use super::case::{Case, Entry, Say};
use super::exclusions::names;
use super::form::written;
use super::reference::{NoteKind, TabularNote};
use crate::compare::LineRole;
use crate::words::CodeSystem;

/// Codes that a message names.
const NAMED_MAX: usize = 4;
/// Words by which an instruction leaves it to the case at hand.
const CONDITIONS: [&str; 7] = [
    "if applicable",
    "where applicable",
    "when applicable",
    "if known",
    "if desired",
    "if present",
    "any associated",
];

/// The instructions of one kind that stand at one heading, nearest first.
fn groups<'a>(entry: &Entry<'a>, kind: NoteKind) -> Vec<Vec<&'a TabularNote>> {
    let mut groups: Vec<Vec<&TabularNote>> = Vec::new();
    for note in entry.known.notes.iter().filter(|note| note.kind == kind) {
        match groups.iter_mut().find(|it| it.first().is_some_and(|first| first.at == note.at)) {
            Some(group) => group.push(note),
            None => groups.push(vec![note]),
        }
    }
    groups
}

fn name_it(group: &[&TabularNote], code: &str) -> bool {
    group.iter().any(|note| names(note, code))
}

fn is_conditional(group: &[&TabularNote]) -> bool {
    let conditional = |text: &str| CONDITIONS.iter().any(|words| text.contains(words));
    group.iter().any(|note| conditional(&note.text.to_lowercase()))
}

/// A disease stands before what it shows itself by.
pub(super) fn code_first_sequence(case: &Case<'_>, say: &mut Say<'_>) {
    let sequence = case.sequence();
    for (number, entry) in sequence.iter().enumerate() {
        for group in groups(entry, NoteKind::CodeFirst) {
            let named = |it: &&Entry<'_>| name_it(&group, &it.line.code) && it.place != entry.place;
            if sequence.iter().take(number).any(|it| named(&it)) {
                continue;
            }
            let after = sequence.iter().skip(number + 1).find(named);
            // Two diseases may each name the other; then either order follows a note.
            let Some(first) = after.filter(|it| !asks_first(it, entry)) else { continue };
            say.of(
                entry.place,
                format!(
                    "{} is coded after its cause: move {} before it.",
                    entry.written(),
                    first.written(),
                ),
            );
            break;
        }
    }
}

fn asks_first(entry: &Entry<'_>, other: &Entry<'_>) -> bool {
    groups(entry, NoteKind::CodeFirst).iter().any(|group| name_it(group, &other.line.code))
}

/// A manifestation without the disease that it belongs to.
pub(super) fn code_first_missing(case: &Case<'_>, say: &mut Say<'_>) {
    for (entry, group) in
        lacking_first(case).filter(|(entry, _)| entry.known.diagnosis.manifestation)
    {
        let named = named(&group);
        say.of(
            entry.place,
            format!("{} is a manifestation: code the disease first{named}.", entry.written()),
        );
    }
}

/// Anything else with a "code first" whose disease is not there.
pub(super) fn code_first_advised(case: &Case<'_>, say: &mut Say<'_>) {
    let others = lacking_first(case).filter(|(entry, _)| !entry.known.diagnosis.manifestation);
    for (entry, group) in others.filter(|(_, group)| !is_conditional(group)) {
        let named = named(&group);
        let code = entry.written();
        say.of(entry.place, format!("The list says to code the cause of {code} first{named}."));
    }
}

/// The diagnoses whose nearest "code first" names codes of which none is there.
fn lacking_first<'a>(
    case: &'a Case<'_>,
) -> impl Iterator<Item = (Entry<'a>, Vec<&'a TabularNote>)> {
    case.reported_diagnoses().filter_map(|entry| {
        let all = groups(&entry, NoteKind::CodeFirst);
        let nearest = all.first()?.clone();
        let there = all.iter().any(|group| is_met(case, &entry, group));
        // "Such as" gives examples: whatever is coded before may be the cause.
        let examples = nearest.iter().any(|note| note.text.contains("such as"));
        let follows = case.sequence().first().is_some_and(|first| first.place != entry.place);
        let names_codes = nearest.iter().any(|note| !note.codes.is_empty());
        (names_codes && !there && !(examples && follows)).then_some((entry, nearest))
    })
}

fn is_met(case: &Case<'_>, entry: &Entry<'_>, group: &[&TabularNote]) -> bool {
    let mut others = case.reported_diagnoses().filter(|it| it.place != entry.place);
    others.any(|it| name_it(group, &it.line.code))
}

/// An additional code is never the first: what it adds to is.
pub(super) fn additional_first(case: &Case<'_>, say: &mut Say<'_>) {
    let word = case.first_word();
    for first in case.of_role(LineRole::Principal).filter(Entry::is_diagnosis) {
        let adds_to = case.reported_diagnoses().find(|it| {
            it.place != first.place
                && groups(it, NoteKind::UseAdditional).iter().any(|g| name_it(g, &first.line.code))
                && !groups(&first, NoteKind::UseAdditional)
                    .iter()
                    .any(|g| name_it(g, &it.line.code))
        });
        let Some(main) = adds_to else { continue };
        say.of(
            first.place,
            format!(
                "{} adds to {} and is coded after it: make {} the {word} diagnosis.",
                first.written(),
                main.written(),
                main.written(),
            ),
        );
    }
}

/// What a diagnosis's own category asks to be added. What whole blocks and chapters ask would be said of
/// every second line and be read by nobody.
pub(super) fn additional_missing(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.reported_diagnoses() {
        let own = |group: &Vec<&TabularNote>| {
            group.first().is_some_and(|note| entry.line.code.starts_with(&note.at.replace('.', "")))
        };
        let mut asked = groups(&entry, NoteKind::UseAdditional).into_iter().filter(own);
        let open = asked.find(|group| {
            let names_codes = group.iter().any(|note| !note.codes.is_empty());
            names_codes && !is_conditional(group) && !is_met(case, &entry, group)
        });
        if let Some(group) = open {
            let code = entry.written();
            let named = named(&group);
            say.of(
                entry.place,
                format!("The list says to add a code to {code}{named}, where it applies."),
            );
        }
    }
}

/// `, such as E11 or I50`; nothing when the notes name no codes.
fn named(group: &[&TabularNote]) -> String {
    let ranges = group.iter().flat_map(|note| &note.codes);
    let mut words: Vec<String> = ranges
        .map(|range| {
            let from = written(CodeSystem::Icd10Cm, &range.from);
            if range.from == range.to {
                return from.into_owned();
            }
            format!("{from}–{}", written(CodeSystem::Icd10Cm, &range.to))
        })
        .collect();
    words.dedup();
    let more = words.len() > NAMED_MAX;
    words.truncate(NAMED_MAX);
    match words.split_last() {
        None => String::new(),
        Some(_) if more => format!(", such as {} …", words.join(", ")),
        Some((only, [])) => format!(", such as {only}"),
        Some((last, others)) => format!(", such as {} or {last}", others.join(", ")),
    }
}
