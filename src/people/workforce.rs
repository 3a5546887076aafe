//! The people whom the scheduler may give work to, as the rules see them.

use crate::hours::{leave_of, shifts_of};
use crate::schema::{allow_list, people, person_credentials, person_skills};
use crate::store::Person as PersonRow;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use rules::Instant;
use rules::access::Role;
use rules::clock::{ShiftInterval, ShiftNow, shift_at};
use rules::eligibility::{Person, USUAL_SPEED_PERCENT};
use rules::ids::{FacilityId, PersonId};
use rules::time::Day;
use rules::words::AssignmentKind;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What hangs on the people of one look, by person.
#[derive(Default)]
struct Attachments {
    skills: HashMap<PersonId, BTreeSet<String>>,
    credentials: HashMap<PersonId, BTreeMap<String, Option<Date>>>,
    shifts: HashMap<PersonId, Vec<ShiftInterval>>,
    leave: HashMap<PersonId, Vec<(Date, Date)>>,
    facilities: HashMap<PersonId, BTreeSet<FacilityId>>,
    overflow: HashMap<PersonId, BTreeSet<FacilityId>>,
    /// Learned, in percent.
    speeds: HashMap<PersonId, (i32, i32)>,
}

/// Every active person of the vendor who may code or review.
///
/// # Errors
/// When the database fails.
pub async fn workforce(tx: &mut WorkTx) -> Result<Vec<Person>> {
    let rows: Vec<PersonRow> = people::table
        .filter(people::active)
        .filter(people::home_facility_id.is_null())
        .order(people::id)
        .select(PersonRow::as_select())
        .load(tx.conn())
        .await?;
    let rows: Vec<PersonRow> = rows.into_iter().filter(|row| !kinds(row).is_empty()).collect();
    assemble(tx, rows).await
}

/// One of them, active or not.
///
/// # Errors
/// [`Error::NotFound`] for someone who is not of the vendor.
pub async fn candidate(tx: &mut WorkTx, id: PersonId) -> Result<Person> {
    let row = crate::store::find(tx, id).await?;
    assemble(tx, vec![row]).await?.pop().ok_or(Error::NotFound)
}

/// What people are called.
///
/// # Errors
/// When the database fails.
pub async fn names(tx: &mut WorkTx, ids: &[PersonId]) -> Result<HashMap<PersonId, String>> {
    let rows: Vec<(PersonId, String)> = people::table
        .filter(people::id.eq_any(ids))
        .select((people::id, people::name))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().collect())
}

fn kinds(row: &PersonRow) -> BTreeSet<AssignmentKind> {
    let mut kinds = BTreeSet::new();
    for role in row.roles.iter().filter_map(|role| role.parse::<Role>().ok()) {
        match role {
            Role::Coder => drop(kinds.insert(AssignmentKind::Coding)),
            Role::Reviewer => drop(kinds.insert(AssignmentKind::Review)),
            Role::QaLead => {
                kinds.insert(AssignmentKind::Review);
                kinds.insert(AssignmentKind::Arbitration);
            }
            _ => {}
        }
    }
    kinds
}

async fn assemble(tx: &mut WorkTx, rows: Vec<PersonRow>) -> Result<Vec<Person>> {
    let ids: Vec<PersonId> = rows.iter().map(|row| row.id).collect();
    let mut attached = attachments(tx, &ids).await?;
    let now = tx.now();
    rows.into_iter().map(|row| person(row, &mut attached, now)).collect()
}

fn person(row: PersonRow, attached: &mut Attachments, now: Instant) -> Result<Person> {
    let zone = rules::clock::zone(&row.time_zone).map_err(Error::internal)?;
    let shifts = attached.shifts.remove(&row.id).unwrap_or_default();
    let leave = attached.leave.remove(&row.id).unwrap_or_default();
    let learned = attached.speeds.get(&row.id).map(|(percent, _)| *percent);
    let speed = row.speed_percent.or(learned).and_then(|percent| u32::try_from(percent).ok());
    let (shift_ends_at, next_shift_at) = match shift_at(&zone, &shifts, &leave, now) {
        ShiftNow::On { ends_at } => (Some(ends_at), None),
        ShiftNow::Off { next_starts_at } => (None, next_starts_at),
    };
    Ok(Person {
        id: row.id,
        active: row.active,
        paused: row.paused,
        kinds: kinds(&row),
        facilities: attached.facilities.remove(&row.id).unwrap_or_default(),
        overflow: attached.overflow.remove(&row.id).unwrap_or_default(),
        skills: attached.skills.remove(&row.id).unwrap_or_default(),
        credentials: attached.credentials.remove(&row.id).unwrap_or_default(),
        country: row.country,
        attested_until: row.attested_until.map(|day| day.0),
        zone,
        shift_ends_at,
        next_shift_at,
        open_work: 0,
        wip_limit: u32::try_from(row.wip_limit).unwrap_or(0),
        queued_seconds: 0,
        speed_percent: speed.unwrap_or(USUAL_SPEED_PERCENT),
    })
}

async fn attachments(tx: &mut WorkTx, ids: &[PersonId]) -> Result<Attachments> {
    let mut attached = Attachments::default();
    let skills: Vec<(PersonId, String)> = person_skills::table
        .filter(person_skills::person_id.eq_any(ids))
        .select((person_skills::person_id, person_skills::skill))
        .load(tx.conn())
        .await?;
    for (person, skill) in skills {
        attached.skills.entry(person).or_default().insert(skill);
    }
    let credentials: Vec<(PersonId, String, Option<Day>)> = person_credentials::table
        .filter(person_credentials::person_id.eq_any(ids))
        .select((
            person_credentials::person_id,
            person_credentials::credential,
            person_credentials::expires_on,
        ))
        .load(tx.conn())
        .await?;
    for (person, credential, expires) in credentials {
        let of = attached.credentials.entry(person).or_default();
        of.insert(credential, expires.map(|day| day.0));
    }
    attached.shifts = shifts_of(tx, ids).await?;
    attached.leave = leave_of(tx, ids).await?;
    attached.speeds = crate::speeds::learned(tx, ids).await?;
    let allowed: Vec<(FacilityId, PersonId, bool)> = allow_list::table
        .filter(allow_list::person_id.eq_any(ids))
        .select((allow_list::facility_id, allow_list::person_id, allow_list::overflow))
        .load(tx.conn())
        .await?;
    for (facility, person, overflow) in allowed {
        attached.facilities.entry(person).or_default().insert(facility);
        if overflow {
            attached.overflow.entry(person).or_default().insert(facility);
        }
    }
    Ok(attached)
}

/// A stored shift; one that is none is an error that says where.
pub(crate) fn interval(weekday: i32, from: i32, to: i32) -> Result<ShiftInterval> {
    let fault = || Error::internal(format!("shifts: {weekday} {from}–{to} is no interval"));
    let weekday = u8::try_from(weekday).map_err(|_beyond| fault())?;
    let from = u16::try_from(from).map_err(|_beyond| fault())?;
    let to = u16::try_from(to).map_err(|_beyond| fault())?;
    ShiftInterval::new(weekday, from, to).map_err(|_no_shift| fault())
}
