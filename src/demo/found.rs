//! Founding: facilities, queues, people and who may work for whom, by the slices' own functions.

use super::PASSWORD;
use super::cast::{
    COMPANY_DOMAIN, MEMBERS, Member, NEIGHBOURS, PLACES, Place, Stream, Team, domain,
};
use super::templates::House;
use base::Services;
use base::db::{FacilityScope, VendorScope};
use base::error::{Error, Result};
use facilities::{NewFacility, NewQueue};
use jiff::Span;
use jiff::civil::{Date, Weekday, date};
use jiff::tz::TimeZone;
use people::NewPerson;
use rules::access::Role;
use rules::clock::{DAY_MINUTES, ShiftInterval, Week};
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::time::Day;
use rules::words::WorkType;
use std::collections::BTreeMap;

/// For how long work countries and credentials are attested.
const ATTESTED_DAYS: i32 = 200;

/// A facility that exists.
pub(super) struct Founded {
    pub id: FacilityId,
    pub zone: TimeZone,
    pub queues: BTreeMap<WorkType, QueueId>,
    /// As the person who uploads there.
    pub scope: FacilityScope,
    /// Who answers questions about the record there.
    pub provider: Option<PersonId>,
}

/// One of the vendor's people who exists.
pub(super) struct Worker {
    pub id: PersonId,
    pub member: &'static Member,
    pub zone: TimeZone,
    pub scope: VendorScope,
}

/// Everything that history needs.
pub(super) struct Town {
    pub facilities: BTreeMap<House, Founded>,
    pub workers: Vec<Worker>,
}

impl Town {
    /// The facility with this id.
    pub(super) fn facility(&self, id: FacilityId) -> Option<&Founded> {
        self.facilities.values().find(|founded| founded.id == id)
    }
}

/// Makes everybody and everything; takes place at the clock's time.
pub(super) async fn found(services: &Services) -> Result<Town> {
    let scope = services.authority.system();
    // One hash for all: the demonstration's password is no secret, and hashing is meant to be slow.
    let hash = services.passwords.hash(PASSWORD).await?;
    let mut facilities = BTreeMap::new();
    for place in &PLACES {
        let founded = found_facility(services, &scope, place, &hash).await?;
        facilities.insert(place.house, founded);
    }
    let mut workers = Vec::with_capacity(MEMBERS.len());
    for member in &MEMBERS {
        workers.push(hire(services, &scope, member, (&hash, &facilities)).await?);
    }
    let town = Town { facilities, workers };
    send_on_leave(services, &scope, &town).await?;
    Ok(town)
}

async fn found_facility(
    services: &Services,
    scope: &VendorScope,
    place: &Place,
    hash: &str,
) -> Result<Founded> {
    let zone = rules::clock::zone(place.zone).map_err(Error::internal)?;
    let today = services.clock().now().in_zone(&zone).date();
    let new = NewFacility {
        name: place.name.into(),
        code: place.code.into(),
        time_zone: place.zone.into(),
        week: place.hours.map(weekdays).transpose()?,
        holidays: holidays(today),
        weight: place.weight,
    };
    let id = facilities::create(services, scope, new).await?;
    let mut queues = BTreeMap::new();
    for stream in place.queues {
        let queue = facilities::create_queue(services, scope, id, queue(stream)).await?;
        queues.insert(stream.work_type, queue);
    }
    let (mut uploader, mut provider) = (None, None);
    for neighbour in NEIGHBOURS.iter().filter(|neighbour| neighbour.house == place.house) {
        let new = NewPerson {
            email: format!("{}@{}", neighbour.login, domain(place.house)),
            name: neighbour.name.into(),
            home: Some(id),
            roles: vec![neighbour.role],
            time_zone: place.zone.into(),
            password_hash: Some(hash.to_owned()),
            ..NewPerson::default()
        };
        let person = people::create(services, scope, new).await?;
        match neighbour.role {
            Role::FacilityUploader => uploader = Some(person),
            Role::Provider => provider = Some(person),
            _ => {}
        }
    }
    let scope = services.authority.facility(id, uploader);
    Ok(Founded { id, zone, queues, scope, provider })
}

fn queue(stream: &Stream) -> NewQueue {
    NewQueue {
        required_skills: vec![stream.skill.into()],
        required_credentials: vec![stream.credential.into()],
        onshore_only: stream.onshore_only,
        turnaround_minutes: stream.turnaround_minutes,
        priority: stream.priority,
        unit_price_cents: stream.unit_price_cents,
        sampling_percent: stream.sampling_percent,
        ..NewQueue::of(stream.name, stream.work_type)
    }
}

fn weekdays(hours: (u16, u16)) -> Result<Week> {
    let days = (0..7).map(|day| if day < 5 { vec![hours] } else { Vec::new() });
    Week::parse(days.collect()).map_err(Error::internal)
}

/// Days on which American offices are closed, of last year, this one and the next.
fn holidays(today: Date) -> Vec<Day> {
    let year = today.year();
    let mut days = Vec::new();
    for year in [year.saturating_sub(1), year, year.saturating_add(1)] {
        let fourth_thursday = date(year, 11, 1).nth_weekday_of_month(4, Weekday::Thursday);
        let fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 12, 25)];
        days.extend(fixed.into_iter().chain(fourth_thursday.ok()).map(Day));
    }
    days
}

async fn hire(
    services: &Services,
    scope: &VendorScope,
    member: &'static Member,
    (hash, facilities): (&str, &BTreeMap<House, Founded>),
) -> Result<Worker> {
    let zone = rules::clock::zone(member.team.zone()).map_err(Error::internal)?;
    let today = services.clock().now().in_zone(&zone).date();
    let attested = Day(today.saturating_add(Span::new().days(ATTESTED_DAYS)));
    let new = NewPerson {
        email: format!("{}@{COMPANY_DOMAIN}", member.login),
        name: member.name.into(),
        roles: vec![member.role],
        team: member.team.name().into(),
        time_zone: member.team.zone().into(),
        country: Some(member.team.country().into()),
        attested_until: Some(attested),
        password_hash: Some(hash.to_owned()),
        ..NewPerson::default()
    };
    let id = people::create(services, scope, new).await?;
    if takes_work(member.role) {
        let skills: Vec<String> = member.skills.iter().map(|skill| (*skill).to_owned()).collect();
        people::set_skills(services, scope, id, &skills).await?;
        let held = member.credentials.iter();
        let held: Vec<_> = held.map(|name| ((*name).to_owned(), Some(attested))).collect();
        people::set_credentials(services, scope, id, &held).await?;
        people::set_shifts(services, scope, id, &shifts(member)?).await?;
    }
    // Leads and account managers, too, see only the facilities that allow them.
    if !member.role.sees_every_facility() {
        let houses = if member.role == Role::AccountManager || member.role == Role::QaLead {
            Team::Columbus.houses()
        } else {
            member.team.houses()
        };
        for founded in houses.iter().filter_map(|house| facilities.get(house)) {
            facilities::allow(services, scope, founded.id, id).await?;
        }
    }
    let scope = services.authority.vendor(id, member.role.sees_every_facility());
    Ok(Worker { id, member, zone, scope })
}

/// Whether charts are given to people in this role.
pub(super) const fn takes_work(role: Role) -> bool {
    matches!(role, Role::Coder | Role::Reviewer | Role::QaLead)
}

/// Weekdays in the team's hours; day and night for those whom visitors sign in as.
fn shifts(member: &Member) -> Result<Vec<ShiftInterval>> {
    let (from, to) = member.team.hours();
    let (days, from, to) =
        if member.hint.is_some() { (0..7, 0, DAY_MINUTES) } else { (0..5, from, to) };
    let shifts = days.map(|day| ShiftInterval::new(day, from, to));
    shifts.collect::<std::result::Result<_, _>>().map_err(Error::internal)
}

/// Somebody is always on leave: for a week from two days before the end of the story.
async fn send_on_leave(services: &Services, scope: &VendorScope, town: &Town) -> Result<()> {
    let away = town.workers.iter().find(|worker| worker.member.login == "deepak");
    let Some(away) = away else { return Ok(()) };
    let today = services.clock().now().in_zone(&away.zone).date();
    let first = today.saturating_add(Span::new().days(super::HISTORY_DAYS - 2));
    let last = first.saturating_add(Span::new().days(6));
    people::add_leave(services, scope, away.id, (Day(first), Day(last))).await?;
    Ok(())
}
