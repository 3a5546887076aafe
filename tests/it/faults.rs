//! A server that is killed in the middle of everything: nothing is lost and nothing is there twice.

use crate::support::binary::{Binary, Folder};
use crate::support::client_of;
use base::clock::Clock;
use base::config::Config;
use base::private_postgres::{DATABASE, Durability, PrivatePostgres};
use chartrelay::boot::{self, Start};
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::ids::FacilityId;
use rules::words::WorkType;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const CHARTS: usize = 60;
/// The server is killed when so many charts have been acknowledged, and again when so many are coded.
const KILL_AT_UPLOADS: usize = 20;
const KILL_AT_CODINGS: usize = 15;
const TRIES_MAX: usize = 200;
const PAUSE: Duration = Duration::from_millis(50);
/// No review, so that the coders' work is the whole way.
const SETTINGS: [(&str, &str); 3] = [
    ("CHARTRELAY__REVIEW__RAMP_CHARTS", "0"),
    ("CHARTRELAY__LOG__LEVEL", "error"),
    ("CHARTRELAY__SCHEDULING__TICK_SECONDS", "1"),
];

/// What a program or a browser needs, made before the server starts.
struct World {
    facility_key: String,
    queue: String,
    coder: (String, String),
}

async fn prepare(folder: &Path) -> World {
    let mut config = Config::load(None, []).unwrap();
    config.data.folder = folder.to_owned();
    let start = Start {
        config,
        clock: Clock::System,
        search_folders: Vec::new(),
        durability: Durability::Durable,
    };
    let running = boot::start(start).await.unwrap();
    let services = &running.services;
    let scope = services.authority.system();
    let new = facilities::NewFacility {
        name: "Clinic".into(),
        code: "CLINIC".into(),
        ..facilities::NewFacility::default()
    };
    let facility = facilities::create(services, &scope, new).await.unwrap();
    let mut queue = facilities::NewQueue::of("Outpatient", WorkType::Outpatient);
    queue.sampling_percent = 0;
    let queue = facilities::create_queue(services, &scope, facility, queue).await.unwrap();
    let admin = person("admin", Role::FacilityAdmin, Some(facility));
    let admin = people::create(services, &scope, admin).await.unwrap();
    let coder = people::create(services, &scope, person("coder", Role::Coder, None)).await.unwrap();
    let all_week: Vec<ShiftInterval> =
        (0..7).map(|day| ShiftInterval::new(day, 0, 1440).unwrap()).collect();
    people::set_shifts(services, &scope, coder, &all_week).await.unwrap();
    facilities::allow(services, &scope, facility, coder).await.unwrap();

    let (door, admin) = client_of(services, admin).await;
    let key = admin.post("/api/v1/api-keys", json!({ "name": "faults", "days": 1 })).await.ok();
    let coder = crate::support::Client::signed_in(&door, services, coder).await.proof();
    let facility_key = key["key"].as_str().unwrap().to_owned();
    drop(admin);
    drop(door);
    running.stop().unwrap();
    World { facility_key, queue: queue.to_string(), coder }
}

fn person(name: &str, role: Role, home: Option<FacilityId>) -> people::NewPerson {
    people::NewPerson {
        email: format!("{name}@example.com"),
        name: name.to_owned(),
        home,
        roles: vec![role],
        country: Some("US".to_owned()),
        attested_until: Some("2099-01-01".parse().unwrap()),
        wip_limit: 10,
        ..people::NewPerson::default()
    }
}

fn http() -> reqwest::Client {
    reqwest::Client::builder().timeout(Duration::from_secs(20)).build().unwrap()
}

/// Where the server is at the moment; it moves when it is started again.
type Address = std::sync::Mutex<String>;

fn at(address: &Address, path: &str) -> String {
    format!("{}{path}", address.lock().unwrap())
}

/// Uploads one chart until it is acknowledged, as `chartrelay upload` does.
async fn upload(http: &reqwest::Client, address: &Address, world: &World, number: usize) -> String {
    let chart = json!({ "queue_id": world.queue, "account_number": format!("K{number}"),
        "mrn": format!("M{number}"), "patient_name": "Kill, Nine", "birth_date": "1960-01-01",
        "sex": "M", "service_date": "2026-03-02" });
    let note = format!("Visit {number}. Essential hypertension, stable on current therapy.");
    for _ in 0..TRIES_MAX {
        let form = reqwest::multipart::Form::new()
            .part("chart", reqwest::multipart::Part::text(chart.to_string()))
            .part("document", reqwest::multipart::Part::text(note.clone()).file_name("n.txt"));
        let sent = http
            .post(at(address, "/api/v1/charts"))
            .bearer_auth(&world.facility_key)
            .header("idempotency-key", format!("kill-nine-{number}"))
            .multipart(form)
            .send()
            .await;
        if let Ok(answer) = sent
            && answer.status().is_success()
        {
            let answer: Value = answer.json().await.unwrap();
            return answer["id"].as_str().unwrap().to_owned();
        }
        tokio::time::sleep(PAUSE).await;
    }
    panic!("chart {number} was never acknowledged");
}

/// A request of the coder's browser; none while the server is away.
async fn coder(
    http: &reqwest::Client,
    address: &Address,
    world: &World,
    request: (&str, &str, Value),
) -> Option<(u16, Value)> {
    let (method, path, body) = request;
    let (cookie, csrf) = &world.coder;
    let method: reqwest::Method = method.parse().unwrap();
    let request = http
        .request(method, at(address, path))
        .header("cookie", format!("{}={cookie}", web::sessions::COOKIE))
        .header("x-csrf-token", csrf)
        .header("sec-fetch-site", "same-origin")
        .json(&body);
    let answer = request.send().await.ok()?;
    let status = answer.status().as_u16();
    Some((status, answer.json().await.unwrap_or(Value::Null)))
}

/// What the coder's page shows as begun: a chart whose giving was never heard of is there, too.
async fn in_hand(http: &reqwest::Client, address: &Address, world: &World) -> Option<String> {
    let (_, work) = coder(http, address, world, ("GET", "/api/v1/work", Value::Null)).await?;
    let begun = work["in_hand"].as_array()?.iter().find(|chart| chart["begun"] == true)?;
    begun["chart_id"].as_str().map(str::to_owned)
}

/// Codes whatever waits; a request that was lost is simply made again.
async fn code_everything(
    http: &reqwest::Client,
    address: &Address,
    world: &World,
    coded: &AtomicUsize,
) {
    let mut quiet = 0;
    while quiet < 20 {
        let Some(chart) = in_hand(http, address, world).await else {
            let next = ("POST", "/api/v1/work/next", json!({ "kind": "coding" }));
            match coder(http, address, world, next).await {
                Some((_, answer)) if answer["taken"].is_null() => quiet += 1,
                // Given, or the server is away.
                _ => quiet = 0,
            }
            tokio::time::sleep(PAUSE).await;
            continue;
        };
        quiet = 0;
        let path = format!("/api/v1/desk/{chart}");
        let Some((200, desk)) = coder(http, address, world, ("GET", &path, Value::Null)).await
        else {
            continue;
        };
        let submit = json!({ "epoch": desk["lease"]["epoch"], "note": "", "dismissals": [], "lines": [
            { "role": "principal", "system": "icd10cm", "code": "I10" },
            { "role": "procedure", "system": "cpt", "code": "99213", "pointers": [1] } ] });
        let path = format!("{path}/submit");
        if let Some((200, _)) = coder(http, address, world, ("POST", &path, submit)).await {
            coded.fetch_add(1, Ordering::SeqCst);
        }
    }
}

async fn states(
    http: &reqwest::Client,
    address: &Address,
    world: &World,
) -> BTreeMap<String, usize> {
    let page: Value = http
        .get(at(address, "/api/v1/charts?limit=200"))
        .bearer_auth(&world.facility_key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    let mut states = BTreeMap::new();
    for chart in page["items"].as_array().unwrap() {
        *states.entry(chart["state"].as_str().unwrap().to_owned()).or_insert(0) += 1;
    }
    states
}

/// Kills and starts the server again, each time when `reached` says so.
async fn kill_when(
    server: &mut Option<Binary>,
    folder: &Path,
    address: &Address,
    reached: impl Fn() -> bool,
) {
    while !reached() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    server.take().unwrap().kill();
    let folder = folder.to_owned();
    let again =
        tokio::task::spawn_blocking(move || Binary::serve(&folder, &SETTINGS)).await.unwrap();
    address.lock().unwrap().clone_from(&again.address);
    *server = Some(again);
}

#[actix_web::test]
async fn a_server_killed_in_the_middle_loses_nothing_and_does_nothing_twice() {
    use futures_util::StreamExt;
    let folder = Folder::new("faults");
    let world = prepare(&folder.0).await;
    let mut server = Some(Binary::serve(&folder.0, &SETTINGS));
    let address = Address::new(server.as_ref().unwrap().address.clone());
    let (http, acknowledged, coded) = (http(), AtomicUsize::new(0), AtomicUsize::new(0));

    let uploading = async {
        let ids: Vec<String> = futures_util::stream::iter(0..CHARTS)
            .map(|number| {
                let (http, address, world) = (&http, &address, &world);
                let acknowledged = &acknowledged;
                async move {
                    let id = upload(http, address, world, number).await;
                    acknowledged.fetch_add(1, Ordering::SeqCst);
                    id
                }
            })
            .buffer_unordered(4)
            .collect()
            .await;
        ids
    };
    let killing = kill_when(&mut server, &folder.0, &address, || {
        acknowledged.load(Ordering::SeqCst) >= KILL_AT_UPLOADS
    });
    let (ids, ()) = tokio::join!(uploading, killing);
    let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
    assert_eq!(distinct.len(), CHARTS, "each upload is one chart");

    let coding = code_everything(&http, &address, &world, &coded);
    let killing = kill_when(&mut server, &folder.0, &address, || {
        coded.load(Ordering::SeqCst) >= KILL_AT_CODINGS
    });
    tokio::join!(coding, killing);

    for _ in 0..TRIES_MAX {
        if states(&http, &address, &world).await.get("returned") == Some(&CHARTS) {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let states = states(&http, &address, &world).await;
    assert_eq!(states, BTreeMap::from([("returned".to_owned(), CHARTS)]));
    let returns: Value = http
        .get(at(&address, "/api/v1/returns?limit=200"))
        .bearer_auth(&world.facility_key)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(returns["items"].as_array().unwrap().len(), CHARTS, "each chart is returned once");
    assert!(server.take().unwrap().stop(), "and it ends cleanly when asked");
}

/// Offers that lie before the coder.
async fn offered(http: &reqwest::Client, address: &Address, world: &World) -> usize {
    let work = coder(http, address, world, ("GET", "/api/v1/work", Value::Null)).await;
    let (_, work) = work.expect("the server answers");
    work["in_hand"].as_array().unwrap().iter().filter(|chart| chart["begun"] == false).count()
}

#[actix_web::test]
async fn another_server_plans_when_the_one_that_planned_is_gone() {
    let folder = Folder::new("standby");
    let world = prepare(&folder.0).await;
    let settings = base::private_postgres::Settings {
        folder: folder.0.clone(),
        bin_folder: None,
        search_folders: Vec::new(),
        durability: Durability::TestsOnly,
    };
    let postgres = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings).unwrap());
    let mut postgres = postgres.await.unwrap();
    let socket = postgres.socket_dir().display().to_string();
    let host = socket.replace('/', "%2F");
    let url = format!("postgres://postgres@{host}/{DATABASE}?sslmode=disable");
    let serve = || {
        let (folder, url) = (folder.0.clone(), url.clone());
        let term = ("CHARTRELAY__SCHEDULING__LEADER_SECONDS", "2");
        let reserve = ("CHARTRELAY__SCHEDULING__RESERVE_MINUTES", "60");
        let settings = [SETTINGS[0], SETTINGS[1], SETTINGS[2], term, reserve];
        tokio::task::spawn_blocking(move || {
            let database = ("DATABASE_URL", url.as_str());
            Binary::serve(&folder, &[&settings[..], &[database]].concat())
        })
    };
    let leader = serve().await.unwrap();
    let (owner, link) = tokio_postgres::Config::new()
        .host_path(&socket)
        .user("postgres")
        .dbname(DATABASE)
        .connect(tokio_postgres::NoTls)
        .await
        .unwrap();
    actix_web::rt::spawn(link);
    let led = async || {
        let rows = owner.query("select holder::text, epoch from app.leaders", &[]).await.unwrap();
        rows.first().map(|row| (row.get::<_, String>(0), row.get::<_, i64>(1)))
    };
    let http = http();
    let address = Address::new(leader.address.clone());
    upload(&http, &address, &world, 0).await;
    for _ in 0..TRIES_MAX {
        if offered(&http, &address, &world).await == 1 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    let (holder, epoch) = led().await.expect("somebody leads");
    let standby = serve().await.unwrap();
    let standby_address = Address::new(standby.address.clone());
    upload(&http, &standby_address, &world, 1).await;
    for _ in 0..TRIES_MAX {
        if offered(&http, &standby_address, &world).await == 2 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(led().await, Some((holder.clone(), epoch)), "one plans for both");

    leader.kill();
    upload(&http, &standby_address, &world, 2).await;
    for _ in 0..TRIES_MAX {
        if offered(&http, &standby_address, &world).await == 3 {
            break;
        }
        tokio::time::sleep(PAUSE).await;
    }
    assert_eq!(offered(&http, &standby_address, &world).await, 3);
    let (heir, later) = led().await.unwrap();
    assert!(heir != holder && later == epoch + 1, "{heir} {later}");
    assert!(standby.stop());
    postgres.stop().unwrap();
}
