//! Finding codes, by the list of their system or, where none is loaded, by their form.

use base::error::can_fail;
use codesets::{CodeList, Codes, Hit, Shelf, Standing};
use jiff::civil::Date;
use rules::edits::code_form;
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
}

/// Starts building what the program carries, so that nobody has to wait for it.
pub(crate) fn build_ahead() {
    let builder = std::thread::Builder::new().name("code sets".into());
    let built = builder.spawn(|| Shelf::shipped().is_ok());
    can_fail("building the code sets ahead", built);
}

/// The codes that fit a query.
#[must_use]
pub fn search(codes: &Codes, query: &Query) -> Found {
    codes.list(query.system).map_or_else(|| by_form(query), |list| by_list(list, query))
}

fn by_list(list: &CodeList, query: &Query) -> Found {
    let Query { text, below, on, limit, .. } = query;
    let mut hits = if *below { list.children(text, *on) } else { list.search(text, *on, *limit) };
    hits.truncate(*limit);
    let answer = list.edition_for(*on);
    Found {
        edition: Some(answer.edition.name.to_string()),
        certain: answer.certain,
        items: hits.into_iter().map(|hit| found(list.system(), hit)).collect(),
        remark: remark(list, text, *on),
    }
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
    }
}

/// Without a list a code can be taken by its form alone, and words find nothing.
fn by_form(query: &Query) -> Found {
    let code = codesets::normalise(&query.text);
    let mut found = Found { edition: None, certain: true, items: Vec::new(), remark: None };
    match code_form(query.system, &code) {
        Ok(()) => found.items.push(FoundCode {
            system: query.system,
            written: code.clone(),
            code,
            description: None,
            term: None,
            billable: true,
        }),
        Err(expected) => {
            found.remark = Some(format!("No list is loaded; type the whole code: {expected}."));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{Query, search};
    use codesets::Codes;
    use jiff::civil::date;
    use rules::edits::Validity;
    use rules::words::CodeSystem;

    fn query(text: &str, system: CodeSystem) -> Query {
        Query { text: text.into(), below: false, on: date(2026, 3, 2), system, limit: 5 }
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
