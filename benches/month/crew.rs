//! The company: three facilities with two queues each, sixty coders and sixteen reviewers.

use super::{DAY_SECONDS, DAYS, Outcome};
use base::Services;
use facilities::{NewFacility, NewQueue};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use people::NewPerson;
use rules::access::Role;
use rules::clock::{ShiftInterval, Week};
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::time::Day;
use rules::words::WorkType;

pub struct Client {
    pub id: FacilityId,
    pub uploader: PersonId,
    pub name: &'static str,
    pub zone: TimeZone,
    pub holidays: Vec<Date>,
    pub queues: Vec<Queue>,
    /// How much of all charts comes from here, in percent.
    pub share: u32,
}

pub struct Queue {
    pub id: QueueId,
    pub expected_seconds: i64,
    pub onshore_only: bool,
    /// How much of the facility's charts comes into it, in percent.
    pub share: u32,
}

#[derive(Clone)]
pub struct Worker {
    pub id: PersonId,
    pub role: Role,
    pub country: &'static str,
    pub zone: TimeZone,
    /// The facilities that allow them, by place.
    pub clients: Vec<usize>,
    /// How fast they really are, in percent; the scheduler is not told.
    pub speed_percent: i64,
    pub hours: (i64, i64),
    /// Days on which they are ill.
    pub ill: Vec<Date>,
}

pub struct Company {
    pub clients: Vec<Client>,
    pub workers: Vec<Worker>,
}

struct Team {
    country: &'static str,
    zone: &'static str,
    coders: usize,
    reviewers: usize,
    hours: (u16, u16),
    clients: &'static [usize],
}

const TEAMS: [Team; 3] = [
    Team {
        country: "US",
        zone: "America/New_York",
        coders: 16,
        reviewers: 6,
        hours: (480, 990),
        clients: &[0, 1, 2],
    },
    // The evening and night in Chennai are the day in Ohio.
    Team {
        country: "IN",
        zone: "Asia/Kolkata",
        coders: 26,
        reviewers: 6,
        hours: (1_020, 1_560),
        clients: &[0, 1],
    },
    Team {
        country: "PH",
        zone: "Asia/Manila",
        coders: 18,
        reviewers: 4,
        hours: (480, 1_020),
        clients: &[0, 1],
    },
];

/// Name, zone, share of all charts, holiday, queues.
type Plan = (&'static str, &'static str, u32, &'static [&'static str], [QueuePlan; 2]);
/// Name, minutes, turnaround in business minutes, priority, onshore only, share. The charts are long, so
/// that sixty people can be followed through a month in some minutes.
type QueuePlan = (&'static str, i32, i32, i32, bool, u32);

const CLIENTS: [Plan; 3] = [
    (
        "Buckeye Hospital",
        "America/New_York",
        50,
        &[],
        [("Emergency", 90, 420, 2, false, 60), ("Inpatient", 160, 960, 3, false, 40)],
    ),
    (
        "Mesa Clinics",
        "America/Phoenix",
        32,
        &["2026-03-31", "2026-03-17"],
        [("Office visits", 75, 660, 3, false, 70), ("Surgery", 130, 540, 2, false, 30)],
    ),
    (
        "Lakeshore Veterans",
        "America/Chicago",
        18,
        &["2026-03-16"],
        [("Outpatient", 100, 660, 3, true, 65), ("Urgent", 65, 300, 1, true, 35)],
    ),
];

pub async fn found(services: &Services) -> Outcome<Company> {
    let scope = services.authority.system();
    let mut clients = Vec::new();
    for (name, zone, share, holidays, queues) in &CLIENTS {
        let holidays: Vec<Date> =
            holidays.iter().map(|day| day.parse()).collect::<Result<_, _>>()?;
        let new = NewFacility {
            name: (*name).into(),
            code: name.split(' ').next().unwrap_or(name).to_uppercase(),
            time_zone: (*zone).into(),
            week: Some(office_hours()?),
            holidays: holidays.iter().map(|day| Day(*day)).collect(),
            weight: 1,
        };
        let id = facilities::create(services, &scope, new).await?;
        let mut made = Vec::new();
        for plan in queues {
            made.push(queue(services, id, plan).await?);
        }
        let uploader = person(&format!("{id}-uploads"), &[Role::FacilityUploader], zone);
        let uploader = NewPerson { home: Some(id), ..uploader };
        clients.push(Client {
            id,
            uploader: people::create(services, &scope, uploader).await?,
            name,
            zone: rules::clock::zone(zone)?,
            holidays,
            queues: made,
            share: *share,
        });
    }
    let workers = hire_all(services, &clients).await?;
    Ok(Company { clients, workers })
}

fn office_hours() -> Outcome<Week> {
    let day = |open: bool| if open { vec![(420, 1_140)] } else { Vec::new() };
    Ok(Week::parse((0..7).map(|weekday| day(weekday < 5)).collect())?)
}

async fn queue(services: &Services, facility: FacilityId, plan: &QueuePlan) -> Outcome<Queue> {
    let (name, minutes, turnaround_minutes, priority, onshore_only, share) = *plan;
    let new = NewQueue {
        turnaround_minutes,
        priority,
        onshore_only,
        sampling_percent: 10,
        expected_seconds: Some(minutes * 60),
        ..NewQueue::of(name, WorkType::Outpatient)
    };
    let scope = services.authority.system();
    let id = facilities::create_queue(services, &scope, facility, new).await?;
    Ok(Queue { id, expected_seconds: i64::from(minutes) * 60, onshore_only, share })
}

async fn hire_all(services: &Services, clients: &[Client]) -> Outcome<Vec<Worker>> {
    let mut numbers = super::numbers::Numbers::new(0xC0DE);
    let mut workers = Vec::new();
    for team in &TEAMS {
        let reviewers = std::iter::repeat_n(Role::Reviewer, team.reviewers);
        let coders = std::iter::repeat_n(Role::Coder, team.coders);
        for (number, role) in coders.chain(reviewers).enumerate() {
            let speed_percent = numbers.between(75, 130);
            let mut worker = hire(services, team, (number, role), speed_percent).await?;
            for client in &worker.clients {
                let Some(client) = clients.get(*client) else { continue };
                let scope = services.authority.system();
                facilities::allow(services, &scope, client.id, worker.id).await?;
            }
            worker.ill = ill_days(&mut numbers)?;
            workers.push(worker);
        }
    }
    Ok(workers)
}

async fn hire(
    services: &Services,
    team: &Team,
    (number, role): (usize, Role),
    speed_percent: i64,
) -> Outcome<Worker> {
    let scope = services.authority.system();
    let name = format!("{}-{}-{number}", team.country, role.as_str());
    let new = NewPerson {
        country: Some(team.country.into()),
        attested_until: Some("2027-01-01".parse()?),
        wip_limit: 6,
        ..person(&name, &[role], team.zone)
    };
    let id = people::create(services, &scope, new).await?;
    let (from, to) = team.hours;
    let shifts: Vec<ShiftInterval> =
        (0..5).map(|day| ShiftInterval::new(day, from, to)).collect::<Result<_, _>>()?;
    people::set_shifts(services, &scope, id, &shifts).await?;
    Ok(Worker {
        id,
        role,
        country: team.country,
        zone: rules::clock::zone(team.zone)?,
        clients: team.clients.to_vec(),
        speed_percent,
        hours: (i64::from(from), i64::from(to)),
        ill: Vec::new(),
    })
}

fn person(name: &str, roles: &[Role], zone: &str) -> NewPerson {
    NewPerson {
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        roles: roles.to_vec(),
        time_zone: zone.to_owned(),
        ..NewPerson::default()
    }
}

/// One day in twenty-five.
fn ill_days(numbers: &mut super::numbers::Numbers) -> Outcome<Vec<Date>> {
    let first: rules::Instant = super::BEGINS.parse()?;
    let day = |day: i64| first.plus_seconds(day * DAY_SECONDS).in_zone(&TimeZone::UTC).date();
    Ok((0..DAYS).filter(|_| numbers.percent(4)).map(day).collect())
}
