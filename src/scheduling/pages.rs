//! This slice's pages: one's own work, the lead's board, and one chart on it.

use crate::api::zone_of;
use crate::board;
use crate::explain::{self, WhyWaiting};
use crate::work::{self, Names, Work};
use actix_web::HttpResponse;
use actix_web::web::{self as routes_of, Path, ServiceConfig};
use askama::Template;
use rules::access::{Right, may};
use rules::holds::HoldReason;
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, ActorKind};
use rules::words::AssignmentKind;
use web::{Answer, May, Shell};

/// Registers the pages.
pub(crate) fn routes(config: &mut ServiceConfig) {
    config
        .route("/work", routes_of::get().to(my_work))
        .route("/board", routes_of::get().to(board::page))
        .route("/board/{chart}", routes_of::get().to(one_chart));
}

/// What is done with a chart, as pages call it.
pub(crate) const fn kind_words(kind: &AssignmentKind) -> &'static str {
    match *kind {
        AssignmentKind::Coding => "Coding",
        AssignmentKind::Review => "Review",
        AssignmentKind::Arbitration => "Arbitration",
    }
}

/// The page's folder on which a kind of work is done.
const fn desk(kind: &AssignmentKind) -> &'static str {
    match *kind {
        AssignmentKind::Coding => "/desk/",
        AssignmentKind::Review | AssignmentKind::Arbitration => "/review/",
    }
}

#[derive(Template)]
#[template(path = "work.html")]
struct WorkPage {
    shell: Shell,
    work: Work,
}

impl WorkPage {
    const fn does_both(&self) -> bool {
        self.work.kinds.len() > 1
    }
}

async fn my_work(may: May<may::TakeWork>) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let work = work::work(may.services(), &scope, may.principal().id).await?;
    web::html(&WorkPage { shell: Shell::new(&may, "My work", "/work").live(), work })
}

#[derive(Template)]
#[template(path = "board_chart.html")]
struct BoardChartPage {
    shell: Shell,
    why: WhyWaiting,
    facility: String,
    queue: String,
    holder: Option<String>,
    may_assign: bool,
    may_hold: bool,
    reasons: Vec<HoldReason>,
}

impl BoardChartPage {
    fn reference(&self) -> String {
        crate::reference(self.why.chart_id)
    }
}

async fn one_chart(may: May<may::ViewBoard>, chart: Path<ChartId>) -> Answer<HttpResponse> {
    let zone = zone_of(&may)?;
    let (why, names, holder) = may
        .ops(async |tx| {
            let why = Box::pin(explain::why_waiting(tx, *chart, &zone)).await?;
            let names = Names::of(tx).await?;
            let holders: Vec<_> = why.holder.into_iter().collect();
            let holder = people::names(tx, &holders).await?.into_values().next();
            Ok((why, names, holder))
        })
        .await?;
    let by = ActorKind::Lead;
    let can_hold = lifecycle::next(why.state, Action::Hold, by, 0).is_some();
    web::html(&BoardChartPage {
        shell: Shell::new(&may, "Chart on the board", "/board").live(),
        facility: names.facility(why.facility_id),
        queue: names.queue(why.facility_id, why.queue_id),
        why,
        holder,
        may_assign: may.principal().may(Right::AssignCharts),
        may_hold: may.principal().may(Right::SettleCharts) && can_hold,
        reasons: HoldReason::of_charts().collect(),
    })
}
