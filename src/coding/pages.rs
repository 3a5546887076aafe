//! The desk itself: a frame that the browser fills from the API, so that the page carries no patient.

use crate::KIND;
use crate::give_back::SkipReason;
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use charts::held;
use charts::notes::NOTE_CHARACTERS_MAX;
use rules::access::may;
use rules::edits::DISPOSITIONS;
use rules::ids::ChartId;
use rules::words::{HoldOwner, HoldReason};
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    chart: ChartId,
    note_characters_max: usize,
    holds: Vec<HoldChoice>,
    skips: Vec<SkipChoice>,
    dispositions: &'static [(&'static str, &'static str)],
}

/// A reason for a hold, as it is offered.
struct HoldChoice {
    value: &'static str,
    label: &'static str,
    who: &'static str,
    stops_clock: bool,
}

impl HoldChoice {
    const fn of(reason: HoldReason) -> Self {
        let who = match reason.owner() {
            HoldOwner::Facility => "the facility acts",
            HoldOwner::Provider => "the provider answers",
            HoldOwner::Vendor => "a lead or specialist answers",
        };
        let (value, label) = (reason.as_str(), reason.label());
        Self { value, label, who, stops_clock: reason.stops_clock() }
    }
}

/// A reason for a release, as it is offered.
struct SkipChoice {
    value: &'static str,
    label: &'static str,
    excludes: bool,
}

impl SkipChoice {
    const fn of(reason: SkipReason) -> Self {
        Self { value: reason.as_str(), label: reason.label(), excludes: reason.excludes() }
    }
}

/// The coder's desk for a chart that they hold.
pub(crate) async fn desk(may: May<may::CodeCharts>, chart: Path<ChartId>) -> Answer<HttpResponse> {
    let held = may.desk(async |tx| held::to_read(tx, KIND, *chart).await).await?;
    web::html(&DeskPage {
        shell: Shell::new(&may, "Desk", "/work").full(),
        chart: held.chart.id,
        note_characters_max: NOTE_CHARACTERS_MAX,
        holds: HoldReason::ALL.iter().copied().map(HoldChoice::of).collect(),
        skips: SkipReason::ALL.iter().copied().map(SkipChoice::of).collect(),
        dispositions: DISPOSITIONS,
    })
}
