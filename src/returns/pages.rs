//! This slice's pages, for people of a facility.

use crate::collect::{self, Filter, ListedReturn, ReturnView};
use actix_web::HttpResponse;
use actix_web::web::{self as routes_of, Path, Query, ServiceConfig};
use askama::Template;
use rules::access::may;
use rules::compare::LineRole;
use rules::ids::ReturnId;
use web::paging::Paged;
use web::{Answer, May, Shell};

/// Registers the pages.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/returns", routes_of::get().to(returns))
        .route("/returns/{id}", routes_of::get().to(one));
}

#[derive(Template)]
#[template(path = "returns.html")]
struct ReturnsPage {
    shell: Shell,
    page: Paged<ListedReturn>,
    filter: Filter,
}

impl ReturnsPage {
    /// The query that asks for the same returns, without a place.
    const fn query(&self) -> &'static str {
        match self.filter.acknowledged {
            Some(true) => "acknowledged=true",
            Some(false) => "acknowledged=false",
            None => "",
        }
    }

    /// The returns of this page that nobody has taken, as the body of a request.
    fn open(&self) -> Option<String> {
        let open = self.page.items.iter().filter(|item| item.acknowledged_at.is_none());
        let ids: Vec<String> = open.map(|item| format!("\"{}\"", item.id)).collect();
        (!ids.is_empty()).then(|| format!("{{\"ids\":[{}]}}", ids.join(",")))
    }
}

/// An entry of a form that was left empty asks for nothing.
#[derive(Debug, serde::Deserialize)]
struct Asked {
    after: Option<String>,
    acknowledged: Option<String>,
}

impl From<Asked> for Filter {
    fn from(asked: Asked) -> Self {
        let acknowledged = asked.acknowledged.and_then(|text| text.parse().ok());
        Self { after: asked.after, acknowledged, ..Self::default() }
    }
}

async fn returns(may: May<may::CollectReturns>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let filter = Filter::from(asked.into_inner());
    let page = may.facility(async |tx| collect::list(tx, keyring, &filter).await).await?;
    let shell = Shell::new(&may, "Returns", "/returns").live();
    web::html(&ReturnsPage { shell, page, filter })
}

#[derive(Template)]
#[template(path = "return.html")]
struct ReturnPage {
    shell: Shell,
    view: ReturnView,
}

/// What a line is on the claim, in words.
const fn role_words(role: &LineRole) -> &'static str {
    match *role {
        LineRole::Admitting => "Admitting",
        LineRole::Principal => "Principal",
        LineRole::Secondary => "Secondary",
        LineRole::Procedure => "Procedure",
    }
}

async fn one(may: May<may::CollectReturns>, id: Path<ReturnId>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let view = may.facility(async |tx| collect::one(tx, keyring, *id).await).await?;
    web::html(&ReturnPage { shell: Shell::new(&may, "Return", "/returns").live(), view })
}
