//! The vendor's people: all of them, and one.

use super::standing::{self, Standing};
use super::{ZONES, in_words, roles_of};
use crate::api::schedules::{self, Setup};
use crate::store::{self, Person};
use crate::workforce;
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use jiff::civil::Date;
use rules::Instant;
use rules::access::{Right, Role, Side, may};
use rules::clock::{DAY_MINUTES, ShiftInterval};
use rules::eligibility::Person as Worker;
use rules::ids::PersonId;
use std::collections::HashMap;
use web::{Answer, May, Shell};

/// A person as the list shows them.
struct Listed {
    person: Person,
    roles: String,
    state: Standing,
    attestation: Standing,
    credentials: Vec<Standing>,
    /// When the present shift ends.
    on_until: Option<Instant>,
    /// When the next one begins.
    off_until: Option<Instant>,
}

impl Listed {
    fn of(person: Person, worker: Option<&Worker>, now: Instant) -> Self {
        let today = standing::today(&person, now);
        let held = worker.map(|worker| &worker.credentials).into_iter().flatten();
        Self {
            roles: in_words(&person.roles),
            state: standing::state(&person),
            attestation: standing::attestation(&person, today),
            credentials: held.map(|(name, end)| standing::until_day(name, *end, today)).collect(),
            on_until: worker.and_then(|worker| worker.shift_ends_at),
            off_until: worker.and_then(|worker| worker.next_shift_at),
            person,
        }
    }

    fn ends_soon(&self) -> bool {
        let credential = self.credentials.iter().any(Standing::needs_a_look);
        self.person.active && (credential || self.attestation.needs_a_look())
    }
}

#[derive(Template)]
#[template(path = "people.html")]
struct PeoplePage {
    shell: Shell,
    people: Vec<Listed>,
    may_invite: bool,
    roles: Vec<Role>,
    zones: [&'static str; ZONES.len()],
}

impl PeoplePage {
    fn count(&self, of: impl Fn(&Listed) -> bool) -> usize {
        self.people.iter().filter(|listed| of(listed)).count()
    }

    fn active(&self) -> usize {
        self.count(|listed| listed.person.active)
    }

    fn on_shift(&self) -> usize {
        self.count(|listed| listed.on_until.is_some() && !listed.person.paused)
    }

    fn paused(&self) -> usize {
        self.count(|listed| listed.person.active && listed.person.paused)
    }

    fn ending(&self) -> usize {
        self.count(Listed::ends_soon)
    }
}

pub(super) async fn list(may: May<may::ViewPeople>) -> Answer<HttpResponse> {
    let now = may.now();
    let (people, workers) =
        may.ops(async |tx| Ok((store::list(tx).await?, workforce::workforce(tx).await?))).await?;
    let workers: HashMap<PersonId, Worker> =
        workers.into_iter().map(|worker| (worker.id, worker)).collect();
    let listed = |person: Person| {
        let worker = workers.get(&person.id);
        Listed::of(person, worker, now)
    };
    web::html(&PeoplePage {
        shell: Shell::new(&may, "People", "/people"),
        people: people.into_iter().map(listed).collect(),
        may_invite: may.principal().may(Right::ManagePeople),
        roles: roles_of(Side::Vendor),
        zones: ZONES,
    })
}

const WEEKDAYS: [&str; 7] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// `Mon`: a choice among seven needs no more.
fn short(day: &str) -> &str {
    day.get(..3).unwrap_or(day)
}

/// A minute of a day, or of the next, as a clock shows it.
fn clock(minute: u16) -> String {
    let minute = minute % DAY_MINUTES;
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A shift as the page shows it.
struct ShownShift {
    weekday: usize,
    day: &'static str,
    from: String,
    to: String,
    next_day: bool,
}

impl ShownShift {
    fn of(shift: &ShiftInterval) -> Self {
        let weekday = usize::from(shift.weekday());
        Self {
            weekday,
            day: WEEKDAYS.get(weekday).copied().unwrap_or_default(),
            from: clock(shift.from_minute()),
            to: clock(shift.to_minute()),
            next_day: shift.to_minute() > DAY_MINUTES,
        }
    }
}

#[derive(Template)]
#[template(path = "person.html")]
struct PersonPage {
    shell: Shell,
    person: Person,
    roles: String,
    state: Standing,
    attestation: Standing,
    credentials: Vec<Standing>,
    all_roles: Vec<Role>,
    zones: [&'static str; ZONES.len()],
    weekdays: [&'static str; 7],
    setup: Setup,
    shifts: Vec<ShownShift>,
    on_until: Option<Instant>,
    off_until: Option<Instant>,
    today: Date,
    may_manage: bool,
    may_schedule: bool,
}

impl PersonPage {
    fn holds(&self, role: &Role) -> bool {
        self.person.roles.iter().any(|held| held == role.as_str())
    }

    fn skills(&self) -> String {
        self.setup.skills.join(", ")
    }

    fn is_past(&self, day: &rules::time::Day) -> bool {
        day.0 < self.today
    }
}

pub(super) async fn one(may: May<may::ViewPeople>, id: Path<PersonId>) -> Answer<HttpResponse> {
    let (person, setup, worker) = may
        .ops(async |tx| {
            let person = store::find(tx, *id).await?;
            let setup = schedules::load(tx, *id).await?;
            Ok((person, setup, workforce::candidate(tx, *id).await?))
        })
        .await?;
    let today = standing::today(&person, may.now());
    let held = |held: &schedules::Credential| {
        standing::until_day(&held.credential, held.expires_on.map(|day| day.0), today)
    };
    web::html(&PersonPage {
        shell: Shell::new(&may, person.name.clone(), "/people"),
        roles: in_words(&person.roles),
        state: standing::state(&person),
        attestation: standing::attestation(&person, today),
        credentials: setup.credentials.iter().map(held).collect(),
        all_roles: roles_of(Side::Vendor),
        zones: ZONES,
        weekdays: WEEKDAYS,
        shifts: setup.shifts.iter().map(ShownShift::of).collect(),
        on_until: worker.shift_ends_at,
        off_until: worker.next_shift_at,
        today,
        person,
        setup,
        may_manage: may.principal().may(Right::ManagePeople),
        may_schedule: may.principal().may(Right::ManageSchedules),
    })
}
