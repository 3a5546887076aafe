//! Finding codes, by the list of their system or, where none is loaded, by their form.

use base::error::can_fail;
use codesets::{CodeList, Codes, Hit, Search, Shelf, Standing, Usual};
use jiff::civil::Date;
use rules::edits::{Reference, TabularNote, code_form};
use rules::words::CodeSystem;
use serde::Serialize;

/// Hits when nobody says how many.
pub const HITS: usize = 12;

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Query {
    /// A code, its beginning, or words.
    pub text: String,
    /// Whether `text` is a heading whose codes are wanted.
    pub below: bool,
    /// The date on which the codes must be in force.
    pub on: Date,
    /// The system they belong to.
    pub system: CodeSystem,
    /// Hits at most.
    pub limit: usize,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Found {
    /// The edition that was searched, such as `FY2026`; none where no list of the system is loaded.
    pub edition: Option<String>,
    /// False when the date lies outside every loaded edition.
    pub certain: bool,
    /// Nearest first.
    pub items: Vec<FoundCode>,
    /// What there is to say of the text when it is a code that can't be reported on the date.
    pub remark: Option<String>,
    /// The words that the text was read as, abbreviations written out: what to mark in the wordings.
    pub words: Vec<String>,
}

/// A code with what the lists say around it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct CodeCard {
    /// The code itself.
    pub code: FoundCode,
    /// The headings above it, the widest first.
    pub above: Vec<FoundCode>,
    /// The instructions of the tabular list that hold for it, the nearest first.
    pub notes: Vec<TabularNote>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct FoundCode {
    /// The system.
    pub system: CodeSystem,
    /// As it is stored: bare and in capitals.
    pub code: String,
    /// As people write it.
    pub written: String,
    /// Its wording on the date; none where no list of the system is loaded.
    pub description: Option<String>,
    /// The other name through which it was found.
    pub term: Option<String>,
    /// Whether it may be reported, rather than being a heading.
    pub billable: bool,
    /// Among the codes that the facility reports often.
    pub usual: bool,
}

/// Starts building what the program carries, so that nobody has to wait for it.
pub(crate) fn build_ahead() {
    let builder = std::thread::Builder::new().name("code sets".into());
    let built = builder.spawn(|| Shelf::shipped().is_ok());
    can_fail("building the code sets ahead", built);
}

/// The codes that fit a query; among equals the facility's usual ones first.
#[must_use]
pub fn search(codes: &Codes, query: &Query, usual: &Usual) -> Found {
    codes.list(query.system).map_or_else(|| by_form(query), |list| by_list(list, query, usual))
}

fn by_list(list: &CodeList, query: &Query, usual: &Usual) -> Found {
    let Query { text, below, on, limit, .. } = query;
    let search = Search { query: text, on: *on, limit: *limit, usual };
    let mut hits = if *below { list.children(text, *on, usual) } else { list.search(&search) };
    hits.truncate(*limit);
    let answer = list.edition_for(*on);
    Found {
        edition: Some(answer.edition.name.to_string()),
        certain: answer.certain,
        items: hits.into_iter().map(|hit| found(list.system(), hit)).collect(),
        remark: remark(list, text, *on),
        words: if *below { Vec::new() } else { list.words_of(text) },
    }
}

/// What the lists say of a code on a date, and around it; none when no list has it then.
#[must_use]
pub fn card(codes: &Codes, system: CodeSystem, code: &str, on: Date) -> Option<CodeCard> {
    let list = codes.list(system)?;
    let bare = codesets::normalise(code);
    let (description, billable) = match list.standing(&bare, on) {
        Standing::Billable { description } => (description, true),
        Standing::Header { description } => (description, false),
        Standing::NotInForce { .. } | Standing::Unknown => return None,
    };
    let written = system.written(&bare);
    let notes = codes.on(on).notes(&bare);
    let above = list.above(&bare, on).into_iter().map(|hit| found(system, hit)).collect();
    let code = FoundCode {
        system,
        code: bare,
        written,
        description: Some(description),
        term: None,
        billable,
        usual: false,
    };
    Some(CodeCard { code, above, notes })
}

/// Whoever types a whole code that is not in force wants to know that, not other codes.
fn remark(list: &CodeList, text: &str, on: Date) -> Option<String> {
    let Standing::NotInForce { from, until, description, .. } = list.standing(text, on) else {
        return None;
    };
    let code = list.system().written(&codesets::normalise(text));
    Some(match until {
        Some(until) if until < on => format!("{code} ({description}) was valid until {until}."),
        _ => format!("{code} ({description}) is valid from {from}."),
    })
}

fn found(system: CodeSystem, hit: Hit) -> FoundCode {
    FoundCode {
        system,
        code: codesets::normalise(&hit.code),
        written: hit.code,
        description: Some(hit.description),
        term: hit.term,
        billable: hit.billable,
        usual: hit.usual,
    }
}

/// Without a list a code can be taken by its form alone, and words find nothing.
fn by_form(query: &Query) -> Found {
    let code = codesets::normalise(&query.text);
    let mut found =
        Found { edition: None, certain: true, items: Vec::new(), remark: None, words: Vec::new() };
    match code_form(query.system, &code) {
        Ok(()) => found.items.push(FoundCode {
            system: query.system,
            written: code.clone(),
            code,
            description: None,
            term: None,
            billable: true,
            usual: false,
        }),
        Err(expected) => {
            found.remark = Some(format!("No list is loaded; type the whole code: {expected}."));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Found, Query};
    use codesets::{Codes, Usual};
    use jiff::civil::date;
    use rules::edits::Validity;
    use rules::words::CodeSystem;

    fn query(text: &str, system: CodeSystem) -> Query {
        Query { text: text.into(), below: false, on: date(2026, 3, 2), system, limit: 5 }
    }

    fn search(codes: &Codes, query: &Query) -> Found {
        super::search(codes, query, &Usual::default())
    }

    #[test]
    fn diagnoses_are_found_by_list_and_procedures_by_form() {
        let codes = Codes::shipped().unwrap();
        let found = search(&codes, &query("e11.65", CodeSystem::Icd10Cm));
        assert_eq!(found.items[0].code, "E1165");
        assert_eq!(found.items[0].written, "E11.65");
        assert_eq!(found.edition.as_deref(), Some("FY2026"));

        let below = search(&codes, &Query { below: true, ..query("J18", CodeSystem::Icd10Cm) });
        assert!(below.items.iter().any(|item| item.written == "J18.9"));

        let visit = search(&codes, &query("99213", CodeSystem::Cpt));
        assert_eq!(visit.items.len(), 1);
        assert_eq!(visit.items[0].description, None);
        let words = search(&codes, &query("office visit", CodeSystem::Cpt));
        assert!(words.items.is_empty() && words.remark.is_some());
    }

    #[test]
    fn a_card_tells_what_stands_above_a_code() {
        let codes = Codes::shipped().unwrap();
        let day = date(2026, 3, 2);
        let card = super::card(&codes, CodeSystem::Icd10Cm, "s52.501a", day).unwrap();
        let above: Vec<&str> = card.above.iter().map(|code| code.written.as_str()).collect();
        assert_eq!(above, ["S52", "S52.5", "S52.50", "S52.501"]);
        assert!(card.code.billable && !card.above[0].billable);
        assert_eq!(super::card(&codes, CodeSystem::Icd10Cm, "E11.99", day), None);
        assert_eq!(super::card(&codes, CodeSystem::Cpt, "99213", day), None);
    }

    #[test]
    fn a_code_that_is_not_in_force_is_remarked_on() {
        let codes = Codes::shipped().unwrap();
        let standing = codes.standing(CodeSystem::Icd10Cm, "E11.65", date(2026, 3, 2));
        assert_eq!(standing.validity, Validity::Billable);
        let found = |text: &str, on| {
            let asked = Query { on, ..query(text, CodeSystem::Icd10Cm) };
            search(&codes, &asked).remark.unwrap_or_default()
        };
        assert!(found("E11.A", date(2025, 9, 30)).ends_with("is valid from 2025-10-01."));
        assert!(found("s301xxa", date(2025, 10, 1)).ends_with("was valid until 2025-09-30."));
        assert_eq!(found("E11.65", date(2025, 10, 1)), "");
    }
}
