//! How long Next takes as the backlog grows, and how many charts ten coders get through, beside a raw claim
//! on the same PostgreSQL in the same run.
//!
//! `cargo bench --bench next -- [--sizes 1000,10000,100000,1000000] [--rounds 8]`. A load program, not a
//! test: it prints medians, 99th percentiles and ratios. Waiting charts are made by SQL; those that are
//! handed in as codings come through intake.

use base::Services;
use base::clock::Clock;
use base::config::Config;
use base::private_postgres::Durability;
use chartrelay::boot::{self, Running, Start};
use coding::{Draft, Handover};
use futures_util::future::try_join_all;
use intake::{NewDocument, Submission};
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::words::WorkType;
use scheduling::Taken;
use std::error::Error;
use std::time::{Duration, Instant};
use tokio_postgres::{Client, Statement};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

const NOW: &str = "2026-03-03T15:00:00Z";
const FACILITIES: usize = 4;
const QUEUES_EACH: usize = 5;
const CODERS: usize = 10;
/// Nexts of one person that are timed at each size.
const TIMED_CALLS: usize = 400;
/// Charts that each coder takes in a round; below anybody's limit of open work.
const CHARTS_A_ROUND: usize = 20;
/// Charts that wait while throughput is measured, as far as the sizes allow.
const THROUGHPUT_CHARTS: usize = 100_000;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let sizes = after("--sizes").unwrap_or_else(|| "1000,10000,100000,1000000".into());
    let sizes = sizes.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
    let rounds = after("--rounds").map_or(Ok(8), |text| text.parse())?;
    actix_web::rt::System::new().block_on(Box::pin(run(&sizes, rounds)))
}

async fn run(sizes: &[usize], rounds: usize) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("chartrelay-bench-{}", std::process::id()));
    let mut config = Config::load(None, [])?;
    config.data.folder.clone_from(&folder);
    let connections = &mut config.database.connections;
    (connections.ops, connections.desk) = (10, 10);
    let start = Start {
        config,
        clock: Clock::standing_at(NOW.parse()?),
        search_folders: Vec::new(),
        durability: Durability::Durable,
    };
    let running = boot::start(start).await?;
    let world = World::make(&running).await?;
    let (mut waiting, mut measured) = (0, false);
    println!("{FACILITIES} facilities with {QUEUES_EACH} queues each, all open to each coder");
    println!("{:>9} {:>21} {:>21} {:>21}", "waiting", "Next", "no queue is open", "nothing fits");
    let mut first = None;
    for size in sizes {
        world.fill(size.saturating_sub(waiting)).await?;
        waiting = waiting.max(*size);
        world.row(*size, &mut first).await?;
        if *size >= THROUGHPUT_CHARTS.min(sizes.iter().copied().max().unwrap_or(0)) && !measured {
            measured = true;
            world.throughput(*size, rounds).await?;
        }
    }
    running.stop()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

struct World<'a> {
    running: &'a Running,
    services: &'a Services,
    lanes: Vec<(FacilityId, QueueId)>,
    coders: Vec<PersonId>,
    /// Has every facility, and no skill that a queue asks for.
    unskilled: PersonId,
    /// Has a minute left.
    leaving: PersonId,
    uploader: PersonId,
    owner: Client,
}

impl<'a> World<'a> {
    async fn make(running: &'a Running) -> Outcome<Self> {
        let services = running.services.as_ref();
        let scope = services.authority.system();
        let mut lanes = Vec::new();
        for number in 0..FACILITIES {
            let new = facilities::NewFacility {
                name: format!("Bench {number}"),
                code: format!("BENCH{number}"),
                time_zone: "America/New_York".into(),
                ..facilities::NewFacility::default()
            };
            let facility = facilities::create(services, &scope, new).await?;
            for number in 0..QUEUES_EACH {
                let mut terms =
                    facilities::NewQueue::of(format!("Queue {number}"), WorkType::Outpatient);
                terms.priority = 3 + i32::try_from(number % 3)?;
                terms.expected_seconds = Some(if number % 2 == 0 { 300 } else { 480 });
                terms.required_skills = vec!["outpatient".into()];
                let queue = facilities::create_queue(services, &scope, facility, terms).await?;
                lanes.push((facility, queue));
            }
        }
        let (first, _) = *lanes.first().ok_or("no lane")?;
        let uploader = person("uploader", Role::FacilityUploader, Some(first));
        let uploader = people::create(services, &scope, uploader).await?;
        let owner = connect(running).await?;
        let mut world = Self {
            running,
            services,
            lanes,
            coders: Vec::new(),
            unskilled: uploader,
            leaving: uploader,
            uploader,
            owner,
        };
        for number in 0..CODERS {
            let coder = world.coder(&format!("coder-{number}"), 1_440, true).await?;
            world.coders.push(coder);
        }
        world.unskilled = world.coder("unskilled", 1_440, false).await?;
        world.leaving = world.coder("leaving", 901, true).await?;
        Ok(world)
    }

    async fn coder(&self, name: &str, ends: u16, skilled: bool) -> Outcome<PersonId> {
        let (services, scope) = (self.services, self.services.authority.system());
        let id = people::create(services, &scope, person(name, Role::Coder, None)).await?;
        let shifts: Vec<ShiftInterval> =
            (0..7).filter_map(|day| ShiftInterval::new(day, 0, ends).ok()).collect();
        people::set_shifts(services, &scope, id, &shifts).await?;
        if skilled {
            people::set_skills(services, &scope, id, &["outpatient".to_owned()]).await?;
        }
        for (facility, _) in self.lanes.iter().step_by(QUEUES_EACH) {
            facilities::allow(services, &scope, *facility, id).await?;
        }
        Ok(id)
    }

    /// Charts that wait, spread over all queues, due within the next ten days.
    async fn fill(&self, charts: usize) -> Outcome<()> {
        self.owner
            .batch_execute(&format!(
                "insert into app.charts (facility_id, id, queue_id, state, waiting_for, priority, \
                 expected_seconds, received_at, ready_at, due_at, received_by) \
                 select q.facility_id, gen_random_uuid(), q.id, 'ready', 'coding', q.priority, \
                   q.expected_seconds, '{NOW}', '{NOW}', \
                   '{NOW}'::timestamptz + (n::bigint * 7919 % 864000) * interval '1 second', q.id \
                 from generate_series(1, {charts}) n join (select *, row_number() over \
                   (order by facility_id, id) - 1 as place from app.queues) q \
                   on q.place = n % {lanes}; \
                 analyze app.charts; checkpoint",
                lanes = self.lanes.len()
            ))
            .await?;
        Ok(())
    }

    async fn next(&self, person: PersonId) -> Outcome<Option<Taken>> {
        let scope = self.services.authority.vendor(person, false);
        Ok(scheduling::next(self.services, &scope, person, None).await?)
    }

    /// As if everything in hand had been handed in, without its price.
    async fn hand_in_all(&self) -> Outcome<()> {
        self.owner
            .batch_execute(&format!(
                "with done as (update app.assignments set state = 'submitted', ended_at = '{NOW}' \
                   where state = 'active' returning facility_id, chart_id) \
                 update app.charts c set state = 'coded', version = version + 1 from done \
                 where c.facility_id = done.facility_id and c.id = done.chart_id"
            ))
            .await?;
        Ok(())
    }

    async fn row(&self, size: usize, first: &mut Option<Duration>) -> Outcome<()> {
        let coder = *self.coders.first().ok_or("no coder")?;
        let given = self.times(coder, true).await?;
        let unskilled = self.times(self.unskilled, false).await?;
        let leaving = self.times(self.leaving, false).await?;
        let first = *first.get_or_insert_with(|| percentile(&given, 50));
        println!(
            "{size:>9} {:>21} {:>21} {:>21}   Next {:.2} times the first row's",
            both(&given),
            both(&unskilled),
            both(&leaving),
            percentile(&given, 50).as_secs_f64() / first.as_secs_f64()
        );
        Ok(())
    }

    async fn times(&self, person: PersonId, gives: bool) -> Outcome<Vec<Duration>> {
        let mut times = Vec::with_capacity(TIMED_CALLS);
        for call in 0..TIMED_CALLS + CHARTS_A_ROUND {
            let began = Instant::now();
            let taken = self.next(person).await?;
            let took = began.elapsed();
            if taken.is_some() != gives {
                return Err(format!("given {taken:?}").into());
            }
            // The first ones prepare statements and fill memories.
            if call >= CHARTS_A_ROUND {
                times.push(took);
            }
            if gives {
                self.hand_in_all().await?;
            }
        }
        Ok(times)
    }

    async fn throughput(&self, size: usize, rounds: usize) -> Outcome<()> {
        let uploaded = (rounds + 1) * CODERS * CHARTS_A_ROUND / 4;
        self.upload(uploaded).await?;
        let raw = Raw::make(self.running, size).await?;
        let mut spent = [Duration::ZERO; 5];
        for round in 0..=rounds {
            let now = [
                raw.round(Kind::Claim).await?,
                raw.round(Kind::ClaimThenComplete).await?,
                self.round_of_next(false).await?,
                self.round_of_next(true).await?,
                self.round_of_codings().await?,
            ];
            if round > 0 {
                for (spent, now) in spent.iter_mut().zip(now) {
                    *spent += now;
                }
            }
        }
        let charts = u32::try_from(rounds * CODERS * CHARTS_A_ROUND)?;
        let [claim, complete, next, finish, coded] =
            spent.map(|spent| f64::from(charts) / spent.as_secs_f64());
        let coded = coded / 4.0;
        println!("\n{CODERS} coders at once, {size} charts waiting, charts each second:");
        println!("  raw claim and complete, one statement       {claim:>7.0}");
        println!("  raw claim, then complete, one transaction   {complete:>7.0}");
        let ratios = |what: &str, rate: f64| {
            let (a, b) = (100.0 * rate / claim, 100.0 * rate / complete);
            println!("  {what:<43} {rate:>7.0}   {a:.0} % and {b:.0} % of the raw ones");
        };
        ratios("Next", next);
        ratios("Next, then a raw completion of both rows", finish);
        ratios("Next, then a coding handed in with edits", coded);
        println!();
        Ok(())
    }

    /// Each coder takes a round's charts, with or without completing each by two bare updates.
    async fn round_of_next(&self, completes: bool) -> Outcome<Duration> {
        let mut clients = Vec::new();
        for coder in &self.coders {
            let client = connect(self.running).await?;
            clients.push((*coder, client.prepare(COMPLETE).await?, client));
        }
        let began = Instant::now();
        try_join_all(clients.iter().map(|(coder, complete, client)| async move {
            for _ in 0..CHARTS_A_ROUND {
                let taken = self.next(*coder).await?.ok_or("nothing was given")?;
                if completes {
                    let (facility, chart) = (taken.facility_id, taken.chart_id);
                    let (facility, chart) = (facility.to_string(), chart.to_string());
                    client.execute(complete, &[&facility, &chart]).await?;
                }
            }
            Outcome::Ok(())
        }))
        .await?;
        let took = began.elapsed();
        self.hand_in_all().await?;
        Ok(took)
    }

    /// A quarter of a round's charts, taken by Next and handed in as codings with everything that belongs
    /// to it: edits, a version of the lines, the promise of a review, the trail.
    async fn round_of_codings(&self) -> Outcome<Duration> {
        // As much of what came through intake as the round takes is overdue, so that it is first.
        self.owner
            .batch_execute(&format!(
                "update app.charts c set due_at = '{NOW}'::timestamptz - interval '1 day' \
                 where (c.facility_id, c.id) in (select e.facility_id, e.chart_id \
                   from app.encounters e join app.charts w on w.facility_id = e.facility_id \
                   and w.id = e.chart_id and w.waiting_for = 'coding' limit {})",
                CODERS * CHARTS_A_ROUND / 4
            ))
            .await?;
        let draft: Draft = serde_json::from_value(serde_json::json!({
            "lines": [{ "role": "principal", "system": "icd10cm", "code": "I10" }]
        }))?;
        let draft = &draft;
        let began = Instant::now();
        try_join_all(self.coders.iter().map(|coder| async move {
            let scope = self.services.authority.vendor(*coder, false);
            for _ in 0..CHARTS_A_ROUND / 4 {
                let taken = self.next(*coder).await?.ok_or("nothing was given")?;
                let handover = Handover { epoch: taken.epoch, draft };
                let handed = coding::submit(self.services, &scope, taken.chart_id, handover, None);
                if let coding::Outcome::Refused(refused) = Box::pin(handed).await? {
                    return Err(format!("{:?}", refused.fields).into());
                }
            }
            Outcome::Ok(())
        }))
        .await?;
        Ok(began.elapsed())
    }

    async fn upload(&self, charts: usize) -> Outcome<()> {
        let (facility, queue) = *self.lanes.first().ok_or("no lane")?;
        let scope = self.services.authority.facility(facility, Some(self.uploader));
        for number in 0..charts {
            let identity = charts::patient::Identity {
                patient_name: format!("Bench, Patient {number}"),
                birth_date: "1970-01-01".parse()?,
                sex: "F".into(),
                mrn: format!("M{number}"),
                account_number: format!("A{number}"),
            };
            let encounter = charts::patient::Encounter {
                identity,
                service_date: "2026-03-01".parse()?,
                discharge_date: None,
            };
            let note = format!("Encounter {number}: follow-up of hypertension.");
            let documents = vec![NewDocument { name: "note.txt".into(), bytes: note.into() }];
            let submission = Submission { queue, encounter, documents };
            intake::receive(self.services, &scope, submission, None).await?;
        }
        // Last of all until it is wanted.
        self.owner
            .batch_execute(&format!(
                "update app.charts c set due_at = '{NOW}'::timestamptz + interval '60 days' \
                 from app.encounters e where e.facility_id = c.facility_id and e.chart_id = c.id; \
                 analyze app.charts"
            ))
            .await?;
        Ok(())
    }
}

/// What a coder's hand-in changes at the least: the lease and the chart.
const COMPLETE: &str = "with done as (update app.assignments set state = 'submitted', ended_at = now() \
     where facility_id = $1::text::uuid and chart_id = $2::text::uuid and state = 'active' \
     returning facility_id, chart_id) \
     update app.charts c set state = 'coded', version = version + 1 from done \
     where c.facility_id = done.facility_id and c.id = done.chart_id";

/// What any queue on PostgreSQL does at the least, on a table of the same length.
struct Raw {
    clients: Vec<(Client, Statement, Statement, Statement)>,
}

#[derive(Clone, Copy)]
enum Kind {
    Claim,
    ClaimThenComplete,
}

impl Raw {
    async fn make(running: &Running, rows: usize) -> Outcome<Self> {
        let owner = connect(running).await?;
        owner
            .batch_execute(&format!(
                "create table public.raw_jobs (id bigint primary key, due_at timestamptz not null, \
                 state text not null, done_at timestamptz); \
                 insert into public.raw_jobs select n, now() + n * interval '1 second', 'ready' \
                   from generate_series(1, {rows}) n; \
                 create index raw_ready on public.raw_jobs (due_at, id) where state = 'ready'; \
                 analyze public.raw_jobs"
            ))
            .await?;
        let mut clients = Vec::new();
        for _ in 0..CODERS {
            let client = connect(running).await?;
            let claim = |state: &str| {
                format!(
                    "update public.raw_jobs set state = '{state}', done_at = now() where id = \
                     (select id from public.raw_jobs where state = 'ready' order by due_at, id limit 1 \
                     for update skip locked) returning id"
                )
            };
            let at_once = client.prepare(&claim("done")).await?;
            let taken = client.prepare(&claim("taken")).await?;
            let complete =
                "update public.raw_jobs set state = 'done', done_at = now() where id = $1";
            let complete = client.prepare(complete).await?;
            clients.push((client, at_once, taken, complete));
        }
        Ok(Self { clients })
    }

    async fn round(&self, kind: Kind) -> Outcome<Duration> {
        let began = Instant::now();
        try_join_all(self.clients.iter().map(|(client, at_once, taken, complete)| async move {
            for _ in 0..CHARTS_A_ROUND {
                match kind {
                    Kind::Claim => drop(client.query_one(at_once, &[]).await?),
                    Kind::ClaimThenComplete => {
                        client.batch_execute("begin").await?;
                        let id: i64 = client.query_one(taken, &[]).await?.get(0);
                        client.execute(complete, &[&id]).await?;
                        client.batch_execute("commit").await?;
                    }
                }
            }
            Outcome::Ok(())
        }))
        .await?;
        Ok(began.elapsed())
    }
}

async fn connect(running: &Running) -> Outcome<Client> {
    let base::db::Server::Socket { folder, database } = &running.server else {
        return Err("the bench runs on the private PostgreSQL".into());
    };
    let mut config = tokio_postgres::Config::new();
    config.host_path(folder).user("postgres").dbname(database);
    let (client, link) = config.connect(tokio_postgres::NoTls).await?;
    actix_web::rt::spawn(link);
    Ok(client)
}

fn person(name: &str, role: Role, home: Option<FacilityId>) -> people::NewPerson {
    people::NewPerson {
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        home,
        roles: vec![role],
        time_zone: "UTC".to_owned(),
        country: Some("US".to_owned()),
        attested_until: "2030-01-01".parse().ok(),
        wip_limit: 50,
        ..people::NewPerson::default()
    }
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn both(times: &[Duration]) -> String {
    let milliseconds = |percent| percentile(times, percent).as_secs_f64() * 1_000.0;
    format!("{:.2} / {:.2} ms", milliseconds(50), milliseconds(99))
}
