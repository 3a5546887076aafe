//! The codes that the words of a note name.

use rules::edits::CodeRange;

/// Ranges that one note may name; the longest known has about 40.
const RANGES_MAX: usize = 200;

/// Every code and range in the words of a note: `(E08-E13)`, `(F10.1-)`, `O24.-`, `category I50`. What only
/// looks like a code, as in "vitamin B12", is among them: whoever knows the list can tell.
#[must_use]
pub fn named(text: &str) -> Vec<CodeRange> {
    let mut ranges = Vec::new();
    let mut rest = text;
    let mut before = ' ';
    while let Some(first) = rest.chars().next() {
        let begins = first.is_ascii_uppercase() && !before.is_alphanumeric() && before != '.';
        if begins && let Some((from, after)) = code(rest) {
            let (to, after) = end_of_range(after).unwrap_or((from.clone(), after));
            let ordered = to >= from;
            ranges.push(CodeRange { to: if ordered { to } else { from.clone() }, from });
            if ranges.len() >= RANGES_MAX {
                break;
            }
            rest = after;
            before = '0';
            continue;
        }
        before = first;
        rest = rest.get(first.len_utf8()..).unwrap_or_default();
    }
    ranges
}

/// A code at the beginning of the text, bare, and what follows it; a hyphen that stands for any further
/// characters is passed over.
fn code(text: &str) -> Option<(String, &str)> {
    let capital = |c: char| c.is_ascii_uppercase() || c.is_ascii_digit();
    let category = text.get(..3)?;
    let mut letters = category.chars();
    let form = letters.next().is_some_and(|c| c.is_ascii_uppercase())
        && letters.next().is_some_and(|c| c.is_ascii_digit())
        && letters.next().is_some_and(capital);
    if !form {
        return None;
    }
    let mut bare = category.to_owned();
    let mut after = text.get(3..)?;
    if let Some(point) = after.strip_prefix('.') {
        let more: String = point.chars().take_while(|c| capital(*c)).take(4).collect();
        let hyphen = point.starts_with(['-', '–']);
        if !more.is_empty() || hyphen {
            after = point.get(more.len()..)?;
            bare.push_str(&more);
        }
    }
    if after.starts_with(char::is_alphanumeric) {
        return None;
    }
    Some((bare, after))
}

/// The code after a hyphen, or what follows a hyphen with no code after it.
fn end_of_range(after: &str) -> Option<(String, &str)> {
    let hyphen = |text: &'_ str| -> Option<usize> {
        let first = text.chars().next()?;
        matches!(first, '-' | '–').then(|| first.len_utf8())
    };
    let length = hyphen(after)?;
    let next = after.get(length..)?;
    if let Some(found) = code(next) {
        return Some(found);
    }
    // `S42.40--S42.49-`: the first hyphen stands for further characters.
    let length = hyphen(next)?;
    code(next.get(length..)?)
}
