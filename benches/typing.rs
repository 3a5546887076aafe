//! How long a code search takes while fifty people type, over HTTP against the real application, beside a
//! plain scan of the same descriptions on the same machine.
//!
//! `cargo bench --bench typing -- [--people 50] [--seconds 60]`. A load program, not a test: each person
//! types everyday phrases letter by letter and thinks in between; it prints the 50th, 95th and 99th
//! percentile and the longest of the server's own time and of the whole way.

use actix_web::HttpServer;
use actix_web::dev::Service as _;
use base::clock::Clock;
use base::config::Config;
use base::private_postgres::Durability;
use chartrelay::boot::{self, Running, Start};
use rules::access::Role;
use rules::ids::{FacilityId, PersonId};
use std::error::Error;
use std::io::Read;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;
type Times = Arc<Mutex<Vec<Duration>>>;

const PHRASES: &str = include_str!("../src/codesets/tests/phrases/tuned.tsv");
const PACKED: &[u8] = include_bytes!("../src/codesets/data/icd10cm-fy2026.tsv.gz");
/// Letters from which on the page asks the server.
const LETTERS_MIN: usize = 2;
/// Milliseconds between two letters, at least, and how many more there may be.
const LETTER_MS: (u64, u64) = (110, 140);
/// Milliseconds between two phrases.
const PHRASE_MS: (u64, u64) = (500, 1_500);
/// Phrases that are looked for by a plain scan.
const SCANNED: usize = 100;
const PEOPLE_MAX: usize = 500;
const SECONDS_MAX: u64 = 600;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let people = after("--people").map_or(Ok(50), |text| text.parse())?.min(PEOPLE_MAX);
    let seconds = after("--seconds").map_or(Ok(60), |text| text.parse())?.min(SECONDS_MAX);
    actix_web::rt::System::new().block_on(Box::pin(run(people, Duration::from_secs(seconds))))
}

async fn run(people: usize, length: Duration) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("chartrelay-bench-{}", std::process::id()));
    let mut config = Config::load(None, [])?;
    config.data.folder.clone_from(&folder);
    let start = Start {
        config,
        clock: Clock::System,
        search_folders: Vec::new(),
        durability: Durability::Durable,
    };
    let running = boot::start(start).await?;
    let (facility, typists) = world(&running, people).await?;
    running.services.codes()?;
    let own: Times = Times::default();
    let address = serve(&running, &own)?;
    let whole: Times = Times::default();
    let until = Instant::now() + length;
    let typing = typists.into_iter().zip(1_u64..).map(|(cookie, seed)| {
        let typist = Typist { cookie, facility, address: address.clone(), dice: seed };
        tokio::task::spawn_local(typist.type_until(until, Arc::clone(&whole)))
    });
    for done in futures_util::future::join_all(typing).await {
        done??;
    }
    let per_second = lock(&whole).len() / usize::try_from(length.as_secs().max(1))?;
    println!("{people} people typing for {} s, {per_second} searches a second", length.as_secs());
    let own = report("the server's own time", &own)?;
    report("the whole way, client included", &whole)?;
    let scan = scan()?;
    println!("a plain scan of every description takes {scan:?} at the median");
    println!("a search takes 1/{:.0} of that", scan.as_secs_f64() / own.as_secs_f64());
    running.stop()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}

/// A facility, and a session of each of so many coders.
async fn world(running: &Running, people: usize) -> Outcome<(FacilityId, Vec<String>)> {
    let services = running.services.as_ref();
    let scope = services.authority.system();
    let new = facilities::NewFacility {
        name: "Bench".into(),
        code: "BENCH".into(),
        time_zone: "America/New_York".into(),
        ..facilities::NewFacility::default()
    };
    let facility = facilities::create(services, &scope, new).await?;
    let mut cookies = Vec::new();
    for number in 0..people {
        let new = people::NewPerson {
            email: format!("coder-{number}@bench.example"),
            name: format!("Coder {number}"),
            roles: vec![Role::Coder],
            time_zone: "UTC".to_owned(),
            country: Some("US".to_owned()),
            attested_until: "2030-01-01".parse().ok(),
            wip_limit: 50,
            ..people::NewPerson::default()
        };
        let person: PersonId = people::create(services, &scope, new).await?;
        facilities::allow(services, &scope, facility, person).await?;
        let token = web::sessions::open(services, person, "bench").await?;
        cookies.push(format!("{}={}", web::sessions::COOKIE, *token.text()));
    }
    Ok((facility, cookies))
}

/// The application that is served in production, with a clock around it.
fn serve(running: &Running, own: &Times) -> Outcome<String> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    let address = format!("http://{}/api/v1/codes", listener.local_addr()?);
    let (services, own) = (Arc::clone(&running.services), Arc::clone(own));
    let server = HttpServer::new(move || {
        let own = Arc::clone(&own);
        chartrelay::application!(&services).wrap_fn(move |request, next| {
            let (began, own) = (Instant::now(), Arc::clone(&own));
            let answer = next.call(request);
            async move {
                let answer = answer.await;
                lock(&own).push(began.elapsed());
                answer
            }
        })
    });
    actix_web::rt::spawn(server.workers(2).disable_signals().listen(listener)?.run());
    Ok(address)
}

/// Somebody at a desk.
struct Typist {
    cookie: String,
    facility: FacilityId,
    address: String,
    dice: u64,
}

impl Typist {
    async fn type_until(mut self, until: Instant, times: Times) -> Outcome<()> {
        let client = reqwest::Client::builder().timeout(Duration::from_secs(10)).build()?;
        let phrases: Vec<&str> =
            PHRASES.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
        self.pause(PHRASE_MS).await;
        while Instant::now() < until {
            let count = u64::try_from(phrases.len())?.max(1);
            let phrase = usize::try_from(self.roll() % count).ok().and_then(|at| phrases.get(at));
            let phrase = phrase.copied().unwrap_or_default();
            for (end, _) in phrase.char_indices().skip(LETTERS_MIN).chain([(phrase.len(), ' ')]) {
                self.pause(LETTER_MS).await;
                let text = phrase.get(..end).unwrap_or_default();
                self.search(&client, text, &times).await?;
            }
            self.pause(PHRASE_MS).await;
        }
        Ok(())
    }

    async fn search(&self, client: &reqwest::Client, text: &str, times: &Times) -> Outcome<()> {
        let query: String = text.bytes().map(escaped).collect();
        let (address, facility) = (&self.address, self.facility);
        let began = Instant::now();
        let answer = client
            .get(format!("{address}?on=2026-03-02&limit=12&facility={facility}&q={query}"))
            .header("cookie", &self.cookie)
            .send()
            .await?
            .error_for_status()?;
        answer.bytes().await?;
        lock(times).push(began.elapsed());
        Ok(())
    }

    async fn pause(&mut self, (least, more): (u64, u64)) {
        let length = least + self.roll() % more.max(1);
        tokio::time::sleep(Duration::from_millis(length)).await;
    }

    /// A linear congruence: the same people type the same on every run.
    const fn roll(&mut self) -> u64 {
        self.dice = self.dice.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695);
        self.dice >> 33
    }
}

/// The median time to look for a phrase's words in each description that may be reported.
fn scan() -> Outcome<Duration> {
    let mut text = String::new();
    flate2::read::GzDecoder::new(PACKED).read_to_string(&mut text)?;
    let field = |line: &str, at: usize| line.split('\t').nth(at).unwrap_or_default().to_lowercase();
    let descriptions: Vec<String> =
        text.lines().filter(|line| field(line, 1) == "1").map(|line| field(line, 2)).collect();
    let mut times = Vec::new();
    for line in PHRASES.lines().take(SCANNED) {
        let words: Vec<&str> = line.split('\t').next().unwrap_or_default().split(' ').collect();
        let began = Instant::now();
        let found = descriptions
            .iter()
            .filter(|description| words.iter().all(|word| description.contains(word)))
            .count();
        std::hint::black_box(found);
        times.push(began.elapsed());
    }
    times.sort_unstable();
    println!("{} descriptions may be reported", descriptions.len());
    times.get(times.len() / 2).copied().ok_or_else(|| "no phrase".into())
}

/// A byte as it may stand in an address.
fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

fn lock(times: &Mutex<Vec<Duration>>) -> std::sync::MutexGuard<'_, Vec<Duration>> {
    times.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Prints the percentiles and gives the median.
fn report(what: &str, times: &Times) -> Outcome<Duration> {
    let mut times = lock(times).clone();
    times.sort_unstable();
    let at = |thousandth: usize| {
        let place = (times.len() * thousandth / 1_000).min(times.len().saturating_sub(1));
        times.get(place).copied().ok_or("nothing was measured")
    };
    let (p50, p95, p99) = (at(500)?, at(950)?, at(990)?);
    let longest = at(1_000)?;
    println!(
        "{what}: {} searches, p50 {p50:?}, p95 {p95:?}, p99 {p99:?}, max {longest:?}",
        times.len()
    );
    Ok(p50)
}
