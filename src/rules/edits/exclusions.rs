//! Excludes1: two diagnoses that the tabular list keeps apart.
//!
//! The notes are words with codes in them, so this is a warning. It is silent where the list itself brings
//! the two together: where the excluded code stands below the very heading that excludes it, where a nearer
//! note allows both, and where "code first", "use additional code" or "code also" names the other.

use super::case::{Case, Entry, Say};
use super::characters;
use super::reference::{CodeRange, NoteKind, TabularNote};

/// Characters of a note that a message quotes.
const QUOTED_CHARACTERS_MAX: usize = 90;
/// Other diagnoses that a message names.
const PARTNERS_NAMED_MAX: usize = 3;

pub(super) const UNRELATED: &[&str] = &[
    "The two conditions are unrelated to each other, and the record says so.",
    "They concern different sites, documented as such.",
];

/// Told at the later of the two lines; several partners are one finding, so that one reason answers for all.
pub(super) fn excludes1(case: &Case<'_>, say: &mut Say<'_>) {
    let diagnoses: Vec<Entry<'_>> = case.reported_diagnoses().collect();
    for (number, later) in diagnoses.iter().enumerate() {
        let earlier = diagnoses.iter().take(number);
        let kept_apart: Vec<String> = earlier
            .filter_map(|earlier| {
                let note = keeps_apart(earlier, later)?;
                Some(format!("{} (at {}: “{}”)", earlier.written(), note.at, quoted(&note.text)))
            })
            .take(PARTNERS_NAMED_MAX)
            .collect();
        if !kept_apart.is_empty() {
            say.of(
                later.place,
                format!(
                    "{} and {} exclude each other when they are the same condition. Keep the one that the \
                     record supports, or say why they are unrelated.",
                    later.written(),
                    kept_apart.join(", "),
                ),
            );
        }
    }
}

fn quoted(text: &str) -> String {
    let mut quote: String = text.chars().take(QUOTED_CHARACTERS_MAX).collect();
    if quote.len() < text.len() {
        quote.push('…');
    }
    quote
}

/// The note of either by which both are not reported together; none where the list brings them together.
fn keeps_apart<'a>(one: &Entry<'a>, other: &Entry<'a>) -> Option<&'a TabularNote> {
    if one.line.code == other.line.code || are_brought_together(one, other) {
        return None;
    }
    excluding(one, &other.line.code).or_else(|| excluding(other, &one.line.code))
}

fn are_brought_together(one: &Entry<'_>, other: &Entry<'_>) -> bool {
    let pairs = |from: &Entry<'_>, to: &Entry<'_>| {
        let pairing = |kind| {
            matches!(kind, NoteKind::CodeFirst | NoteKind::UseAdditional | NoteKind::CodeAlso)
        };
        from.known.notes.iter().any(|note| pairing(note.kind) && names(note, &to.line.code))
    };
    pairs(one, other) || pairs(other, one)
}

/// The nearest note about the other code decides, and it must stand where the other does not.
fn excluding<'a>(entry: &Entry<'a>, other: &str) -> Option<&'a TabularNote> {
    let about = |note: &&TabularNote| {
        matches!(note.kind, NoteKind::Excludes1 | NoteKind::Excludes2) && names(note, other)
    };
    let nearest = entry.known.notes.iter().find(about)?;
    let apart = nearest.kind == NoteKind::Excludes1 && !stands_over(nearest, other);
    apart.then_some(nearest)
}

/// Whether a note names a code, with the characters that its words ask for.
pub(super) fn names(note: &TabularNote, code: &str) -> bool {
    note.codes.iter().any(|range| range.covers(code)) && characters::fit(&note.text, code)
}

/// Whether the heading at which a note stands has this code below it, too.
fn stands_over(note: &TabularNote, code: &str) -> bool {
    let bare = note.at.replace('.', "");
    let (from, to) = bare.split_once('-').unwrap_or((&bare, &bare));
    CodeRange { from: from.to_owned(), to: to.to_owned() }.covers(code)
}
