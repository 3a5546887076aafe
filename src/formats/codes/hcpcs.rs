//! The HCPCS contractor record (ANWEB): 320 characters a line, long descriptions over several lines.

use super::{CODES_MAX, Fault, ListedCode, bare, day, lines, wording};
use jiff::civil::Date;

/// Shortest line that has a date of addition.
const LINE_CHARACTERS_MIN: usize = 276;

/// Whether the first line is a contractor record.
pub(super) fn is(text: &str) -> bool {
    lines(text).next().is_some_and(|(_, line)| {
        line.len() >= LINE_CHARACTERS_MIN
            && matches!(line.get(10..11), Some("3" | "7"))
            && line.get(5..10).is_some_and(|sequence| sequence.bytes().all(|b| b.is_ascii_digit()))
    })
}

pub(super) fn read(text: &str) -> Result<Vec<ListedCode>, Fault> {
    let mut codes: Vec<ListedCode> = Vec::new();
    for (number, line) in lines(text) {
        let columns: Vec<char> = line.chars().collect();
        let field =
            |from: usize, to: usize| -> String { columns.iter().take(to).skip(from - 1).collect() };
        let code = bare(&field(1, 5))
            .filter(|code| matches!(code.len(), 2 | 5))
            .ok_or_else(|| Fault::at(number, "no code in columns 1 to 5"))?;
        match field(11, 11).as_str() {
            "3" | "7" => {
                let date = |from: usize, what: &str| -> Result<Option<Date>, Fault> {
                    day(&field(from, from + 7))
                        .map_err(|()| Fault::at(number, format!("no date of {what}")))
                };
                codes.push(ListedCode {
                    code,
                    billable: true,
                    description: field(12, 91),
                    terms: Vec::new(),
                    from: date(269, "addition in columns 269 to 276")?,
                    until: date(285, "termination in columns 285 to 292")?,
                });
            }
            "4" | "8" => match codes.last_mut().filter(|last| last.code == code) {
                Some(last) => last.description.push_str(&field(12, 91)),
                None => {
                    return Err(Fault::at(number, format!("{code} goes on without a beginning")));
                }
            },
            other => {
                let what = format!("record {other:?} in column 11; 3, 4, 7 or 8 expected");
                return Err(Fault::at(number, what));
            }
        }
        if codes.len() > CODES_MAX {
            return Err(Fault::at(number, format!("more than {CODES_MAX} codes")));
        }
    }
    for code in &mut codes {
        code.description = wording(&code.description);
    }
    Ok(codes)
}
