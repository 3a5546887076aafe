//! This slice's pages, for people of a facility.

use crate::api::{TimelineEntry, entry};
use crate::store;
use crate::view::{self, ChartView, Filter, ListedChart};
use actix_web::HttpResponse;
use actix_web::web::{self as routes_of, Path, Query, ServiceConfig};
use askama::Template;
use facilities::Terms;
use rules::access::{Right, may};
use rules::ids::{ChartId, QueueId};
use rules::lifecycle::ChartState;
use rules::words::HoldOwner;
use web::paging::Paged;
use web::{Answer, May, Shell};

/// Registers the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/charts", routes_of::get().to(charts))
        .route("/charts/{id}", routes_of::get().to(chart));
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
}

impl ChartPage {
    fn can_void(&self) -> bool {
        let by = rules::lifecycle::ActorKind::Facility;
        rules::lifecycle::next(self.chart.state, rules::lifecycle::Action::Void, by, 0).is_some()
    }

    fn can_clear(&self) -> bool {
        matches!(self.chart.state, ChartState::Duplicate | ChartState::IntakeException)
    }

    fn answers(owner: &HoldOwner) -> bool {
        *owner != HoldOwner::Vendor
    }
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
    })
}
