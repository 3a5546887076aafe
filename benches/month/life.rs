//! What happens, event by event, each by the function that the product's doors call.

use super::crew::{Company, Worker};
use super::numbers::{Numbers, times};
use super::{DAY_SECONDS, DAYS, DAYS_AFTER, Outcome};
use base::Services;
use base::clock::Clock;
use base::error::Error;
use base::jobs::Runner;
use chartrelay::boot::{self, Running};
use charts::leases::Worked;
use charts::patient::{Encounter, Identity};
use coding::{Draft, DraftLine, Handover, Outcome as Submitted};
use intake::{NewDocument, Submission};
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use review::Decision;
use rules::Instant;
use rules::access::Role;
use rules::compare::LineRole;
use rules::ids::{ChartId, FacilityId};
use rules::time::Day;
use rules::words::{AssignmentKind, CodeSystem, ReviewOutcome};
use scheduling::{Asked, Taken};
use std::cmp::Reverse;
use std::collections::{BinaryHeap, HashMap};
use std::sync::Arc;

const ROUNDS_MAX: u32 = 200;
const TICK_SECONDS: i64 = 600;
const LEASE_SECONDS: i64 = 3_600;
const WORKED_SECONDS_MAX: i64 = 8 * 3_600;
/// Who finds nothing asks again after so long.
const ASK_AGAIN_SECONDS: i64 = 1_800;
/// How far a chart's length strays from its queue's.
const SPREAD: f64 = 0.45;
/// From this day for so many days more comes in than usual.
const SURGE: (i64, i64, u32) = (14, 4, 150);
/// Days at whose noon the server is started anew.
const RESTARTS: [i64; 3] = [4, 10, 18];
/// The forecasts of the first days know too little.
const FORECASTS_FROM_DAY: i64 = 5;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    Upload(usize, usize),
    Ill(usize, i64),
    Ask(usize),
    Finish(usize, usize),
    Restart,
    Foretell,
    Tick,
}

/// A chart as it came in, for those who do it another way.
#[derive(Clone, Copy)]
pub struct Came {
    pub at: Instant,
    pub client: usize,
    pub queue: usize,
    pub chart: ChartId,
    /// How much longer than its queue's it is.
    pub factor: f64,
}

/// What was foretold of a facility's next day.
pub struct Foretold {
    pub at: Instant,
    pub facility: FacilityId,
    pub mean: f64,
    pub low: f64,
    pub high: f64,
}

pub struct Life {
    pub company: Company,
    pub came: Vec<Came>,
    pub foretold: Vec<Foretold>,
    pub restarts: u32,
    pub worked_seconds: Vec<i64>,
    clock: Clock,
    numbers: Numbers,
    agenda: BinaryHeap<Reverse<(Instant, Event)>>,
    jobs: Vec<Taken>,
    factors: HashMap<ChartId, (f64, i64)>,
    tick_at: Option<Instant>,
}

impl Life {
    pub fn plan(company: Company, clock: Clock, charts_per_day: u32) -> Self {
        let mut life = Self {
            worked_seconds: vec![0; company.workers.len()],
            company,
            came: Vec::new(),
            foretold: Vec::new(),
            restarts: 0,
            clock,
            numbers: Numbers::new(0x0A_11CE),
            agenda: BinaryHeap::new(),
            jobs: Vec::new(),
            factors: HashMap::new(),
            tick_at: None,
        };
        for day in 0..DAYS {
            life.plan_arrivals(day, charts_per_day);
        }
        for day in 0..DAYS + DAYS_AFTER {
            life.plan_shifts(day);
        }
        let begins = life.clock.now();
        let noon = |day: i64| begins.plus_seconds(day * DAY_SECONDS + 12 * 3_600);
        life.agenda.extend(RESTARTS.map(|day| Reverse((noon(day), Event::Restart))));
        let foretelling =
            (FORECASTS_FROM_DAY..DAYS).map(|day| Reverse((noon(day), Event::Foretell)));
        life.agenda.extend(foretelling);
        life
    }

    /// Most of a day's charts come in the morning and the late afternoon of the facility.
    fn plan_arrivals(&mut self, day: i64, charts_per_day: u32) {
        for client in 0..self.company.clients.len() {
            let Some(of) = self.company.clients.get(client) else { continue };
            let (zone, share) = (of.zone.clone(), of.share);
            let date = self.date(day, &zone);
            let closed = date.weekday().to_monday_zero_offset() >= 5 || of.holidays.contains(&date);
            let weekday = i64::from(date.weekday().to_monday_zero_offset());
            // Mondays are fuller than Fridays.
            let weekday_percent = u32::try_from(115 - 7 * weekday).unwrap_or(100);
            let (first, days, surge) = SURGE;
            let surge_percent = if (first..first + days).contains(&day) { surge } else { 100 };
            let usual = charts_per_day * share / 100;
            let expected = if closed { usual / 20 } else { usual } * weekday_percent / 100;
            let count =
                self.numbers.between(9, 11) * i64::from(expected * surge_percent / 100) / 10;
            let shares: Vec<i64> =
                of_shares(&self.company.clients, client).iter().map(|it| i64::from(*it)).collect();
            for _ in 0..count {
                let late = self.numbers.percent(45);
                let minute = if late {
                    self.numbers.between(840, 1_080)
                } else {
                    self.numbers.between(450, 840)
                };
                let first = self.numbers.percent(shares.first().copied().unwrap_or(100));
                let queue = usize::from(!first);
                if let Some(at) = moment(&zone, date, minute) {
                    let at = at.plus_seconds(self.numbers.between(0, 59));
                    self.agenda.push(Reverse((at, Event::Upload(client, queue))));
                }
            }
        }
    }

    fn plan_shifts(&mut self, day: i64) {
        for place in 0..self.company.workers.len() {
            let Some(worker) = self.company.workers.get(place).cloned() else { continue };
            let date = self.date(day, &worker.zone);
            if date.weekday().to_monday_zero_offset() >= 5 {
                continue;
            }
            let Some(begins) = moment(&worker.zone, date, worker.hours.0) else { continue };
            if worker.ill.contains(&date) {
                self.agenda.push(Reverse((begins.plus_seconds(-1_800), Event::Ill(place, day))));
            } else {
                let late = self.numbers.between(10, 600);
                self.agenda.push(Reverse((begins.plus_seconds(late), Event::Ask(place))));
            }
        }
    }

    fn date(&self, day: i64, zone: &TimeZone) -> Date {
        let noon = 12 * 3_600;
        let begins: Instant = super::BEGINS.parse().unwrap_or_else(|_| self.clock.now());
        begins.plus_seconds(day * DAY_SECONDS + noon).in_zone(zone).date()
    }

    pub async fn live(&mut self, running: &mut Running) -> Outcome<()> {
        let ends = self.clock.now().plus_seconds((DAYS + DAYS_AFTER) * DAY_SECONDS);
        let mut runner = Runner::new(Arc::clone(&running.services), chartrelay::app::jobs());
        while let Some(Reverse((at, event))) = self.agenda.pop() {
            if at > ends {
                break;
            }
            self.clock.set(at);
            match event {
                Event::Restart => {
                    // In the middle of everything: what was promised and begun is in the database.
                    let config = running.services.config.clone();
                    let folder = config.data.folder.join("master.key");
                    let master = config.keys.provider(folder).load()?;
                    let server = running.server.clone();
                    running.services =
                        boot::services(config, self.clock.clone(), server, master).await?;
                    runner = Runner::new(Arc::clone(&running.services), chartrelay::app::jobs());
                    self.restarts += 1;
                }
                Event::Tick => {
                    self.tick_at = None;
                    scheduling::sweep(&running.services).await?;
                    runner.run_until_idle(ROUNDS_MAX).await?;
                    Box::pin(scheduling::plan_once(&running.services)).await?;
                }
                event => {
                    if Box::pin(self.happen(&running.services, at, event)).await? {
                        self.tick_soon(at);
                    }
                }
            }
        }
        self.clock.set(ends);
        runner.run_until_idle(ROUNDS_MAX).await?;
        Ok(())
    }

    fn tick_soon(&mut self, at: Instant) {
        if self.tick_at.is_none() {
            let tick = at.plus_seconds(TICK_SECONDS);
            self.tick_at = Some(tick);
            self.agenda.push(Reverse((tick, Event::Tick)));
        }
    }

    /// Lets it happen; whether anything changed for the scheduler.
    async fn happen(&mut self, services: &Services, at: Instant, event: Event) -> Outcome<bool> {
        match event {
            Event::Upload(client, queue) => self.upload(services, at, (client, queue)).await?,
            Event::Ill(worker, day) => self.fall_ill(services, worker, day).await?,
            Event::Ask(worker) => return self.ask(services, at, worker).await,
            Event::Finish(worker, job) => self.finish(services, at, (worker, job)).await?,
            Event::Foretell => self.foretell(services, at).await?,
            Event::Restart | Event::Tick => {}
        }
        Ok(true)
    }

    async fn upload(
        &mut self,
        services: &Services,
        at: Instant,
        (place, queue_place): (usize, usize),
    ) -> Outcome<()> {
        let Some(client) = self.company.clients.get(place) else { return Ok(()) };
        let Some(queue) = client.queues.get(queue_place) else { return Ok(()) };
        let number = self.came.len();
        let identity = Identity {
            patient_name: format!("Month, Patient {number}"),
            birth_date: "1970-01-01".parse()?,
            sex: "F".into(),
            mrn: format!("M{number}"),
            account_number: format!("A{number}"),
        };
        let encounter = Encounter {
            identity,
            service_date: at.in_zone(&client.zone).date(),
            discharge_date: None,
        };
        let note = format!("Encounter {number}. Follow-up of essential hypertension, stable.");
        let documents = vec![NewDocument { name: "note.txt".into(), bytes: note.into_bytes() }];
        let submission = Submission { queue: queue.id, encounter, documents };
        let scope = services.authority.facility(client.id, Some(client.uploader));
        let received = intake::receive(services, &scope, submission, None).await?;
        let factor = self.numbers.stray(SPREAD);
        self.factors.insert(received.id, (factor, queue.expected_seconds));
        let chart = received.id;
        self.came.push(Came { at, client: place, queue: queue_place, chart, factor });
        Ok(())
    }

    async fn fall_ill(&mut self, services: &Services, place: usize, day: i64) -> Outcome<()> {
        let Some(worker) = self.company.workers.get(place) else { return Ok(()) };
        let date = Day(self.date(day, &worker.zone));
        let scope = services.authority.system();
        people::add_leave(services, &scope, worker.id, (date, date)).await?;
        Ok(())
    }

    async fn ask(&mut self, services: &Services, at: Instant, place: usize) -> Outcome<bool> {
        let Some(worker) = self.company.workers.get(place).cloned() else { return Ok(false) };
        if !is_at_work(&worker, at) {
            return Ok(false);
        }
        let scope = services.authority.vendor(worker.id, false);
        let taken = match scheduling::next(services, &scope, worker.id, None).await {
            Ok(taken) => taken,
            Err(Error::Conflict(_) | Error::Forbidden(_)) => None,
            Err(error) => return Err(error.into()),
        };
        let Some(taken) = taken else {
            let again = at.plus_seconds(ASK_AGAIN_SECONDS);
            self.agenda.push(Reverse((again, Event::Ask(place))));
            return Ok(false);
        };
        let (factor, usual) = self.factors.get(&taken.chart_id).copied().unwrap_or((1.0, 1_800));
        let seconds = times(usual, factor) * 100 / worker.speed_percent;
        let seconds = if taken.kind == AssignmentKind::Coding { seconds } else { seconds * 2 / 5 };
        self.jobs.push(taken);
        let job = self.jobs.len() - 1;
        let done = at.plus_seconds(seconds.max(60));
        if let Some(worked) = self.worked_seconds.get_mut(place) {
            *worked += seconds.max(60);
        }
        self.agenda.push(Reverse((done, Event::Finish(place, job))));
        Ok(true)
    }

    async fn finish(
        &mut self,
        services: &Services,
        at: Instant,
        (place, job): (usize, usize),
    ) -> Outcome<()> {
        let Some(worker) = self.company.workers.get(place) else { return Ok(()) };
        let Some(job) = self.jobs.get(job).copied() else { return Ok(()) };
        let scope = services.authority.vendor(worker.id, false);
        let counted = services
            .db
            .desk(&scope, async |tx| {
                let lease =
                    charts::leases::own(tx, job.chart_id, job.kind, Some(job.epoch)).await?;
                let until = tx.now().plus_seconds(LEASE_SECONDS);
                let effort = Worked::UnlessSeconds(WORKED_SECONDS_MAX);
                charts::leases::beat(tx, &lease, until, effort).await
            })
            .await;
        match counted {
            Ok(_) => hand_in(services, &scope, job).await?,
            // Who took longer than the lease holds has lost the chart, and the draft waits with it.
            Err(Error::Conflict(_) | Error::NotFound | Error::Forbidden(_)) => {}
            Err(error) => return Err(error.into()),
        }
        let pause = self.numbers.between(20, 150);
        self.agenda.push(Reverse((at.plus_seconds(pause), Event::Ask(place))));
        Ok(())
    }

    async fn foretell(&mut self, services: &Services, at: Instant) -> Outcome<()> {
        eprintln!("{at}: {} charts so far", self.came.len());
        let asked = Asked { days: Some(1), ..Asked::default() };
        let scope = services.authority.system();
        let found = Box::pin(scheduling::outlook(services, &scope, &asked)).await?;
        for facility in found.base.facilities {
            if let Some(share) = facility.on_time_percent {
                self.foretold.push(Foretold {
                    at,
                    facility: facility.facility_id,
                    mean: share.mean,
                    low: share.low,
                    high: share.high,
                });
            }
        }
        Ok(())
    }
}

async fn hand_in(services: &Services, scope: &base::db::VendorScope, job: Taken) -> Outcome<()> {
    if job.kind == AssignmentKind::Coding {
        Box::pin(coding::open(services, scope, job.chart_id)).await?;
        let draft = Draft { lines: vec![hypertension()], ..Draft::default() };
        let handover = Handover { epoch: job.epoch, draft: &draft };
        let outcome =
            Box::pin(coding::submit(services, scope, job.chart_id, handover, None)).await?;
        return match outcome {
            Submitted::Submitted(_) => Ok(()),
            Submitted::Refused(refused) => Err(format!("refused: {:?}", refused.findings).into()),
        };
    }
    Box::pin(review::open(services, scope, job.chart_id)).await?;
    let outcome = ReviewOutcome::Accepted;
    let (epoch, findings, note) = (job.epoch, Vec::new(), String::new());
    let decision = Decision { epoch, outcome, lines: None, findings, note };
    Box::pin(review::decide(services, scope, job.chart_id, &decision, None)).await?;
    Ok(())
}

fn hypertension() -> DraftLine {
    DraftLine {
        role: LineRole::Principal,
        system: CodeSystem::Icd10Cm,
        code: "I10".to_owned(),
        modifiers: Vec::new(),
        units: 1,
        poa: None,
        pointers: Vec::new(),
        details: rules::details::Details::default(),
        evidence: None,
    }
}

fn of_shares(clients: &[super::crew::Client], place: usize) -> Vec<u32> {
    clients.get(place).map_or(Vec::new(), |it| it.queues.iter().map(|it| it.share).collect())
}

/// Nobody begins another chart in the last quarter of an hour.
pub fn is_at_work(worker: &Worker, at: Instant) -> bool {
    shift_of(worker, at).is_some_and(|(_, ends)| at < ends.plus_seconds(-900))
}

/// The shift that runs at a moment, if the person is not ill.
pub fn shift_of(worker: &Worker, at: Instant) -> Option<(Instant, Instant)> {
    let today = at.in_zone(&worker.zone).date();
    // A shift may have begun yesterday and run over midnight.
    let days = [today.yesterday().ok()?, today];
    days.into_iter().find_map(|day| {
        let works = day.weekday().to_monday_zero_offset() < 5 && !worker.ill.contains(&day);
        let from = moment(&worker.zone, day, worker.hours.0)?;
        let to = moment(&worker.zone, day, worker.hours.1)?;
        (works && from <= at && at < to).then_some((from, to))
    })
}

/// A minute of a civil day, which may lie beyond its midnight.
pub fn moment(zone: &TimeZone, day: Date, minute: i64) -> Option<Instant> {
    let wall = day.to_datetime(Time::midnight());
    let wall = wall.checked_add(jiff::SignedDuration::from_mins(minute)).ok()?;
    Some(Instant::new(zone.to_ambiguous_timestamp(wall).compatible().ok()?))
}

/// Whether somebody of this role codes.
pub fn codes(worker: &Worker) -> bool {
    worker.role == Role::Coder
}
