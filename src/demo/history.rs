//! The story: who does what when, and the loop that lets it happen.

use super::agenda::{Agenda, Event, Job, moment, working_days};
use super::found::{Town, Worker};
use super::random::Random;
use super::story::Story;
use super::templates::{self, House, Template};
use super::{at_desk, at_facility, at_review, closing};
use base::Services;
use base::clock::Clock;
use base::db::VendorScope;
use base::error::{Error, Result, can_fail};
use base::jobs::Runner;
use rules::Instant;
use rules::access::Role;
use rules::ids::{ChartId, FacilityId};
use rules::words::{AssignmentKind, HoldReason};
use std::collections::HashMap;
use std::sync::Arc;

/// Charts that are done when the story ends, for each that waits then.
const DONE_FOR_EACH_WAITING: u32 = 2;
/// From when on more comes in than is worked off, so that work waits at the end.
const CLOSING_SECONDS: i64 = 36 * 3_600;
/// In the closing time people take so many of a hundred breaks from asking.
const CLOSING_PAUSE_PERCENT: i64 = 65;
/// Promises are kept, and work is planned, this long after what makes them.
const TICK_SECONDS: i64 = 600;
/// Rounds of jobs after one event.
const ROUNDS_MAX: u32 = 50;
/// The last asking for work before the end, so that somebody is at work then.
const LAST_ASKING_SECONDS: i64 = 300;
/// A lease has run out for certain this long after it was taken.
const VANISHED_SECONDS: i64 = 7_200;

/// Everything that the story changes.
pub(super) struct History<'a> {
    pub services: &'a Arc<Services>,
    pub town: Town,
    pub random: Random,
    pub agenda: Agenda,
    pub stories: HashMap<ChartId, Story>,
    pub templates: Vec<Arc<Template>>,
    /// Counts charts, for their numbers.
    pub serial: u32,
    ends_at: Instant,
    tick_at: Option<Instant>,
    /// What charts of the closing time are still to be held for, for the visitor to see; the last first.
    to_show: Vec<HoldReason>,
}

/// Lets everything happen until `now`.
pub(super) async fn live_through(
    services: &Arc<Services>,
    runner: &Runner,
    clock: &Clock,
    (town, now): (Town, Instant),
) -> Result<()> {
    let begins_at = clock.now();
    let mut history = History {
        services,
        town,
        random: Random::new(services.config.demo.seed),
        agenda: Agenda::default(),
        stories: HashMap::new(),
        templates: templates::all().map_err(Error::internal)?,
        serial: 0,
        ends_at: now,
        tick_at: None,
        to_show: vec![
            HoldReason::MissingDocument,
            HoldReason::CodingAdvice,
            HoldReason::ProviderClarification,
        ],
    };
    history.plan_uploads(begins_at);
    history.plan_work(begins_at);
    while let Some((at, event)) = history.agenda.next(now) {
        clock.set(at);
        if matches!(event, Event::Tick) {
            history.tick_at = None;
            Box::pin(tick(services, runner)).await?;
        } else {
            Box::pin(history.happen(at, event)).await?;
            history.tick_soon(at);
        }
    }
    clock.set(now);
    Box::pin(tick(services, runner)).await?;
    let rule = closing::play(services, &history.town).await?;
    Box::pin(tick(services, runner)).await?;
    closing::switch_on(services, &history.town, rule).await
}

/// Leases run out, promises are kept and work is planned.
async fn tick(services: &Services, runner: &Runner) -> Result<()> {
    scheduling::sweep(services).await?;
    runner.run_until_idle(ROUNDS_MAX).await?;
    Ok(())
}

/// What anybody may meet at work is part of the story; a fault is not.
pub(super) fn unless_refused<T>(what: &'static str, result: Result<T>) -> Result<Option<T>> {
    match result {
        Err(error @ (Error::Internal(_) | Error::Unavailable(_))) => Err(error),
        other => Ok(can_fail(what, other)),
    }
}

impl History<'_> {
    /// A team lead who sees the facility, to act for the vendor there.
    pub(super) fn lead_of(&self, facility: FacilityId) -> Option<VendorScope> {
        let house = self.town.facilities.iter().find(|(_, founded)| founded.id == facility)?.0;
        let is_lead = |worker: &&Worker| {
            worker.member.role == Role::TeamLead && worker.member.team.houses().contains(house)
        };
        self.town.workers.iter().find(is_lead).map(|worker| worker.scope.clone())
    }

    /// In the hospital's last day one chart after the other is held for each reason that a visitor may
    /// want to see, and waits.
    pub(super) fn waits_for_visitor(&mut self, facility: FacilityId) -> Option<HoldReason> {
        let hospital = self.town.facilities.get(&House::Buckeye)?;
        if hospital.id != facility || !self.is_closing(self.services.clock().now()) {
            return None;
        }
        self.to_show.pop()
    }

    /// Whether so little of the story is left that what is asked now waits for the visitor.
    pub(super) fn is_closing(&self, now: Instant) -> bool {
        self.ends_at.seconds_since(now) < CLOSING_SECONDS
    }

    fn tick_soon(&mut self, at: Instant) {
        if self.tick_at.is_none() {
            let tick_at = at.plus_seconds(TICK_SECONDS);
            self.tick_at = Some(tick_at);
            self.agenda.note(tick_at, Event::Tick);
        }
    }

    async fn happen(&mut self, at: Instant, event: Event) -> Result<()> {
        match event {
            Event::Upload(house, charts) => at_facility::upload(self, house, charts).await,
            Event::UploadAgain(house) => at_facility::upload_again(self, house).await,
            Event::Answer(chart, facility) => at_facility::answer(self, chart, facility).await,
            Event::Reply(query, facility) => at_facility::reply(self, query, facility).await,
            Event::Collect(house) => at_facility::collect(self, house).await,
            Event::Ask(worker, left) => self.ask(at, worker, left).await,
            Event::Finish(worker, job, left) => {
                match job.kind {
                    AssignmentKind::Coding => at_desk::finish(self, worker, job).await?,
                    _ => at_review::finish(self, worker, job).await?,
                }
                self.go_on(at, worker, left);
                Ok(())
            }
            Event::Tick => Ok(()),
        }
    }

    /// A short breath, then the next chart.
    fn go_on(&mut self, at: Instant, worker: usize, left: u32) {
        if left > 0 {
            let next = at.plus_seconds(self.random.between(30, 240));
            self.agenda.note(next, Event::Ask(worker, left - 1));
        }
    }

    /// Somebody presses Next.
    async fn ask(&mut self, at: Instant, worker: usize, left: u32) -> Result<()> {
        let Some(Worker { id, member, scope, .. }) = self.town.workers.get(worker) else {
            return Ok(());
        };
        let taken = scheduling::next(self.services, scope, *id, None).await;
        let Some(taken) = unless_refused("asking for work", taken)?.flatten() else {
            return Ok(());
        };
        let job = Job {
            chart: taken.chart_id,
            facility: taken.facility_id,
            kind: taken.kind,
            epoch: taken.epoch,
        };
        let speed = member.speed_percent;
        let expected = self.expected_seconds(job);
        let usual = expected.saturating_mul(100) / speed.max(1);
        let seconds = usual.saturating_mul(self.random.between(75, 140)) / 100;
        // Now and then somebody is called away, and the lease runs out.
        if job.kind == AssignmentKind::Coding && self.random.percent(1) {
            let later = at.plus_seconds(VANISHED_SECONDS);
            self.agenda.note(later, Event::Ask(worker, left));
            return Ok(());
        }
        self.agenda.note(at.plus_seconds(seconds.max(60)), Event::Finish(worker, job, left));
        Ok(())
    }

    fn expected_seconds(&self, job: Job) -> i64 {
        let story = self.stories.get(&job.chart);
        let standard = story.map_or(300, |story| story.template.work_type.standard_seconds());
        let standard = i64::from(standard);
        // A second reader is faster than the first.
        if job.kind == AssignmentKind::Coding { standard } else { standard * 3 / 5 }
    }

    /// Charts come in on working days; in the closing time they come at any hour.
    fn plan_uploads(&mut self, begins_at: Instant) {
        let waiting = self.services.config.demo.charts;
        let closes_at = self.ends_at.plus_seconds(-CLOSING_SECONDS);
        let houses: Vec<House> = self.town.facilities.keys().copied().collect();
        for house in &houses {
            let share = share_percent(*house);
            self.plan_days(*house, waiting * DONE_FOR_EACH_WAITING * share / 100, begins_at);
            // A little more than is to wait: some of it is worked off.
            let mut left = waiting * share / 100 + waiting * share / 500;
            while left > 0 {
                // The square draws the moments towards the end.
                let spread = self.random.between(0, 1_000);
                let before_end = CLOSING_SECONDS * spread / 1_000 * spread / 1_000;
                let charts = left.min(self.few(1, 5));
                left -= charts;
                let at = self.ends_at.plus_seconds(-before_end.max(LAST_ASKING_SECONDS * 2));
                self.agenda.note(at, Event::Upload(*house, charts));
            }
            let again = closes_at.plus_seconds(self.random.between(3_600, CLOSING_SECONDS / 2));
            self.agenda.note(again, Event::UploadAgain(*house));
        }
    }

    /// So many charts over the working days before the closing time, and a daily collection.
    fn plan_days(&mut self, house: House, charts: u32, begins_at: Instant) {
        let Some(zone) = self.town.facilities.get(&house).map(|founded| founded.zone.clone())
        else {
            return;
        };
        let closes_at = self.ends_at.plus_seconds(-CLOSING_SECONDS);
        let days: Vec<_> = working_days(&zone, begins_at, self.ends_at).collect();
        let open = days.iter().filter_map(|day| moment(&zone, *day, 540));
        let open: Vec<Instant> = open.filter(|at| *at > begins_at && *at < closes_at).collect();
        let mut left = charts;
        while let (true, Some(opens_at)) = (left > 0, self.random.pick(&open).copied()) {
            let batch = left.min(self.few(2, 5));
            left -= batch;
            let at = opens_at.plus_seconds(self.random.between(0, 8 * 3_600));
            self.agenda.note(at, Event::Upload(house, batch));
        }
        for day in days {
            let collects = moment(&zone, day, self.random.between(930, 1_000));
            if let Some(at) = collects.filter(|at| *at > begins_at) {
                self.agenda.note(at, Event::Collect(house));
            }
        }
    }

    fn few(&mut self, from: i64, to: i64) -> u32 {
        u32::try_from(self.random.between(from, to)).unwrap_or(1)
    }

    /// Everyone asks for work once or twice on each of their working days.
    fn plan_work(&mut self, begins_at: Instant) {
        let closes_at = self.ends_at.plus_seconds(-CLOSING_SECONDS);
        let workers: Vec<_> = self
            .town
            .workers
            .iter()
            .enumerate()
            .filter(|(_, worker)| super::found::takes_work(worker.member.role))
            .map(|(place, worker)| (place, worker.zone.clone(), worker.member))
            .collect();
        for (place, zone, member) in workers {
            let is_reviewer = member.role != Role::Coder;
            let (opens, closes) = member.team.hours();
            for day in working_days(&zone, begins_at, self.ends_at) {
                let sittings = if is_reviewer { 3 } else { 1 };
                for _ in 0..sittings {
                    let minute = self.random.between(i64::from(opens), i64::from(closes) - 60);
                    let charts = if is_reviewer { self.few(2, 5) } else { self.few(1, 3) };
                    let rests = self.random.percent(CLOSING_PAUSE_PERCENT);
                    let Some(at) = moment(&zone, day, minute) else { continue };
                    if at > begins_at && (at < closes_at || !rests) {
                        self.agenda.note(at, Event::Ask(place, charts - 1));
                    }
                }
            }
            // Those whom visitors may sign in as are at work when the story ends.
            if member.hint.is_some() {
                let at = self.ends_at.plus_seconds(-LAST_ASKING_SECONDS);
                self.agenda.note(at, Event::Ask(place, 0));
            }
        }
    }
}

/// How much of all charts a facility hands in.
const fn share_percent(house: House) -> u32 {
    match house {
        House::Buckeye => 55,
        House::Cedar => 28,
        House::Lakeshore => 17,
    }
}
