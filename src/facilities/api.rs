//! The JSON doors of this room.

use crate::hours::{self, BusinessCalendar, OpenHours};
use crate::manage::{self, NewFacility, NewQueue};
use crate::{FacilityName, Terms, store};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use base::error::Error;
use rules::access::may;
use rules::edits::PoaTerms;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::time::Day;
use serde::{Deserialize, Serialize};
use web::{Answer, May, Problem};

/// A facility in a list.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ListedFacility {
    /// The facility.
    pub id: FacilityId,
    /// What it is called.
    #[serde(flatten)]
    pub name: FacilityName,
}

/// The facilities within reach.
#[utoipa::path(get, path = "/api/v1/facilities", tag = "facilities",
    responses((status = 200, body = Vec<ListedFacility>)))]
pub async fn list(may: May<may::ViewFacilities>) -> Answer<Json<Vec<ListedFacility>>> {
    let names = may.ops(async |tx| crate::names(tx).await).await?;
    let mut listed: Vec<ListedFacility> =
        names.into_iter().map(|(id, name)| ListedFacility { id, name }).collect();
    listed.sort_by(|a, b| a.name.name.cmp(&b.name.name));
    Ok(Json(listed))
}

/// The id of something that was made.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Made {
    /// Its id.
    pub id: uuid::Uuid,
}

/// Makes a facility with its key and calendar.
#[utoipa::path(post, path = "/api/v1/facilities", tag = "facilities", request_body = NewFacility,
    responses((status = 201, body = Made), (status = 422, body = Problem)))]
pub async fn create(
    may: May<may::ManageFacilities>,
    body: Json<NewFacility>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let id = manage::create(may.services(), &scope, body.into_inner()).await?;
    Ok(HttpResponse::Created().json(Made { id: id.uuid() }))
}

/// A facility's first administrator.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    /// Their address.
    pub email: String,
    /// Their name.
    pub name: String,
}

/// Invites a facility's administrator, who invites everybody else there.
#[utoipa::path(post, path = "/api/v1/facilities/{id}/administrators", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = FirstAdministrator,
    responses((status = 201, body = Made), (status = 422, body = Problem)))]
pub async fn invite(
    may: May<may::ManageFacilities>,
    id: Path<FacilityId>,
    body: Json<FirstAdministrator>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let known = may.ops(async |tx| crate::names(tx).await).await?;
    let facility = known.get(&*id).ok_or(Error::NotFound)?;
    let body = body.into_inner();
    let person = people::NewPerson {
        email: body.email,
        name: body.name,
        home: Some(*id),
        roles: vec![rules::access::Role::FacilityAdmin],
        time_zone: facility.time_zone.clone(),
        ..people::NewPerson::default()
    };
    let made = people::create(may.services(), &scope, person).await?;
    Ok(HttpResponse::Created().json(Made { id: made.uuid() }))
}

/// A facility with everything that hangs on it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct FacilityView {
    /// The facility.
    pub id: FacilityId,
    /// What it is called.
    #[serde(flatten)]
    pub name: FacilityName,
    /// Its queues.
    pub queues: Vec<Terms>,
    /// Of two facilities whose charts are equally urgent, twice the weight is twice the people; 1 to 100.
    pub weight: i32,
    /// How it reports what was present on admission.
    pub reporting: PoaTerms,
    /// Who may work for it.
    pub allowed: Vec<PersonId>,
    /// Those of them who only help out when a queue asks for it.
    pub overflow: Vec<PersonId>,
    /// When the clock of turnarounds runs.
    pub hours: Vec<OpenHours>,
    /// Days on which it does not.
    pub holidays: Vec<Day>,
}

pub(crate) async fn view(tx: &mut base::db::WorkTx, id: FacilityId) -> base::Result<FacilityView> {
    let name = crate::names(tx).await?.remove(&id).ok_or(Error::NotFound)?;
    let calendar = crate::calendar(tx, id).await?;
    let mut queues = crate::all_terms(tx).await?;
    queues.retain(|queue| queue.facility_id == id);
    let listed = store::allowed(tx, id).await?;
    let weight = store::weight(tx, id).await?;
    let reporting = crate::poa_terms(tx, id).await?;
    let mut holidays: Vec<Day> = calendar.holidays.iter().copied().map(Day).collect();
    holidays.sort_unstable();
    let hours = hours::hours_of(&calendar.week);
    let allowed = listed.iter().map(|(person, _)| *person).collect();
    let overflow = listed.iter().filter(|(_, overflow)| *overflow).map(|(person, _)| *person);
    let overflow = overflow.collect();
    Ok(FacilityView { id, name, queues, weight, reporting, allowed, overflow, hours, holidays })
}

/// One facility.
#[utoipa::path(get, path = "/api/v1/facilities/{id}", tag = "facilities",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = FacilityView), (status = 404, body = Problem)))]
pub async fn one(
    may: May<may::ViewFacilities>,
    id: Path<FacilityId>,
) -> Answer<Json<FacilityView>> {
    Ok(Json(may.ops(async |tx| view(tx, *id).await).await?))
}

/// Sets the business calendar; deadlines of charts that come later follow it.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/calendar", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = BusinessCalendar,
    responses((status = 204), (status = 422, body = Problem)))]
pub async fn set_calendar(
    may: May<may::ManageFacilities>,
    id: Path<FacilityId>,
    body: Json<BusinessCalendar>,
) -> Answer<HttpResponse> {
    let week = hours::week_of(&body.hours)?;
    let calendar = (body.time_zone.as_str(), &week, body.holidays.as_slice());
    manage::set_calendar(may.services(), &may.vendor_scope()?, *id, calendar).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Makes a queue.
#[utoipa::path(post, path = "/api/v1/facilities/{id}/queues", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = NewQueue,
    responses((status = 201, body = Made), (status = 422, body = Problem)))]
pub async fn create_queue(
    may: May<may::ManageQueues>,
    id: Path<FacilityId>,
    body: Json<NewQueue>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let queue = manage::create_queue(may.services(), &scope, *id, body.into_inner()).await?;
    Ok(HttpResponse::Created().json(Made { id: queue.uuid() }))
}

/// A queue's terms with the version that they replace.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedQueue {
    /// The version that is changed.
    pub version: i32,
    /// The terms to be.
    pub terms: NewQueue,
}

/// Changes a queue's terms.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/queues/{queue}", tag = "facilities",
    params(("id" = FacilityId, Path), ("queue" = QueueId, Path)), request_body = ChangedQueue,
    responses((status = 204), (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn change_queue(
    may: May<may::ManageQueues>,
    path: Path<(FacilityId, QueueId)>,
    body: Json<ChangedQueue>,
) -> Answer<HttpResponse> {
    let ChangedQueue { version, terms } = body.into_inner();
    let scope = may.vendor_scope()?;
    manage::change_queue(may.services(), &scope, path.into_inner(), version, terms).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A facility's weight.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
pub struct Weight {
    /// 1 to 100.
    pub weight: i32,
}

/// Sets a facility's weight: of two whose charts are equally urgent, twice the weight is twice the people.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/weight", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = Weight,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_weight(
    may: May<may::ManageFacilities>,
    id: Path<FacilityId>,
    body: Json<Weight>,
) -> Answer<HttpResponse> {
    manage::set_weight(may.services(), &may.vendor_scope()?, *id, body.weight).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sets how a facility reports what was present on admission; the edits ask for it so from then on.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/reporting", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = PoaTerms,
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn set_reporting(
    may: May<may::ManageFacilities>,
    id: Path<FacilityId>,
    body: Json<PoaTerms>,
) -> Answer<HttpResponse> {
    crate::set_poa_terms(may.services(), &may.vendor_scope()?, *id, body.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How somebody works for a facility.
#[derive(Debug, Default, Deserialize, utoipa::ToSchema)]
pub struct Allowing {
    /// Only to help out, when a queue's ladder asks for it.
    #[serde(default)]
    pub overflow: bool,
}

/// Lets a person work for a facility: always, or to help out.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/allow-list/{person}", tag = "facilities",
    params(("id" = FacilityId, Path), ("person" = PersonId, Path)), request_body = Allowing,
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn allow(
    may: May<may::ManageAllowLists>,
    path: Path<(FacilityId, PersonId)>,
    body: Option<Json<Allowing>>,
) -> Answer<HttpResponse> {
    let (facility, person) = path.into_inner();
    let overflow = body.is_some_and(|body| body.overflow);
    let scope = may.vendor_scope()?;
    manage::allow_as(may.services(), &scope, facility, (person, overflow)).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Lets a person work for a facility no longer.
#[utoipa::path(delete, path = "/api/v1/facilities/{id}/allow-list/{person}", tag = "facilities",
    params(("id" = FacilityId, Path), ("person" = PersonId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub async fn disallow(
    may: May<may::ManageAllowLists>,
    path: Path<(FacilityId, PersonId)>,
) -> Answer<HttpResponse> {
    let (facility, person) = path.into_inner();
    manage::disallow(may.services(), &may.vendor_scope()?, facility, person).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A queue as its facility sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct OwnQueue {
    /// The queue.
    pub id: QueueId,
    /// Its name.
    pub name: String,
    /// The kind of work.
    pub work_type: rules::words::WorkType,
    /// Business minutes until returned.
    pub turnaround_minutes: i32,
}

/// One's own facility's queues that take charts.
#[utoipa::path(get, path = "/api/v1/queues", tag = "charts",
    responses((status = 200, body = Vec<OwnQueue>)))]
pub async fn own_queues(may: May<may::ViewOwnCharts>) -> Answer<Json<Vec<OwnQueue>>> {
    let queues = may.facility(async |tx| crate::all_terms(tx).await).await?;
    let own = queues.into_iter().filter(|queue| queue.active).map(|queue| OwnQueue {
        id: queue.queue_id,
        name: queue.name,
        work_type: queue.work_type,
        turnaround_minutes: queue.turnaround_minutes,
    });
    Ok(Json(own.collect()))
}
