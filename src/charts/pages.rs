//! This slice's pages: a facility's charts and what waits for it; for leads, every hold.

use crate::api::{TimelineEntry, entry};
use crate::given_back::{self, GivenBackCount};
use crate::holds::Hold;
use crate::led::{self, ListedHold};
use crate::missing::{self, Missing};
use crate::notes::Note;
use crate::view::{self, ChartView, Filter, ListedChart};
use crate::{later, store};
use actix_web::HttpResponse;
use actix_web::web::{self as routes_of, Path, Query, ServiceConfig};
use askama::Template;
use facilities::Terms;
use rules::access::{Right, may};
use rules::holds::{Awaited, HoldOwner, HoldReason};
use rules::ids::{ChartId, DocumentId, HoldId, QueueId};
use rules::lifecycle::ChartState;
use web::paging::Paged;
use web::{Answer, May, Shell};

const BYTES_PER_MEGABYTE: u64 = 1_048_576;

/// Registers the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/charts", routes_of::get().to(charts))
        .route("/charts/{id}", routes_of::get().to(chart))
        .route("/missing", routes_of::get().to(missing_page))
        .route("/holds", routes_of::get().to(holds_page));
}

#[derive(Template)]
#[template(path = "charts.html")]
struct ChartsPage {
    shell: Shell,
    page: Paged<ListedChart>,
    queues: Vec<Terms>,
    states: &'static [ChartState],
    filter: Filter,
}

impl ChartsPage {
    fn shows_state(&self, state: &ChartState) -> bool {
        self.filter.state.as_ref() == Some(state)
    }

    fn shows_queue(&self, queue: &QueueId) -> bool {
        self.filter.queue.as_ref() == Some(queue)
    }
}

async fn charts(may: May<may::ViewOwnCharts>, filter: Query<Filter>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let filter = filter.into_inner();
    let (page, queues) = may
        .facility(async |tx| {
            Ok((view::list(tx, keyring, &filter).await?, facilities::all_terms(tx).await?))
        })
        .await?;
    web::html(&ChartsPage {
        shell: Shell::new(&may, "Charts", "/charts").live(),
        page,
        queues,
        states: ChartState::ALL,
        filter,
    })
}

#[derive(Template)]
#[template(path = "chart.html")]
struct ChartPage {
    shell: Shell,
    chart: ChartView,
    timeline: Vec<TimelineEntry>,
    may_settle: bool,
    may_settle_disclosures: bool,
    document_megabytes_max: u64,
}

impl ChartPage {
    fn can_void(&self) -> bool {
        let by = rules::lifecycle::ActorKind::Facility;
        rules::lifecycle::next(self.chart.state, rules::lifecycle::Action::Void, by, 0).is_some()
    }

    fn can_clear(&self) -> bool {
        matches!(self.chart.state, ChartState::Duplicate | ChartState::IntakeException)
    }

    fn is_disclosure(hold: &Hold) -> bool {
        hold.reason == HoldReason::WrongPatient
    }

    /// Held for the coding company's own reasons alone.
    fn waits_for_vendor(&self) -> bool {
        self.chart.state == ChartState::OnHold && self.chart.holds.is_empty()
    }

    fn takes_documents(&self) -> bool {
        later::may_come(self.chart.state)
    }

    /// What was written about a hold, oldest first.
    fn notes_of(&self, hold: &Hold) -> Vec<&Note> {
        self.chart.notes.iter().filter(|note| note.hold_id == Some(hold.id)).collect()
    }

    /// What is not shown with an open hold.
    fn other_notes(&self) -> Vec<&Note> {
        let shown = |id: HoldId| self.chart.holds.iter().any(|hold| hold.id == id);
        self.chart.notes.iter().filter(|note| !note.hold_id.is_some_and(shown)).collect()
    }

    fn document_name(&self, id: &DocumentId) -> &str {
        let found = self.chart.documents.iter().find(|document| document.id == *id);
        found.map_or("a document", |document| document.name.as_str())
    }

    const KINDS: &'static [Awaited] = Awaited::ALL;
}

async fn chart(may: May<may::ViewOwnCharts>, id: Path<ChartId>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let (chart, timeline) = may
        .facility(async |tx| {
            let timeline = store::timeline(tx, *id).await?;
            Ok((view::one(tx, keyring, *id).await?, timeline))
        })
        .await?;
    web::html(&ChartPage {
        shell: Shell::new(&may, "Chart", "/charts").live(),
        chart,
        timeline: timeline.into_iter().map(entry).collect(),
        may_settle: may.principal().may(Right::SettleOwnCharts),
        may_settle_disclosures: may.principal().may(Right::SettleDisclosures),
        document_megabytes_max: may.services().config.intake.document_bytes_max
            / BYTES_PER_MEGABYTE,
    })
}

#[derive(Template)]
#[template(path = "missing.html")]
struct MissingPage {
    shell: Shell,
    missing: Missing,
}

async fn missing_page(may: May<may::ViewOwnCharts>) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let missing = may.facility(async |tx| missing::missing(tx, keyring).await).await?;
    web::html(&MissingPage { shell: Shell::new(&may, "To answer", "/missing").live(), missing })
}

#[derive(Template)]
#[template(path = "holds.html")]
struct HoldsPage {
    shell: Shell,
    holds: Vec<ListedHold>,
    given_back: Vec<GivenBackCount>,
    may_answer: bool,
}

impl HoldsPage {
    fn ours(&self) -> Vec<&ListedHold> {
        self.holds.iter().filter(|listed| listed.hold.owner == HoldOwner::Vendor).collect()
    }

    fn theirs(&self) -> Vec<&ListedHold> {
        self.holds.iter().filter(|listed| listed.hold.owner != HoldOwner::Vendor).collect()
    }
}

async fn holds_page(may: May<may::ViewBoard>) -> Answer<HttpResponse> {
    let (holds, given_back) =
        may.ops(async |tx| Ok((led::list(tx).await?, given_back::given_back(tx).await?))).await?;
    web::html(&HoldsPage {
        shell: Shell::new(&may, "Holds", "/holds").live(),
        holds,
        given_back,
        may_answer: may.principal().may(Right::SettleCharts),
    })
}
