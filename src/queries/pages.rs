//! The pages of questions: the provider's list and question, the link's page, the facility's and the lead's
//! lists.

use crate::settings::{self, AnswerBy};
use crate::templates::{self, QueryTemplate};
use crate::view::{self, FacilityQuery, OpenQuery};
use crate::{store, view::ProviderView};
use actix_web::HttpResponse;
use actix_web::web::{self as http, Path, ServiceConfig};
use askama::Template;
use base::db::FacilityTx;
use base::error::Error;
use rules::access::{Right, may};
use rules::ids::QueryId;
use rules::query::{CancelReason, GiveUpReason, OPTIONS_MAX, QueryKind, YesNoUse};
use web::{Answer, May, Shell, Visitor, assets};

pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/answer", http::get().to(by_link))
        .route("/queries", http::get().to(own))
        .route("/queries/facility", http::get().to(of_facility))
        .route("/queries/{id}", http::get().to(one))
        .route("/questions", http::get().to(board));
}

#[derive(Template)]
#[template(path = "answer.html")]
struct AnswerPage {
    assets: String,
}

/// The page of a mailed link; what stands behind `#` never comes to the server with it.
async fn by_link(_visitor: Visitor) -> Answer<HttpResponse> {
    web::html(&AnswerPage { assets: assets::folder() })
}

#[derive(Template)]
#[template(path = "own_queries.html")]
struct OwnPage {
    shell: Shell,
    queries: Vec<FacilityQuery>,
}

async fn own(may: May<may::AnswerQueries>) -> Answer<HttpResponse> {
    let (keyring, person) = (&may.services().keyring, may.principal().id);
    let list = async |tx: &mut FacilityTx| {
        let listed = store::open_of_provider(tx, person).await?;
        view::of_facility(tx, keyring, listed).await
    };
    let queries = may.facility(list).await?;
    let shell = Shell::new(&may, "My questions", "/queries").live();
    web::html(&OwnPage { shell, queries })
}

#[derive(Template)]
#[template(path = "own_query.html")]
struct QuestionPage {
    shell: Shell,
    query: QueryId,
}

/// A frame that the browser fills from the API, so that the page carries no patient.
async fn one(may: May<may::AnswerQueries>, id: Path<QueryId>) -> Answer<HttpResponse> {
    let person = may.principal().id;
    let find = async |tx: &mut FacilityTx| {
        let row = store::find(tx, *id).await?;
        if row.provider_id == Some(person) { Ok(()) } else { Err(Error::NotFound) }
    };
    may.facility(find).await?;
    web::html(&QuestionPage { shell: Shell::new(&may, "Question", "/queries"), query: *id })
}

#[derive(Template)]
#[template(path = "facility_queries.html")]
struct FacilityPage {
    shell: Shell,
    queries: Vec<FacilityQuery>,
    providers: Vec<ProviderView>,
    signs_in: bool,
    templates: Vec<QueryTemplate>,
    kinds: &'static [QueryKind],
    uses: &'static [YesNoUse],
    options: std::ops::RangeInclusive<usize>,
}

impl FacilityPage {
    fn is_asked(query: &FacilityQuery, provider: &ProviderView) -> bool {
        query.provider_id == Some(provider.id)
    }
}

async fn of_facility(may: May<may::ManageOwnQueries>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let read = async |tx: &mut FacilityTx| {
        let facility = tx.facility();
        let listed = store::open(tx).await?;
        let queries = view::of_facility(tx, keyring, listed).await?;
        let providers = view::providers(tx, facility).await?;
        let by = settings::answer_by(tx, facility).await?;
        Ok((queries, providers, by, templates::own(tx, facility).await?))
    };
    let (queries, providers, by, templates) = may.facility(read).await?;
    web::html(&FacilityPage {
        shell: Shell::new(&may, "Questions", "/queries/facility"),
        queries,
        providers,
        signs_in: by == AnswerBy::SignIn,
        templates,
        kinds: QueryKind::ALL,
        uses: YesNoUse::ALL,
        options: 1..=OPTIONS_MAX,
    })
}

#[derive(Template)]
#[template(path = "board_queries.html")]
struct BoardPage {
    shell: Shell,
    queries: Vec<OpenQuery>,
    may_settle: bool,
    cancels: &'static [CancelReason],
    give_ups: &'static [GiveUpReason],
}

async fn board(may: May<may::ViewBoard>) -> Answer<HttpResponse> {
    let queries = may.ops(async |tx| view::board(tx).await).await?;
    web::html(&BoardPage {
        shell: Shell::new(&may, "Questions", "/questions"),
        queries,
        may_settle: may.principal().may(Right::SettleCharts),
        cancels: CancelReason::OF_PEOPLE,
        give_ups: GiveUpReason::ALL,
    })
}
