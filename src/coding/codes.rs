//! The code sets: built once from what the program carries, shared by everyone.

use base::error::{Error, Result, can_fail};
use codesets::{Hit, IcdCm, LoadError, Standing};
use jiff::civil::Date;
use rules::edits::{CodeStanding, Reference, Validity, code_form};
use rules::words::CodeSystem;
use serde::Serialize;
use std::sync::LazyLock;

/// Hits when nobody says how many.
pub const HITS: usize = 12;

static SHARED: LazyLock<Result<Codes, LoadError>> = LazyLock::new(load);

/// Every code set that is loaded.
#[derive(Debug)]
pub struct Codes {
    icd10cm: IcdCm,
}

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
    pub edition: Option<&'static str>,
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

fn load() -> Result<Codes, LoadError> {
    Ok(Codes { icd10cm: IcdCm::shipped()? })
}

impl Codes {
    /// Builds the sets that the program carries. It takes a moment; [`Codes::shared`] keeps the
    /// result.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn load() -> Result<Self> {
        load().map_err(Error::internal)
    }

    /// The sets that everyone shares, built by whoever asks first.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn shared() -> Result<&'static Self> {
        SHARED.as_ref().map_err(|error| Error::internal(error.to_string()))
    }

    /// Starts building the shared sets, so that nobody has to wait for them.
    pub(crate) fn build_ahead() {
        let builder = std::thread::Builder::new().name("code sets".into());
        let built = builder.spawn(|| LazyLock::force(&SHARED).is_ok());
        can_fail("building the code sets ahead", built);
    }

    /// The sets on the day that decides a coding's codes.
    #[must_use]
    pub const fn on(&self, on: Date) -> OnDay<'_> {
        OnDay { codes: self, on }
    }

    /// What a code is on a date, as far as the loaded lists tell.
    #[must_use]
    pub fn standing(&self, system: CodeSystem, code: &str, on: Date) -> CodeStanding {
        match system {
            CodeSystem::Icd10Cm => self.icd10cm.code_standing(code, on),
            CodeSystem::Icd10Pcs | CodeSystem::Cpt | CodeSystem::Hcpcs => {
                CodeStanding::certain(Validity::FormOnly)
            }
        }
    }

    /// A code's wording on a date; none where no list of its system is loaded.
    #[must_use]
    pub fn describe(&self, system: CodeSystem, code: &str, on: Date) -> Option<&str> {
        match system {
            CodeSystem::Icd10Cm => self.icd10cm.describe(code, on),
            CodeSystem::Icd10Pcs | CodeSystem::Cpt | CodeSystem::Hcpcs => None,
        }
    }

    /// The diagnosis edition by which a date is judged, and whether it is the right one.
    #[must_use]
    pub fn edition(&self, on: Date) -> (&'static str, bool) {
        let answer = self.icd10cm.edition_for(on);
        (answer.edition.name, answer.certain)
    }

    /// The codes that fit a query.
    #[must_use]
    pub fn search(&self, query: &Query) -> Found {
        match query.system {
            CodeSystem::Icd10Cm => self.diagnoses(query),
            CodeSystem::Icd10Pcs | CodeSystem::Cpt | CodeSystem::Hcpcs => by_form(query),
        }
    }

    fn diagnoses(&self, query: &Query) -> Found {
        let Query { text, below, on, limit, .. } = query;
        let mut hits = if *below {
            self.icd10cm.children(text, *on)
        } else {
            self.icd10cm.search(text, *on, *limit)
        };
        hits.truncate(*limit);
        let (edition, certain) = self.edition(*on);
        let items = hits.into_iter().map(found).collect();
        Found { edition: Some(edition), certain, items, remark: self.remark(text, *on) }
    }

    /// Whoever types a whole code that is not in force wants to know that, not other codes.
    fn remark(&self, text: &str, on: Date) -> Option<String> {
        let Standing::NotInForce { from, until, description, .. } = self.icd10cm.standing(text, on)
        else {
            return None;
        };
        let code = codesets::dotted(text);
        Some(match until {
            Some(until) if until < on => {
                format!("{code} ({description}) was valid until {until}.")
            }
            _ => format!("{code} ({description}) is valid from {from}."),
        })
    }
}

/// The loaded lists as the edits ask them.
#[derive(Debug)]
pub struct OnDay<'a> {
    codes: &'a Codes,
    on: Date,
}

impl Reference for OnDay<'_> {
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding {
        self.codes.standing(system, code, self.on)
    }
}

fn found(hit: Hit) -> FoundCode {
    FoundCode {
        system: CodeSystem::Icd10Cm,
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
    use super::{Codes, Query};
    use jiff::civil::date;
    use rules::edits::Validity;
    use rules::words::CodeSystem;

    fn query(text: &str, system: CodeSystem) -> Query {
        Query { text: text.into(), below: false, on: date(2026, 3, 2), system, limit: 5 }
    }

    #[test]
    fn diagnoses_are_found_by_list_and_procedures_by_form() {
        let codes = Codes::load().unwrap();
        let found = codes.search(&query("e11.65", CodeSystem::Icd10Cm));
        assert_eq!(found.items[0].code, "E1165");
        assert_eq!(found.items[0].written, "E11.65");
        assert_eq!(found.edition, Some("FY2026"));

        let below = codes.search(&Query { below: true, ..query("J18", CodeSystem::Icd10Cm) });
        assert!(below.items.iter().any(|item| item.written == "J18.9"));

        let visit = codes.search(&query("99213", CodeSystem::Cpt));
        assert_eq!(visit.items.len(), 1);
        assert_eq!(visit.items[0].description, None);
        let words = codes.search(&query("office visit", CodeSystem::Cpt));
        assert!(words.items.is_empty() && words.remark.is_some());
    }

    #[test]
    fn a_code_that_is_not_in_force_is_remarked_on() {
        let codes = Codes::load().unwrap();
        let standing = codes.standing(CodeSystem::Icd10Cm, "E11.65", date(2026, 3, 2));
        assert_eq!(standing.validity, Validity::Billable);
        let found = |text: &str, on| {
            let asked = Query { on, ..query(text, CodeSystem::Icd10Cm) };
            codes.search(&asked).remark.unwrap_or_default()
        };
        assert!(found("E11.A", date(2025, 9, 30)).ends_with("is valid from 2025-10-01."));
        assert!(found("s301xxa", date(2025, 10, 1)).ends_with("was valid until 2025-09-30."));
        assert_eq!(found("E11.65", date(2025, 10, 1)), "");
    }
}
