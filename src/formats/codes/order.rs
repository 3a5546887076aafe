//! The order file of ICD-10-CM and ICD-10-PCS: fixed columns, headings and codes.
//!
//! Columns from 1: 1–5 order number, 7–13 code, 15 whether it may be reported, 17–76 short and 78 on
//! long description.

use super::{CODES_MAX, Fault, ListedCode, bare, lines, wording};

/// Whether the first line is one of an order file.
pub(super) fn is(text: &str) -> bool {
    lines(text).next().is_some_and(|(_, line)| code_of(line).is_some())
}

pub(super) fn read(text: &str) -> Result<Vec<ListedCode>, Fault> {
    let mut codes = Vec::new();
    for (number, line) in lines(text) {
        let code = code_of(line).ok_or_else(|| {
            Fault::at(
                number,
                "order number, code, 0 or 1 and descriptions expected in their columns",
            )
        })?;
        codes.push(code);
        if codes.len() > CODES_MAX {
            return Err(Fault::at(number, format!("more than {CODES_MAX} codes")));
        }
    }
    Ok(codes)
}

fn code_of(line: &str) -> Option<ListedCode> {
    let number = line.get(..5)?;
    if !number.bytes().all(|b| b.is_ascii_digit()) || line.get(5..6)? != " " {
        return None;
    }
    let code = bare(line.get(6..13)?)?;
    let billable = match line.get(13..16)? {
        " 0 " => false,
        " 1 " => true,
        _ => return None,
    };
    // The rest may have letters of more than one byte.
    let rest: Vec<char> = line.get(16..)?.chars().collect();
    let short: String = rest.iter().take(60).collect();
    let long: String = rest.iter().skip(61).collect();
    let description = if long.trim().is_empty() { wording(&short) } else { wording(&long) };
    (!description.is_empty()).then(|| ListedCode {
        code,
        billable,
        description,
        ..ListedCode::default()
    })
}
