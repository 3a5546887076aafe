//! The page of the code lists: what is loaded, and what differs between two editions.

use super::view::{Asked, Differences, Lists, differences, lists};
use crate::api::lists::found;
use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use base::error::Error;
use jiff::tz::TimeZone;
use rules::access::may;
use rules::lists::ListKind;
use rules::time::Day;
use serde::Deserialize;
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "codes.html")]
struct CodesPage {
    shell: Shell,
    lists: Lists,
    /// The kinds of codes of which two editions can be compared.
    compared: Vec<ListKind>,
}

/// `97,584`.
fn thousands(count: &u64) -> String {
    const GROUP: usize = 3;
    let digits = count.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(GROUP) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// What is loaded.
pub(crate) async fn loaded(may: May<may::ViewCodeLists>) -> Answer<HttpResponse> {
    let today = may.now().in_zone(&TimeZone::UTC).date();
    let lists = lists(&*may.services().codes()?, today);
    let several = |kind: ListKind| lists.items.iter().filter(|item| item.kind == kind).count() > 1;
    let kinds = ListKind::ALL.iter().copied();
    let compared = kinds.filter(|kind| kind.system().is_some() && several(*kind)).collect();
    let shell = Shell::new(&may, "Code lists", "/codes");
    web::html(&CodesPage { shell, lists, compared })
}

/// Which editions a page compares.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct AskedPage {
    kind: ListKind,
    from: Option<Day>,
    to: Option<Day>,
    #[serde(default)]
    prefix: String,
    #[serde(default)]
    after: String,
}

/// An edition to choose.
struct Choice {
    from: Day,
    name: String,
}

#[derive(Template)]
#[template(path = "codes_changes.html")]
struct ChangesPage {
    shell: Shell,
    label: &'static str,
    differences: Differences,
    choices: Vec<Choice>,
    prefix: String,
}

impl ChangesPage {
    /// The query that asks for the same editions and codes.
    fn same(&self) -> String {
        let Differences { from, to, .. } = &self.differences;
        format!("from={}&to={}&prefix={}", from.from, to.from, codesets::normalise(&self.prefix))
    }
}

/// What differs between two editions.
pub(crate) async fn changes(
    may: May<may::ViewCodeLists>,
    asked: Query<AskedPage>,
) -> Answer<HttpResponse> {
    let AskedPage { kind, from, to, prefix, after } = asked.into_inner();
    if prefix.chars().any(|c| !c.is_ascii_alphanumeric() && c != '.' && !c.is_whitespace()) {
        return Err(Error::invalid("prefix", "letters, digits and the point").into());
    }
    let codes = may.services().codes()?;
    let held = codes.holdings().iter().filter(|held| held.kind == kind);
    let choices = held
        .map(|held| Choice { from: Day(held.edition.from), name: held.edition.name.to_string() })
        .collect();
    let asked = Asked { from, to, prefix: prefix.clone(), after, limit: None };
    let differences = found(codes, kind, asked, differences).await?;
    let shell = Shell::new(&may, "What changed between editions", "/codes");
    let label = kind.label();
    web::html(&ChangesPage { shell, label, differences, choices, prefix })
}
