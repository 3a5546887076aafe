//! The ICD-10-CM tabular list in XML: codes nested in each other, with their instructions.
//!
//! Entities beyond the five of XML, document types and deep nesting are refused. Seventh characters are
//! defined at a heading and hold for every code below it; they are written out, with X for what is missing
//! between.

use super::{CODES_MAX, Fault, ListedCode, Note, TEXT_CHARACTERS_MAX, diagnosis, lines, wording};
use quick_xml::Reader;
use quick_xml::events::{BytesRef, BytesStart, Event};
use rules::edits::NoteKind;

/// How deep elements may lie in each other; the list has about 12.
const DEPTH_MAX: usize = 40;
/// Instructions in the whole list; it has about 26,000.
const NOTES_MAX: usize = 400_000;
/// Characters of a code before its seventh.
const STEM_CHARACTERS: usize = 6;

/// Whether the text is the tabular list.
pub(super) fn is(text: &str) -> bool {
    lines(text).take(5).any(|(_, line)| line.contains("<ICD10CM.tabular"))
}

pub(super) fn read(text: &str) -> Result<(Vec<ListedCode>, Vec<Note>), Fault> {
    let mut reader = Reader::from_str(text);
    let mut list = List::default();
    loop {
        let event = reader.read_event();
        let line = || {
            let place = usize::try_from(reader.buffer_position()).unwrap_or(usize::MAX);
            let before = text.as_bytes().get(..place.min(text.len())).unwrap_or_default();
            before.split(|byte| *byte == b'\n').count()
        };
        let event = event.map_err(|error| Fault::at(line(), format!("not XML: {error}")))?;
        let taken = match event {
            Event::Eof => break,
            Event::DocType(_) => Err("a document type is not taken".to_owned()),
            Event::Start(start) => list.open(&start),
            Event::Empty(start) => list.open(&start).and_then(|()| list.close()),
            Event::End(_) => list.close(),
            Event::Text(words) => match words.decode() {
                Ok(words) => list.write(&words),
                Err(_) => Err("not UTF-8".to_owned()),
            },
            Event::CData(words) => match words.decode() {
                Ok(words) => list.write(&words),
                Err(_) => Err("not UTF-8".to_owned()),
            },
            Event::GeneralRef(entity) => {
                character(&entity).and_then(|c| list.write(&c.to_string()))
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) => Ok(()),
        };
        taken.map_err(|what| Fault::at(line(), what))?;
    }
    if !list.path.is_empty() {
        return Err(Fault::at(0, "the file ends before its last element does"));
    }
    if list.codes.is_empty() {
        return Err(Fault::at(0, "no codes were found"));
    }
    Ok((list.codes, list.notes))
}

fn character(entity: &BytesRef<'_>) -> Result<char, String> {
    let name = entity.decode().map_err(|error| error.to_string())?;
    if let Ok(Some(character)) = entity.resolve_char_ref() {
        return Ok(character);
    }
    match &*name {
        "lt" => Ok('<'),
        "gt" => Ok('>'),
        "amp" => Ok('&'),
        "quot" => Ok('"'),
        "apos" => Ok('\''),
        _ => Err(format!("the entity &{name}; is not taken")),
    }
}

/// The list under construction.
#[derive(Default)]
struct List {
    path: Vec<Element>,
    /// Chapters, sections and codes that are open, the innermost last.
    nodes: Vec<Node>,
    codes: Vec<ListedCode>,
    notes: Vec<Note>,
}

struct Element {
    name: String,
    text: String,
    /// Notes within an element that holds some.
    notes: Vec<String>,
    /// The `char` of an extension.
    character: Option<char>,
}

#[derive(Default)]
struct Node {
    /// The bare code, or the block or chapter as a range.
    at: String,
    is_code: bool,
    title: String,
    terms: Vec<String>,
    notes: Vec<(NoteKind, String)>,
    sevenths: Vec<(char, String)>,
    /// Seventh characters that do not apply, and after which sixth characters.
    exception: Option<(String, String)>,
    has_codes: bool,
}

impl List {
    fn open(&mut self, start: &BytesStart<'_>) -> Result<(), String> {
        if self.path.len() >= DEPTH_MAX {
            return Err(format!("elements lie more than {DEPTH_MAX} deep in each other"));
        }
        let name = String::from_utf8_lossy(start.name().as_ref()).into_owned();
        let attribute = |wanted: &str| {
            let found = start.try_get_attribute(wanted).ok().flatten()?;
            Some(String::from_utf8_lossy(&found.value).into_owned())
        };
        match name.as_str() {
            "chapter" => self.nodes.push(Node::default()),
            "section" => {
                let at = attribute("id").unwrap_or_default();
                self.nodes.push(Node { at, ..Node::default() });
            }
            "diag" => {
                if let Some(above) = self.nodes.last_mut() {
                    above.has_codes = true;
                }
                self.nodes.push(Node { is_code: true, ..Node::default() });
            }
            _ => {}
        }
        let character = attribute("char").and_then(|value| value.chars().next());
        self.path.push(Element { name, text: String::new(), notes: Vec::new(), character });
        Ok(())
    }

    fn write(&mut self, words: &str) -> Result<(), String> {
        let Some(element) = self.path.last_mut() else { return Ok(()) };
        element.text.push_str(words);
        if element.text.len() > TEXT_CHARACTERS_MAX * 4 {
            return Err(format!("a text is longer than {TEXT_CHARACTERS_MAX} characters"));
        }
        Ok(())
    }

    fn close(&mut self) -> Result<(), String> {
        let Some(element) = self.path.pop() else {
            return Err("an element ends that did not begin".to_owned());
        };
        let text = wording(&element.text);
        match element.name.as_str() {
            "chapter" | "section" | "diag" => return self.end_node(),
            "name" => self.name(&text)?,
            "desc" => self.describe(text),
            "note" => {
                if let Some(holder) = self.path.last_mut().filter(|_| !text.is_empty()) {
                    holder.notes.push(text);
                }
            }
            "extension" => {
                let character = element.character.ok_or("a seventh character without char")?;
                if let Some(node) = self.nodes.last_mut() {
                    node.sevenths.push((character, text));
                }
            }
            name => self.keep(name, element.notes),
        }
        Ok(())
    }

    fn name(&mut self, text: &str) -> Result<(), String> {
        let Some(node) = self.nodes.last_mut().filter(|node| node.is_code) else { return Ok(()) };
        node.at = diagnosis(text).ok_or_else(|| format!("{text:?} is not a diagnosis"))?;
        Ok(())
    }

    fn describe(&mut self, text: String) {
        let Some(node) = self.nodes.last_mut() else { return };
        // A chapter's range stands at the end of its title.
        if node.at.is_empty() && !node.is_code {
            let range = text.rsplit_once('(').and_then(|(_, range)| range.strip_suffix(')'));
            range.unwrap_or_default().clone_into(&mut node.at);
        }
        node.title = text;
    }

    fn keep(&mut self, element: &str, notes: Vec<String>) {
        let Some(node) = self.nodes.last_mut().filter(|_| !notes.is_empty()) else { return };
        let kind = match element {
            "inclusionTerm" => {
                node.terms.extend(notes);
                return;
            }
            "includes" => {
                // What a category includes is also another name of it.
                if node.is_code {
                    node.terms.extend(notes.iter().cloned());
                }
                NoteKind::Includes
            }
            "excludes1" => NoteKind::Excludes1,
            "excludes2" => NoteKind::Excludes2,
            "codeFirst" => NoteKind::CodeFirst,
            "useAdditionalCode" => NoteKind::UseAdditional,
            "codeAlso" => NoteKind::CodeAlso,
            "notes" => NoteKind::Note,
            // What the characters mean is told by the extensions.
            _ => return,
        };
        match kind {
            // A sentence and what it lists: read apart, the sentence names no code.
            NoteKind::CodeFirst | NoteKind::UseAdditional | NoteKind::CodeAlso => {
                match node.notes.iter_mut().find(|(known, _)| *known == kind) {
                    Some((_, text)) => *text = format!("{text}; {}", joined(&notes)),
                    None => node.notes.push((kind, joined(&notes))),
                }
            }
            NoteKind::Note => {
                let exception = notes.iter().find_map(|text| exception(text));
                node.exception = exception.or(node.exception.take());
                node.notes.extend(notes.into_iter().map(|text| (kind, text)));
            }
            _ => node.notes.extend(notes.into_iter().map(|text| (kind, text))),
        }
    }

    fn end_node(&mut self) -> Result<(), String> {
        let Some(node) = self.nodes.pop() else { return Ok(()) };
        if !node.sevenths.is_empty() {
            let meanings: Vec<String> = node
                .sevenths
                .iter()
                .map(|(character, meaning)| format!("{character}: {meaning}"))
                .collect();
            self.note(&node.at, NoteKind::SeventhCharacter, &meanings.join("; "));
        }
        for (kind, text) in &node.notes {
            self.note(&node.at, *kind, text);
        }
        if node.is_code {
            self.end_code(node)?;
        }
        if self.codes.len() > CODES_MAX || self.notes.len() > NOTES_MAX {
            return Err(format!("more than {CODES_MAX} codes or {NOTES_MAX} notes"));
        }
        Ok(())
    }

    fn note(&mut self, at: &str, kind: NoteKind, text: &str) {
        if !at.is_empty() {
            self.notes.push(Note { at: at.to_owned(), kind, text: wording(text) });
        }
    }

    /// Whether a seventh character is one of a code, by what headings say of exceptions.
    fn applies(&self, node: &Node, character: char) -> bool {
        let all = self.nodes.iter().chain(std::iter::once(node));
        !all.filter_map(|node| node.exception.as_ref()).any(|(sevenths, sixths)| {
            sevenths.contains(character)
                && node.at.len() == STEM_CHARACTERS
                && node.at.ends_with(|sixth: char| sixths.contains(sixth))
        })
    }

    /// Lists a code that was read whole, with its seventh characters written out.
    fn end_code(&mut self, node: Node) -> Result<(), String> {
        if node.at.is_empty() || node.title.is_empty() {
            return Err("a code without its name or title".to_owned());
        }
        let above = self.nodes.iter().rev().map(|node| &node.sevenths);
        let sevenths = std::iter::once(&node.sevenths).chain(above).find(|list| !list.is_empty());
        let written_out: Vec<ListedCode> = match sevenths {
            Some(list) if !node.has_codes && node.at.len() <= STEM_CHARACTERS => list
                .iter()
                .filter(|(character, _)| self.applies(&node, *character))
                .map(|(character, meaning)| ListedCode {
                    code: format!("{:X<STEM_CHARACTERS$}{character}", node.at),
                    billable: true,
                    description: format!("{}, {meaning}", node.title),
                    ..ListedCode::default()
                })
                .collect(),
            _ => Vec::new(),
        };
        if let Some(bad) = written_out.iter().find(|listed| diagnosis(&listed.code).is_none()) {
            return Err(format!("{:?} is not a diagnosis", bad.code));
        }
        let mut terms = node.terms;
        terms.retain(|term| !term.contains('|'));
        self.codes.push(ListedCode {
            code: node.at,
            billable: !node.has_codes && written_out.is_empty(),
            description: node.title,
            terms,
            from: None,
            until: None,
        });
        self.codes.extend(written_out);
        Ok(())
    }
}

/// `7th characters D and S do not apply to codes in category S06 with 6th character 7 - …, or 8 - …`.
fn exception(text: &str) -> Option<(String, String)> {
    let (_, rest) = text.split_once("7th characters ")?;
    let (sevenths, rest) = rest.split_once(" do not apply ")?;
    let (_, sixths) = rest.split_once("6th character ")?;
    let alone = |words: &str, wanted: fn(&char) -> bool| -> String {
        let words = words.split(|c: char| !c.is_alphanumeric()).filter(|word| word.len() == 1);
        words.flat_map(str::chars).filter(wanted).collect()
    };
    Some((alone(sevenths, char::is_ascii_uppercase), alone(sixths, char::is_ascii_digit)))
}

fn joined(notes: &[String]) -> String {
    let mut text = String::new();
    for note in notes {
        if !text.is_empty() {
            text.push_str(if text.ends_with(':') { " " } else { "; " });
        }
        text.push_str(note);
    }
    text
}
