//! Guidelines: a small part of Markdown as HTML, in which nothing that was written is markup of its own, and
//! what changed from one version to the next.

use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};

/// Longest guideline.
pub const CHARACTERS_MAX: usize = 40_000;
/// Longer texts are not compared line by line.
const LINES_COMPARED_MAX: usize = 1_500;

/// Headings, lists, tables, emphasis and code as HTML. Tags in the text are shown as they were written; links
/// and images are their words.
#[must_use]
pub fn to_html(text: &str) -> String {
    let mut made = String::new();
    html::push_html(&mut made, Parser::new_ext(text, Options::ENABLE_TABLES).filter_map(tame));
    made
}

/// The page has a title of its own, and a panel stands below it.
const fn lower(level: HeadingLevel) -> HeadingLevel {
    match level {
        HeadingLevel::H1 => HeadingLevel::H3,
        HeadingLevel::H2 => HeadingLevel::H4,
        HeadingLevel::H3 => HeadingLevel::H5,
        HeadingLevel::H4 | HeadingLevel::H5 | HeadingLevel::H6 => HeadingLevel::H6,
    }
}

fn tame(event: Event<'_>) -> Option<Event<'_>> {
    match event {
        Event::Html(text) | Event::InlineHtml(text) => Some(Event::Text(text)),
        Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::HtmlBlock)
        | Event::End(TagEnd::Link | TagEnd::Image | TagEnd::HtmlBlock) => None,
        Event::Start(Tag::Heading { level, .. }) => Some(Event::Start(Tag::Heading {
            level: lower(level),
            id: None,
            classes: Vec::new(),
            attrs: Vec::new(),
        })),
        Event::End(TagEnd::Heading(level)) => Some(Event::End(TagEnd::Heading(lower(level)))),
        // Columns stand left: how they are to stand would be a style of its own.
        Event::Start(Tag::Table(_)) => Some(Event::Start(Tag::Table(Vec::new()))),
        Event::Start(Tag::CodeBlock(_)) => {
            Some(Event::Start(Tag::CodeBlock(CodeBlockKind::Indented)))
        }
        other => Some(other),
    }
}

/// What became of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Became {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
}

/// A line that changed.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ChangedLine {
    /// How.
    pub became: Became,
    /// The line, as it was written.
    pub text: String,
}

/// The lines that differ, in the order of reading: of one place what is gone, then what is new. Blank lines
/// do not count.
#[must_use]
pub fn changes(before: &str, after: &str) -> Vec<ChangedLine> {
    let (before, after) = (lines(before), lines(after));
    let start = before.iter().zip(&after).take_while(|(a, b)| a == b).count();
    let (before, after) = (rest(&before, start), rest(&after, start));
    let end = before.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
    let before = before.get(..before.len() - end).unwrap_or_default();
    let after = after.get(..after.len() - end).unwrap_or_default();
    if before.len() > LINES_COMPARED_MAX || after.len() > LINES_COMPARED_MAX {
        return [marked(before, Became::Removed), marked(after, Became::Added)].concat();
    }
    walk(before, after)
}

fn lines(text: &str) -> Vec<&str> {
    text.lines().map(str::trim_end).filter(|line| !line.is_empty()).collect()
}

fn rest<'a, 'b>(lines: &'b [&'a str], start: usize) -> &'b [&'a str] {
    lines.get(start..).unwrap_or_default()
}

fn marked(lines: &[&str], became: Became) -> Vec<ChangedLine> {
    lines.iter().map(|text| ChangedLine { became, text: (*text).to_owned() }).collect()
}

/// The longest common run of lines stays; everything else is gone or new.
fn walk(before: &[&str], after: &[&str]) -> Vec<ChangedLine> {
    let common = common_lengths(before, after);
    let at = |i: usize, j: usize| common.get(i).and_then(|row| row.get(j)).copied().unwrap_or(0);
    let mut changed = Vec::new();
    let (mut i, mut j) = (0, 0);
    loop {
        match (before.get(i), after.get(j)) {
            (Some(old), Some(new)) if old == new => (i, j) = (i + 1, j + 1),
            (Some(old), new) if new.is_none() || at(i + 1, j) >= at(i, j + 1) => {
                changed.extend(marked(&[old], Became::Removed));
                i += 1;
            }
            (_, Some(new)) => {
                changed.extend(marked(&[new], Became::Added));
                j += 1;
            }
            (_, None) => break,
        }
    }
    changed
}

/// For each place in both texts: how many lines they have in common from there on.
fn common_lengths(before: &[&str], after: &[&str]) -> Vec<Vec<u16>> {
    let mut below = vec![0_u16; after.len() + 1];
    let mut all = vec![below.clone()];
    for old in before.iter().rev() {
        let mut row = vec![0_u16; after.len() + 1];
        let mut right = 0_u16;
        for (j, new) in after.iter().enumerate().rev() {
            let diagonal = below.get(j + 1).copied().unwrap_or(0);
            let down = below.get(j).copied().unwrap_or(0);
            right = if old == new { diagonal.saturating_add(1) } else { down.max(right) };
            if let Some(cell) = row.get_mut(j) {
                *cell = right;
            }
        }
        all.push(row.clone());
        below = row;
    }
    all.reverse();
    all
}

#[cfg(test)]
mod tests;
