//! The page: what is at risk before it is late, and what would change it.

use super::plots::{LoadPlot, OpenPlot};
use super::view::{ForecastAnswer, Range};
use super::{Asked, Outlook};
use crate::api::zone_of;
use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use base::error::Error;
use rules::access::may;
use rules::ids::{FacilityId, QueueId};
use web::{Answer, May, Shell};

/// Charts at risk that the page lists; the API has them all.
const ROWS_MAX: usize = 100;

#[derive(Template)]
#[template(path = "forecast.html")]
struct ForecastPage {
    shell: Shell,
    form: Form,
    comparison: ForecastAnswer,
    open: OpenPlot,
    load: LoadPlot,
    /// What was wrong with what was asked; the page then shows things as they stand.
    faults: Vec<String>,
}

/// What the reader typed, to be typed on.
struct Form {
    days: i64,
    volume_percent: u32,
    shift_minutes: i32,
    people: String,
}

impl Form {
    fn of(asked: &Asked) -> Self {
        Self {
            days: asked.days.unwrap_or(3),
            volume_percent: asked.volume_percent.unwrap_or(100),
            shift_minutes: asked.shift_minutes.unwrap_or(0),
            people: asked.people.clone().unwrap_or_default(),
        }
    }
}

impl ForecastPage {
    const ROWS: usize = ROWS_MAX;

    fn shown(&self) -> &Outlook {
        self.comparison.changed.as_ref().unwrap_or(&self.comparison.base)
    }

    fn listed(&self) -> usize {
        self.shown().at_risk.len().min(ROWS_MAX)
    }

    /// The same facility's share with the change.
    fn changed_facility(&self, facility: &FacilityId) -> Option<Range> {
        let changed = self.comparison.changed.as_ref()?;
        changed.facilities.iter().find(|it| it.facility_id == *facility)?.on_time_percent
    }

    fn changed_queue(&self, facility: &FacilityId, queue: &QueueId) -> Option<Range> {
        let changed = self.comparison.changed.as_ref()?;
        let same =
            |it: &&super::view::QueueAhead| it.facility_id == *facility && it.queue_id == *queue;
        changed.queues.iter().find(same)?.on_time_percent
    }
}

/// `87 %`.
fn percent(share: &Range) -> String {
    format!("{:.0} %", share.mean)
}

/// `80–94`.
fn spread(share: &Range) -> String {
    format!("{:.0}–{:.0}", share.low, share.high)
}

/// How worrying a share is.
fn tone(share: &Range) -> &'static str {
    match share.mean {
        mean if mean >= 95.0 => "good",
        mean if mean >= 85.0 => "warn",
        _ => "bad",
    }
}

pub(crate) async fn page(may: May<may::ViewBoard>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let zone = zone_of(&may)?;
    let (mut faults, mut found) = (Vec::new(), None);
    match Box::pin(super::outlook(may.services(), &scope, &asked)).await {
        Ok(comparison) => found = Some(comparison),
        Err(Error::Invalid(fields)) => {
            faults.extend(fields.into_iter().map(|field| field.message));
        }
        Err(error) => return Err(error.into()),
    }
    let comparison = match found {
        Some(found) => found,
        None => Box::pin(super::outlook(may.services(), &scope, &Asked::default())).await?,
    };
    let shown = comparison.changed.as_ref().unwrap_or(&comparison.base);
    web::html(&ForecastPage {
        shell: Shell::new(&may, "Forecast", "/forecast"),
        form: Form::of(&asked),
        open: OpenPlot::of(&comparison, &zone),
        load: LoadPlot::of(&comparison, shown, &zone),
        comparison,
        faults,
    })
}
