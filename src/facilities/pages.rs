//! This slice's pages.

use crate::api::{self, FacilityView, ListedFacility};
use crate::{Terms, guidelines};
use actix_web::HttpResponse;
use actix_web::web::{self as routes_of, Path, ServiceConfig};
use askama::Template;
use base::Error;
use rules::access::{Right, may};
use rules::compare::LineRole;
use rules::details::{self, Detail};
use rules::edits::PoaExempt;
use rules::escalation::Step;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::words::WorkType;
use std::collections::{BTreeSet, HashMap};
use web::{Answer, May, Shell};

/// Registers the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/facilities", routes_of::get().to(facilities))
        .route("/facilities/{id}", routes_of::get().to(facility))
        .route("/facilities/{id}/queues/{queue}", routes_of::get().to(one_queue))
        .route("/facilities/{id}/guidelines", routes_of::get().to(guidelines::pages::of_facility))
        .route("/guidelines", routes_of::get().to(guidelines::pages::own));
}

#[derive(Template)]
#[template(path = "facilities.html")]
struct FacilitiesPage {
    shell: Shell,
    facilities: Vec<ListedFacility>,
    may_create: bool,
}

async fn facilities(may: May<may::ViewFacilities>) -> Answer<HttpResponse> {
    let names = may.ops(async |tx| crate::names(tx).await).await?;
    let mut facilities: Vec<ListedFacility> =
        names.into_iter().map(|(id, name)| ListedFacility { id, name }).collect();
    facilities.sort_by(|a, b| a.name.name.cmp(&b.name.name));
    web::html(&FacilitiesPage {
        shell: Shell::new(&may, "Facilities", "/facilities"),
        facilities,
        may_create: may.principal().may(Right::ManageFacilities),
    })
}

#[derive(Template)]
#[template(path = "facility.html")]
struct FacilityPage {
    shell: Shell,
    facility: FacilityView,
    names: HashMap<PersonId, String>,
    others: Vec<(PersonId, String)>,
    work_types: &'static [WorkType],
    may_manage: bool,
    may_allow: bool,
    may_invite: bool,
}

/// A minute of a day as a clock shows it.
fn clock(minute: u16) -> String {
    const MINUTES_PER_HOUR: u16 = 60;
    const HOURS: u16 = 24;
    format!("{:02}:{:02}", minute / MINUTES_PER_HOUR % HOURS, minute % MINUTES_PER_HOUR)
}

/// `Mon`: a choice among seven needs no more.
fn short(day: &str) -> &str {
    day.get(..3).unwrap_or(day)
}

/// Words that are entered with commas between.
fn listed(words: &[String]) -> String {
    words.join(", ")
}

impl FacilityPage {
    const WEEKDAYS: [&'static str; 7] = crate::hours::WEEKDAYS;
    const EXEMPT: [(PoaExempt, &'static str); 3] =
        [(PoaExempt::Either, "1 or nothing"), (PoaExempt::One, "1"), (PoaExempt::Blank, "nothing")];

    fn holidays(&self) -> String {
        let days: Vec<String> = self.facility.holidays.iter().map(ToString::to_string).collect();
        days.join(", ")
    }

    fn name(&self, id: &PersonId) -> &str {
        self.names.get(id).map_or("someone", String::as_str)
    }
}

async fn facility(may: May<may::ViewFacilities>, id: Path<FacilityId>) -> Answer<HttpResponse> {
    let (facility, names, others) = may
        .ops(async |tx| {
            let facility = api::view(tx, *id).await?;
            let names = people::names(tx, &facility.allowed).await?;
            let workforce: Vec<PersonId> =
                people::workforce(tx).await?.into_iter().map(|person| person.id).collect();
            let others: Vec<PersonId> =
                workforce.into_iter().filter(|id| !facility.allowed.contains(id)).collect();
            let mut others: Vec<_> = people::names(tx, &others).await?.into_iter().collect();
            others.sort_by(|a, b| a.1.cmp(&b.1));
            Ok((facility, names, others))
        })
        .await?;
    web::html(&FacilityPage {
        shell: Shell::new(&may, facility.name.name.clone(), "/facilities"),
        facility,
        names,
        others,
        work_types: WorkType::ALL,
        may_manage: may.principal().may(Right::ManageQueues),
        may_allow: may.principal().may(Right::ManageAllowLists),
        may_invite: may.principal().may(Right::ManageFacilities),
    })
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    facility: String,
    terms: Terms,
    may_manage: bool,
}

impl QueuePage {
    #[expect(clippy::unused_self, reason = "the template asks the page")]
    const fn steps(&self) -> &'static [Step] {
        Step::ALL
    }

    /// The mark as it is entered.
    fn mark(&self, step: &Step) -> String {
        self.terms.escalation.mark(*step).map_or_else(String::new, |mark| mark.to_string())
    }

    /// What this kind of work can say beside its codes, each once.
    fn details(&self) -> Vec<Detail> {
        let work_type = self.terms.work_type;
        let of_lines = LineRole::ALL.iter().flat_map(|role| details::drawn(work_type, *role));
        let all: BTreeSet<Detail> =
            of_lines.chain(details::drawn_for_all(work_type)).copied().collect();
        all.into_iter().collect()
    }

    fn requires(&self, detail: &Detail) -> bool {
        self.terms.required().is_ok_and(|required| required.contains(detail))
    }

    /// The price as it is entered.
    fn price(&self) -> String {
        const CENTS: i64 = 100;
        let cents = self.terms.unit_price_cents;
        format!("{}.{:02}", cents / CENTS, cents % CENTS)
    }
}

async fn one_queue(
    may: May<may::ViewFacilities>,
    path: Path<(FacilityId, QueueId)>,
) -> Answer<HttpResponse> {
    let (facility, queue) = path.into_inner();
    let (terms, name) = may
        .ops(async |tx| {
            let terms = crate::terms(tx, facility, queue).await?;
            let name = crate::names(tx).await?.remove(&facility).ok_or(Error::NotFound)?;
            Ok((terms, name.name))
        })
        .await?;
    web::html(&QueuePage {
        shell: Shell::new(&may, terms.name.clone(), "/facilities"),
        facility: name,
        terms,
        may_manage: may.principal().may(Right::ManageQueues),
    })
}
