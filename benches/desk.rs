//! How long a Next and an upload take while a backlog waits, beside a raw claim on the same PostgreSQL.
//!
//! `cargo bench --bench desk -- [--charts N]` (10,000 by default). A load program, not a test: it prints
//! medians, 99th percentiles and ratios.

use base::Services;
use base::clock::Clock;
use base::config::Config;
use base::private_postgres::Durability;
use chartrelay::boot::{self, Running, Start};
use coding::{Releasing, SkipReason};
use intake::{NewDocument, Submission};
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::words::WorkType;
use std::error::Error;
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Calls that are timed of each kind.
const TIMED_CALLS: usize = 300;
/// Charts that are handed in at the same time while the backlog is made.
const UPLOADS_AT_ONCE: usize = 6;
/// Claims of the raw program, in one transaction each.
const RAW_CLAIMS: usize = 300;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = arguments.iter().position(|argument| argument == "--charts");
    let charts = after.and_then(|at| arguments.get(at + 1)).and_then(|text| text.parse().ok());
    actix_web::rt::System::new().block_on(run(charts.unwrap_or(10_000)))
}

async fn run(charts: usize) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("chartrelay-bench-{}", std::process::id()));
    let mut config = Config::load(None, [])?;
    config.data.folder.clone_from(&folder);
    let start = Start {
        config,
        clock: Clock::standing_at("2026-03-03T15:00:00Z".parse()?),
        search_folders: Vec::new(),
        durability: Durability::Durable,
    };
    let running = boot::start(start).await?;
    let world = World::make(&running).await?;
    let began = Instant::now();
    world.fill(charts).await?;
    let rate = f64::from(u32::try_from(charts)?) / began.elapsed().as_secs_f64();
    println!("{charts} charts handed in, {rate:.0} each second with {UPLOADS_AT_ONCE} at once");

    let uploads = world.time_uploads(charts).await?;
    let nexts = world.time_nexts().await?;
    let raw = raw_claims(&running, charts).await?;
    report("upload", &uploads, None);
    report("raw claim in one transaction (FOR UPDATE SKIP LOCKED)", &raw, None);
    report("Next", &nexts, Some(median(&raw)));
    running.stop()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

struct World<'a> {
    services: &'a Services,
    facility: FacilityId,
    queue: QueueId,
    uploader: PersonId,
    coder: PersonId,
}

impl<'a> World<'a> {
    async fn make(running: &'a Running) -> Outcome<Self> {
        let services = running.services.as_ref();
        let scope = services.authority.system();
        let facility = facilities::NewFacility {
            name: "Bench".into(),
            code: "BENCH".into(),
            time_zone: "America/New_York".into(),
            ..facilities::NewFacility::default()
        };
        let facility = facilities::create(services, &scope, facility).await?;
        let queue = facilities::NewQueue::of("Outpatient", WorkType::Outpatient);
        let queue = facilities::create_queue(services, &scope, facility, queue).await?;
        let uploader = person("uploader", &[Role::FacilityUploader], Some(facility));
        let uploader = people::create(services, &scope, uploader).await?;
        let coder = people::create(services, &scope, person("coder", &[Role::Coder], None)).await?;
        let shifts: Vec<ShiftInterval> =
            (0..7).filter_map(|day| ShiftInterval::new(day, 0, 1440).ok()).collect();
        people::set_shifts(services, &scope, coder, &shifts).await?;
        facilities::allow(services, &scope, facility, coder).await?;
        Ok(Self { services, facility, queue, uploader, coder })
    }

    async fn upload(&self, number: usize) -> Outcome<()> {
        let scope = self.services.authority.facility(self.facility, Some(self.uploader));
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
        let note = format!("Encounter {number}. {}", "Follow-up of hypertension. ".repeat(60));
        let documents = vec![NewDocument { name: "note.txt".into(), bytes: note.into_bytes() }];
        let submission = Submission { queue: self.queue, encounter, documents };
        intake::receive(self.services, &scope, submission, None).await?;
        Ok(())
    }

    async fn fill(&self, charts: usize) -> Outcome<()> {
        use futures_util::{StreamExt, TryStreamExt};
        futures_util::stream::iter((0..charts).map(|number| self.upload(number)))
            .buffer_unordered(UPLOADS_AT_ONCE)
            .try_collect::<Vec<()>>()
            .await?;
        Ok(())
    }

    async fn time_uploads(&self, first: usize) -> Outcome<Vec<Duration>> {
        let mut times = Vec::with_capacity(TIMED_CALLS);
        for number in first..first + TIMED_CALLS {
            let began = Instant::now();
            self.upload(number).await?;
            times.push(began.elapsed());
        }
        Ok(times)
    }

    /// Each Next is given back untimed, so that the coder's limit is never reached.
    async fn time_nexts(&self) -> Outcome<Vec<Duration>> {
        let scope = self.services.authority.vendor(self.coder, false);
        let mut times = Vec::with_capacity(TIMED_CALLS);
        for _ in 0..TIMED_CALLS {
            let began = Instant::now();
            let taken = scheduling::next(self.services, &scope, self.coder, None).await?;
            times.push(began.elapsed());
            let taken = taken.ok_or("nothing was given")?;
            let (chart, epoch) = (taken.chart_id, taken.epoch);
            let back = Releasing { epoch, reason: SkipReason::Other, skill: None };
            coding::release(self.services, &scope, chart, back).await?;
        }
        Ok(times)
    }
}

fn person(name: &str, roles: &[Role], home: Option<FacilityId>) -> people::NewPerson {
    people::NewPerson {
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        home,
        roles: roles.to_vec(),
        time_zone: "UTC".to_owned(),
        country: Some("US".to_owned()),
        attested_until: "2030-01-01".parse().ok(),
        wip_limit: 50,
        ..people::NewPerson::default()
    }
}

/// The least that any queue on PostgreSQL does: take the head of a table of the same length, and commit.
async fn raw_claims(running: &Running, rows: usize) -> Outcome<Vec<Duration>> {
    let base::db::Server::Socket { folder, database } = &running.server else {
        return Err("the bench runs on the private PostgreSQL".into());
    };
    let mut config = tokio_postgres::Config::new();
    config.host_path(folder).user("postgres").dbname(database);
    let (client, link) = config.connect(tokio_postgres::NoTls).await?;
    actix_web::rt::spawn(link);
    client
        .batch_execute(&format!(
            "create table public.raw_jobs (id bigint primary key, state text not null); \
             insert into public.raw_jobs select n, 'ready' from generate_series(1, {rows}) n; \
             create index raw_ready on public.raw_jobs (id) where state = 'ready'; \
             analyze public.raw_jobs"
        ))
        .await?;
    let claim = client
        .prepare(
            "update public.raw_jobs set state = 'taken' where id = (select id from public.raw_jobs \
             where state = 'ready' order by id limit 1 for update skip locked)",
        )
        .await?;
    let mut times = Vec::with_capacity(RAW_CLAIMS);
    for _ in 0..RAW_CLAIMS {
        let began = Instant::now();
        client.execute(&claim, &[]).await?;
        times.push(began.elapsed());
    }
    Ok(times)
}

fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut sorted = times.to_vec();
    sorted.sort();
    let at = (sorted.len() * percent / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).copied().unwrap_or_default()
}

fn median(times: &[Duration]) -> Duration {
    percentile(times, 50)
}

fn report(what: &str, times: &[Duration], beside: Option<Duration>) {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    let (half, most) = (milliseconds(median(times)), milliseconds(percentile(times, 99)));
    print!("{what}: median {half:.2} ms, p99 {most:.2} ms");
    if let Some(beside) = beside {
        print!(", {:.1} times the raw claim", half / milliseconds(beside));
    }
    println!();
}
