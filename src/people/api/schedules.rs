//! What the scheduler must know of the vendor's people: skills, credentials, shifts, leave.

use crate::setup::{self, Limits};
use crate::store;
use crate::workforce;
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use base::db::WorkTx;
use base::error::{Checks, Result};
use rules::access::may;
use rules::clock::{DAY_MINUTES, ShiftError, ShiftInterval};
use rules::ids::PersonId;
use rules::time::Day;
use serde::{Deserialize, Serialize};
use web::{Answer, May};

/// A credential with its end.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credential {
    /// Such as `CPC`, `CIC`, `CCS`.
    pub credential: String,
    /// The last day on which it is valid; none when it does not expire.
    #[serde(default)]
    pub expires_on: Option<Day>,
}

/// Days off, both included.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Leave {
    /// The entry.
    pub id: uuid::Uuid,
    /// The first day.
    pub first_day: Day,
    /// The last day.
    pub last_day: Day,
}

/// How somebody is set up.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Setup {
    /// Skills, in words.
    pub skills: Vec<String>,
    /// Credentials.
    pub credentials: Vec<Credential>,
    /// Weekly shifts in their own time zone.
    pub shifts: Vec<ShiftInterval>,
    /// Days off.
    pub leave: Vec<Leave>,
    /// How fast they code, as learned; none before the first codings.
    pub learned_speed: Option<LearnedSpeed>,
}

/// What is known of somebody's speed.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct LearnedSpeed {
    /// 125 does a quarter more in an hour than expected.
    pub percent: i32,
    /// From how many codings.
    pub codings: i32,
}

pub(crate) async fn load(tx: &mut WorkTx, id: PersonId) -> Result<Setup> {
    store::find(tx, id).await?;
    let credentials = store::credentials(tx, id).await?;
    let credential = |(credential, expires_on)| Credential { credential, expires_on };
    let shifts = store::shifts_of(tx, id).await?;
    let leave = store::leave(tx, id).await?;
    let speed = crate::speeds::learned(tx, &[id]).await?.remove(&id);
    Ok(Setup {
        learned_speed: speed.map(|(percent, codings)| LearnedSpeed { percent, codings }),
        skills: store::skills(tx, id).await?,
        credentials: credentials.into_iter().map(credential).collect(),
        shifts: shifts
            .into_iter()
            .map(|(weekday, from, to)| workforce::interval(weekday, from, to))
            .collect::<Result<_>>()?,
        leave: leave
            .into_iter()
            .map(|(id, first_day, last_day)| Leave { id, first_day, last_day })
            .collect(),
    })
}

/// How somebody is set up.
#[utoipa::path(get, path = "/api/v1/people/{id}/setup", tag = "people",
    params(("id" = PersonId, Path)), responses((status = 200, body = Setup)))]
pub async fn read(may: May<may::ViewPeople>, id: Path<PersonId>) -> Answer<Json<Setup>> {
    Ok(Json(may.ops(async |tx| load(tx, *id).await).await?))
}

/// Skills to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Skills {
    /// All of them.
    pub skills: Vec<String>,
}

/// Sets somebody's skills.
#[utoipa::path(put, path = "/api/v1/people/{id}/skills", tag = "people", request_body = Skills,
    params(("id" = PersonId, Path)), responses((status = 204)))]
pub async fn set_skills(
    may: May<may::ManageSchedules>,
    id: Path<PersonId>,
    body: Json<Skills>,
) -> Answer<HttpResponse> {
    setup::set_skills(may.services(), &may.vendor_scope()?, *id, &body.skills).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Credentials to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Credentials {
    /// All of them.
    pub credentials: Vec<Credential>,
}

/// Sets somebody's credentials.
#[utoipa::path(put, path = "/api/v1/people/{id}/credentials", tag = "people",
    request_body = Credentials, params(("id" = PersonId, Path)), responses((status = 204)))]
pub async fn set_credentials(
    may: May<may::ManageSchedules>,
    id: Path<PersonId>,
    body: Json<Credentials>,
) -> Answer<HttpResponse> {
    let credentials: Vec<(String, Option<Day>)> = body
        .into_inner()
        .credentials
        .into_iter()
        .map(|credential| (credential.credential, credential.expires_on))
        .collect();
    setup::set_credentials(may.services(), &may.vendor_scope()?, *id, &credentials).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// A weekly shift, as a clock tells it.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shift {
    /// The day on which it begins, 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// Minutes from that day's midnight, 0 to 1439.
    pub from_minute: u16,
    /// Minutes from that day's midnight, at most 1440 after the beginning; one that is not after the
    /// beginning is meant for the next day.
    pub to_minute: u16,
}

impl Shift {
    fn interval(self) -> Result<ShiftInterval, ShiftError> {
        let next_day = self.to_minute <= self.from_minute && self.to_minute < DAY_MINUTES;
        let to_minute = if next_day { self.to_minute + DAY_MINUTES } else { self.to_minute };
        ShiftInterval::new(self.weekday, self.from_minute, to_minute)
    }
}

/// Shifts to be.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Shifts {
    /// All of them.
    pub shifts: Vec<Shift>,
}

/// Sets somebody's weekly shifts, in their own time zone.
#[utoipa::path(put, path = "/api/v1/people/{id}/shifts", tag = "people", request_body = Shifts,
    params(("id" = PersonId, Path)), responses((status = 204)))]
pub async fn set_shifts(
    may: May<may::ManageSchedules>,
    id: Path<PersonId>,
    body: Json<Shifts>,
) -> Answer<HttpResponse> {
    let mut checks = Checks::default();
    let shifts: Vec<ShiftInterval> =
        body.shifts.iter().filter_map(|shift| checks.take("shifts", shift.interval())).collect();
    checks.done()?;
    setup::set_shifts(may.services(), &may.vendor_scope()?, *id, &shifts).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Days off to be noted.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewLeave {
    /// The first day.
    pub first_day: Day,
    /// The last day.
    pub last_day: Day,
}

/// Notes a leave.
#[utoipa::path(post, path = "/api/v1/people/{id}/leave", tag = "people", request_body = NewLeave,
    params(("id" = PersonId, Path)), responses((status = 204), (status = 422, body = web::Problem)))]
pub async fn add_leave(
    may: May<may::ManageSchedules>,
    id: Path<PersonId>,
    body: Json<NewLeave>,
) -> Answer<HttpResponse> {
    let days = (body.first_day, body.last_day);
    setup::add_leave(may.services(), &may.vendor_scope()?, *id, days).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Takes a leave back.
#[utoipa::path(delete, path = "/api/v1/people/{id}/leave/{leave}", tag = "people",
    params(("id" = PersonId, Path), ("leave" = uuid::Uuid, Path)), responses((status = 204)))]
pub async fn remove_leave(
    may: May<may::ManageSchedules>,
    path: Path<(PersonId, uuid::Uuid)>,
) -> Answer<HttpResponse> {
    let (person, leave) = path.into_inner();
    setup::remove_leave(may.services(), &may.vendor_scope()?, person, leave).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Sets how much somebody gets: charts at once, and whether they get new ones at all.
#[utoipa::path(put, path = "/api/v1/people/{id}/limits", tag = "people", request_body = Limits,
    params(("id" = PersonId, Path)),
    responses((status = 204), (status = 404, body = web::Problem), (status = 409, body = web::Problem)))]
pub async fn set_limits(
    may: May<may::ManageSchedules>,
    id: Path<PersonId>,
    body: Json<Limits>,
) -> Answer<HttpResponse> {
    setup::set_limits(may.services(), &may.vendor_scope()?, *id, body.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[cfg(test)]
mod tests {
    use super::Shift;

    #[test]
    fn a_shift_that_ends_before_it_begins_ends_on_the_next_day() {
        let shift = |from_minute, to_minute| {
            let shift = Shift { weekday: 4, from_minute, to_minute };
            shift.interval().ok().map(|interval| (interval.from_minute(), interval.to_minute()))
        };
        assert_eq!(shift(22 * 60, 6 * 60), Some((1_320, 1_800)));
        assert_eq!(shift(480, 1_020), Some((480, 1_020)));
        assert_eq!(shift(480, 480), Some((480, 1_920)), "round the clock");
        assert_eq!(shift(0, 1_440), Some((0, 1_440)));
        assert_eq!(shift(480, 2_000), None, "longer than a day");
        assert_eq!(shift(1_440, 10), None);
    }
}
