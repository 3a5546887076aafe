//! Lists of codes with their titles: with tabs between and a heading, or a code and its title on a line.
//!
//! The operator's CPT file is such a list, with the heading `code, from, until, short, long` (tabs
//! between); modifiers are its codes of two characters, and days may be left empty.

use super::{CODES_MAX, Fault, ListedCode, bare, day, lines, wording};
use rules::edits::code_form;
use rules::lists::ListKind;

const MODIFIER_CHARACTERS: usize = 2;

/// Which cell of a line holds what.
#[derive(Debug, Default)]
struct Columns {
    code: Option<usize>,
    title: Option<usize>,
    short: Option<usize>,
    billable: Option<usize>,
    from: Option<usize>,
    until: Option<usize>,
    record: Option<usize>,
}

pub(super) fn read(kind: ListKind, text: &str) -> Result<Vec<ListedCode>, Fault> {
    let mut columns = Columns { code: Some(0), title: Some(1), ..Columns::default() };
    let mut codes = Vec::new();
    for (place, (number, line)) in lines(text).enumerate() {
        if place == 0
            && let Some(heading) = heading(line)
        {
            columns = heading;
            continue;
        }
        let code = if line.contains('\t') { cells(&columns, line) } else { on_a_line(line) };
        let code = code.map_err(|what| Fault::at(number, what))?;
        check_form(kind, &code).map_err(|what| Fault::at(number, what))?;
        codes.push(code);
        if codes.len() > CODES_MAX {
            return Err(Fault::at(number, format!("more than {CODES_MAX} codes")));
        }
    }
    Ok(codes)
}

fn heading(line: &str) -> Option<Columns> {
    let mut columns = Columns::default();
    for (place, cell) in line.split('\t').enumerate() {
        let name: String = cell
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .collect::<String>()
            .to_ascii_lowercase();
        let column = match name.as_str() {
            "code" | "hcpc" | "hcpcs" | "cpt" | "cptcode" => &mut columns.code,
            "description" | "longdescription" | "long" | "title" => &mut columns.title,
            "shortdescription" | "short" => &mut columns.short,
            "billable" => &mut columns.billable,
            "from" | "adddt" => &mut columns.from,
            "until" | "termdt" => &mut columns.until,
            "recid" => &mut columns.record,
            _ => continue,
        };
        column.get_or_insert(place);
    }
    (columns.code.is_some() && (columns.title.is_some() || columns.short.is_some()))
        .then_some(columns)
}

fn cells(columns: &Columns, line: &str) -> Result<ListedCode, String> {
    let all: Vec<&str> = line.split('\t').collect();
    let cell = |column: Option<usize>| column.and_then(|place| all.get(place)).map(|c| c.trim());
    let text = cell(columns.code).unwrap_or_default();
    let code = bare(text).ok_or_else(|| format!("{text:?} is not a code"))?;
    let billable = match cell(columns.billable) {
        None | Some("1") => true,
        Some("0") => false,
        Some(other) => return Err(format!("billable is {other:?}; 0 or 1 expected")),
    };
    if !matches!(cell(columns.record), None | Some("3" | "7")) {
        return Err("record 3 or 7 expected".to_owned());
    }
    let date = |column, name| {
        day(cell(column).unwrap_or_default()).map_err(|()| format!("{name} is not a date"))
    };
    let (from, until) = (date(columns.from, "from")?, date(columns.until, "until")?);
    let short = wording(cell(columns.short).unwrap_or_default());
    let long = wording(cell(columns.title).unwrap_or_default());
    let (description, terms) = match (long.is_empty(), short.is_empty()) {
        (true, true) => return Err(format!("{code} has no title")),
        (true, false) => (short, Vec::new()),
        (false, true) => (long, Vec::new()),
        (false, false) if short == long => (long, Vec::new()),
        (false, false) => (long, vec![short]),
    };
    Ok(ListedCode { code, billable, description, terms, from, until })
}

/// `A000    Cholera due to …`, as in CMS's files of codes alone.
fn on_a_line(line: &str) -> Result<ListedCode, String> {
    let (text, title) = line.trim().split_once(char::is_whitespace).unwrap_or((line, ""));
    let code = bare(text).ok_or_else(|| format!("{text:?} is not a code"))?;
    let description = wording(title);
    if description.is_empty() {
        return Err(format!("{code} has no title"));
    }
    Ok(ListedCode { code, billable: true, description, ..ListedCode::default() })
}

/// A list under the wrong name would make every code of its system unknown.
fn check_form(kind: ListKind, listed: &ListedCode) -> Result<(), String> {
    let Some(system) = kind.system() else { return Ok(()) };
    let procedure = matches!(kind, ListKind::Hcpcs | ListKind::Cpt);
    if !listed.billable || (procedure && listed.code.len() == MODIFIER_CHARACTERS) {
        return Ok(());
    }
    code_form(system, &listed.code)
        .map_err(|expected| format!("{} is no {} code: {expected}", listed.code, kind.label()))
}
