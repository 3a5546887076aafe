//! The pages on which guidelines are written: the coding company's and the facility's own.

use super::{Guideline, GuidelineStanding, current, queue_names, standing};
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use base::db::WorkTx;
use base::error::Result;
use rules::access::{Right, may};
use rules::ids::{FacilityId, QueueId};
use web::{Answer, May, Shell};

/// A text on the page: what stands now, and where a new version goes.
struct Written {
    queue_id: Option<QueueId>,
    heading: String,
    version: i32,
    text: String,
    html: String,
    /// Names; none where the reader may not know them.
    read: Option<(Vec<String>, Vec<String>)>,
}

impl Written {
    fn of(queue_id: Option<QueueId>, heading: String, found: Option<&Guideline>) -> Self {
        let text = found.map(|one| one.text.clone()).unwrap_or_default();
        let html = formats::guideline::to_html(&text);
        let version = found.map_or(0, |one| one.version);
        Self { queue_id, heading, version, text, html, read: None }
    }

    fn field(&self) -> String {
        self.queue_id.map_or_else(|| "all".to_owned(), |id| id.to_string())
    }
}

#[derive(Template)]
#[template(path = "guidelines.html")]
struct GuidelinesPage {
    shell: Shell,
    /// The coding company's people come from the facility's page.
    facility: Option<(FacilityId, String)>,
    address: String,
    written: Vec<Written>,
    may_write: bool,
}

/// One place for all queues, and one for each, whether something stands there or not.
async fn places(
    tx: &mut WorkTx,
    facility: FacilityId,
    found: &[Guideline],
) -> Result<Vec<Written>> {
    let mut queues: Vec<(QueueId, String)> = queue_names(tx, facility).await?.into_iter().collect();
    queues.sort_by(|a, b| a.1.cmp(&b.1));
    let of = |queue: Option<QueueId>| found.iter().find(|one| one.queue_id == queue);
    let mut places = vec![Written::of(None, "For every queue".to_owned(), of(None))];
    places.extend(queues.into_iter().map(|(id, name)| Written::of(Some(id), name, of(Some(id)))));
    Ok(places)
}

/// A facility's guidelines, for the coding company's people.
pub(crate) async fn of_facility(
    may: May<may::ViewFacilities>,
    id: Path<FacilityId>,
) -> Answer<HttpResponse> {
    let (name, written) = may
        .ops(async |tx| {
            let name = super::known(tx, *id).await?;
            let standing = standing(tx, *id).await?;
            let found: Vec<Guideline> = standing.iter().map(|one| one.guideline.clone()).collect();
            let mut written = places(tx, *id, &found).await?;
            for place in &mut written {
                let of = |one: &&GuidelineStanding| one.guideline.queue_id == place.queue_id;
                let found = standing.iter().find(of);
                place.read = found.map(|one| (one.read.clone(), one.unread.clone()));
            }
            Ok((name, written))
        })
        .await?;
    web::html(&GuidelinesPage {
        shell: Shell::new(&may, "Guidelines", "/facilities"),
        facility: Some((*id, name)),
        address: format!("/api/v1/facilities/{}/guidelines", *id),
        written,
        may_write: may.principal().may(Right::WriteGuidelines),
    })
}

/// One's own facility's guidelines.
pub(crate) async fn own(may: May<may::ViewOwnCharts>) -> Answer<HttpResponse> {
    let written = may
        .facility(async |tx| {
            let facility = tx.facility();
            let found = current(tx, facility).await?;
            places(tx, facility, &found).await
        })
        .await?;
    web::html(&GuidelinesPage {
        shell: Shell::new(&may, "Guidelines", "/guidelines"),
        facility: None,
        address: "/api/v1/guidelines".to_owned(),
        written,
        may_write: may.principal().may(Right::WriteOwnGuidelines),
    })
}
