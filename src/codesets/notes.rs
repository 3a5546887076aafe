//! The instructions of the tabular list, found with those of every heading above a code.

use formats::codes::named;
use rules::edits::{CodeRange, NoteKind, TabularNote};

use crate::list::CodeList;
use crate::load::LoadError;

/// Characters of a category, the shortest code.
const CATEGORY_CHARACTERS: usize = 3;

/// One edition's instructions.
#[derive(Debug)]
pub(crate) struct NoteList {
    /// By the code at which they stand, in the order of the list.
    at_codes: Vec<TabularNote>,
    /// Those of blocks and chapters, the narrower first.
    at_blocks: Vec<(CodeRange, TabularNote)>,
}

impl NoteList {
    /// Out of lines `at, kind, text`. With the list of the codes, what only looks like a code in a note is
    /// left out.
    pub fn new(name: &str, text: &str, list: Option<&CodeList>) -> Result<Self, LoadError> {
        let (mut at_codes, mut at_blocks) = (Vec::new(), Vec::new());
        for (line, number) in text.lines().zip(1..) {
            let note =
                note_of(line, list).ok_or_else(|| LoadError::Line(name.to_owned(), number))?;
            match note.at.split_once('-') {
                Some((from, to)) => {
                    let range = CodeRange { from: from.to_owned(), to: to.to_owned() };
                    at_blocks.push((range, note));
                }
                None => at_codes.push(note),
            }
        }
        // Stable: what stands at one place keeps its order.
        at_codes.sort_by(|a, b| a.at.cmp(&b.at));
        at_blocks.sort_by(|(a, _), (b, _)| (&b.from, &a.to).cmp(&(&a.from, &b.to)));
        Ok(Self { at_codes, at_blocks })
    }

    /// The instructions that hold for a bare code, nearest first.
    pub fn of(&self, code: &str) -> Vec<TabularNote> {
        let mut notes = Vec::new();
        for length in (CATEGORY_CHARACTERS..=code.len()).rev() {
            notes.extend(code.get(..length).into_iter().flat_map(|at| self.at(at)).cloned());
        }
        let blocks = self.at_blocks.iter().filter(|(range, _)| range.covers(code));
        notes.extend(blocks.map(|(_, note)| note.clone()));
        notes
    }

    fn at(&self, at: &str) -> impl Iterator<Item = &TabularNote> {
        let start = self.at_codes.partition_point(|note| note.at.as_str() < at);
        let rest = self.at_codes.get(start..).unwrap_or_default();
        rest.iter().take_while(move |note| note.at == at)
    }
}

fn note_of(line: &str, list: Option<&CodeList>) -> Option<TabularNote> {
    let mut fields = line.splitn(3, '\t');
    let at = fields.next().filter(|at| !at.is_empty())?.to_owned();
    let kind: NoteKind = fields.next()?.parse().ok()?;
    let text = fields.next()?.to_owned();
    let mut codes = match kind {
        NoteKind::SeventhCharacter => Vec::new(),
        _ => named(&text),
    };
    if let Some(list) = list {
        codes.retain(|range| list.has_any(range));
    }
    Some(TabularNote { kind, at, text, codes })
}

#[cfg(test)]
mod tests {
    use super::NoteList;
    use rules::edits::NoteKind;

    const TEXT: &str = "E00-E89\tuse_additional\tcode for drugs (T36-T50)\n\
        E08-E13\tincludes\tdiabetes\nE11\texcludes1\ttype 1 (E10.-)\nE1165\tnote\tnear\n";

    #[test]
    fn a_code_has_its_own_notes_and_those_of_every_heading_above_it_nearest_first() {
        let notes = NoteList::new("x", TEXT, None).unwrap();
        let at = |code| notes.of(code).into_iter().map(|note| note.at).collect::<Vec<_>>();
        assert_eq!(at("E1165"), ["E1165", "E11", "E08-E13", "E00-E89"]);
        assert_eq!(at("E119"), ["E11", "E08-E13", "E00-E89"]);
        assert_eq!(at("E890"), ["E00-E89"]);
        assert!(at("F01").is_empty());
        let excluded = &notes.of("E119")[0];
        assert_eq!(excluded.kind, NoteKind::Excludes1);
        assert!(excluded.codes[0].covers("E1010"));
        assert!(NoteList::new("x", "E11\tnonsense\tx", None).is_err());
    }
}
