//! The application in the test's process, with a facility and people of its own and a clock that
//! stands still.

use super::client::{Answer, Client, Door};
use super::cluster::cluster;
use actix_web::dev::Service;
use actix_web::test;
use base::Services;
use base::clock::Clock;
use base::db::VendorScope;
use base::jobs::{Ran, Runner};
use base::private_postgres::DATABASE;
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::words::WorkType;
use serde_json::{Value, json};
use std::rc::Rc;
use std::sync::Arc;

/// Jobs are run in rounds; a test that needs more has a loop in it.
const JOB_ROUNDS_MAX: u32 = 200;

/// One facility's world.
pub struct TestApp {
    pub services: Arc<Services>,
    pub runner: Runner,
    pub door: Door,
    pub facility: FacilityId,
    pub queue: QueueId,
}

/// Somebody with their id and their browser.
pub struct Desk {
    pub id: PersonId,
    pub client: Client,
}

impl TestApp {
    /// A fresh facility in the run's shared database, with one outpatient queue.
    pub async fn new() -> Self {
        Self::on(DATABASE).await
    }

    /// A database of its own, for tests that look across tenants.
    pub async fn own_database() -> Self {
        let name = cluster().await.fresh_database().await;
        Self::on(&name).await
    }

    /// With a clock that runs, for browsers, which have a clock of their own; and in a database of its
    /// own, because the plan that another test makes would give its people charts in the meantime.
    pub async fn in_real_time_alone() -> Self {
        let name = cluster().await.fresh_database().await;
        Self::at(&name, Clock::System).await
    }

    async fn on(database: &str) -> Self {
        let clock = Clock::standing_at("2026-03-03T15:00:00Z".parse().unwrap());
        Self::at(database, clock).await
    }

    async fn at(database: &str, clock: Clock) -> Self {
        // What the product logs stands in the output of a test that fails.
        let log = tracing_subscriber::fmt().with_max_level(tracing::Level::WARN).with_test_writer();
        drop(log.try_init());
        let services = cluster().await.services(database, clock).await;
        let door = door(&services).await;
        let runner = Runner::new(Arc::clone(&services), chartrelay::app::jobs());
        let scope = services.authority.system();
        let facility = new_facility(&services, &scope).await;
        let mut app = Self { services, runner, door, facility, queue: QueueId::new() };
        app.queue = app.new_queue("Outpatient", WorkType::Outpatient, |_| ()).await;
        app
    }

    /// Another facility in the same database.
    pub async fn neighbour(&self) -> Self {
        let services = Arc::clone(&self.services);
        let runner = Runner::new(Arc::clone(&services), chartrelay::app::jobs());
        let facility = new_facility(&services, &self.system()).await;
        let door = Rc::clone(&self.door);
        let mut app = Self { services, runner, door, facility, queue: QueueId::new() };
        app.queue = app.new_queue("Outpatient", WorkType::Outpatient, |_| ()).await;
        app
    }

    pub fn system(&self) -> VendorScope {
        self.services.authority.system()
    }

    /// A further queue of this facility.
    pub async fn new_queue(
        &self,
        name: &str,
        work_type: WorkType,
        terms: impl FnOnce(&mut facilities::NewQueue),
    ) -> QueueId {
        let mut queue = facilities::NewQueue::of(name, work_type);
        terms(&mut queue);
        facilities::create_queue(&self.services, &self.system(), self.facility, queue)
            .await
            .unwrap()
    }

    /// One of the vendor's people: allow-listed here, attested in India, on shift all week.
    pub async fn vendor(&self, roles: &[Role]) -> Desk {
        let id = self.vendor_person(roles, "IN").await;
        let client = Client::signed_in(&self.door, &self.services, id).await;
        Desk { id, client }
    }

    pub async fn vendor_person(&self, roles: &[Role], country: &str) -> PersonId {
        let person = people::NewPerson {
            country: Some(country.to_owned()),
            attested_until: Some("2030-01-01".parse().unwrap()),
            wip_limit: 50,
            ..person(roles, None)
        };
        let (services, scope) = (&self.services, self.system());
        let id = people::create(services, &scope, person).await.unwrap();
        let all_week: Vec<ShiftInterval> =
            (0..7).map(|day| ShiftInterval::new(day, 0, 1440).unwrap()).collect();
        people::set_shifts(services, &scope, id, &all_week).await.unwrap();
        facilities::allow(services, &scope, self.facility, id).await.unwrap();
        id
    }

    /// Someone of this facility.
    pub async fn staff(&self, roles: &[Role]) -> Desk {
        let person = person(roles, Some(self.facility));
        let id = people::create(&self.services, &self.system(), person).await.unwrap();
        let client = Client::signed_in(&self.door, &self.services, id).await;
        Desk { id, client }
    }

    /// Does the promised work until none is due.
    pub async fn run_jobs(&self) -> Ran {
        let ran = self.runner.run_until_idle(JOB_ROUNDS_MAX).await.unwrap();
        assert_eq!(ran.failed, 0, "a job failed");
        ran
    }

    /// Hands in one chart as `uploader` and gives its id.
    pub async fn upload(&self, uploader: &Client, account: &str, note: &str) -> String {
        let chart = self.chart_form(account);
        let key = format!("upload-{account}");
        let answer = uploader.upload(&chart, &[("note.txt", note.as_bytes())], &key).await.ok();
        answer["id"].as_str().unwrap().to_owned()
    }

    pub fn chart_form(&self, account: &str) -> Value {
        json!({
            "queue_id": self.queue, "account_number": account, "mrn": format!("M{account}"),
            "patient_name": "Example, Pat", "birth_date": "1970-05-17", "sex": "F",
            "service_date": "2026-03-02",
        })
    }

    pub fn advance_minutes(&self, minutes: i64) {
        self.services.clock().advance_seconds(minutes * 60);
    }
}

fn person(roles: &[Role], home: Option<FacilityId>) -> people::NewPerson {
    let id = uuid::Uuid::now_v7();
    people::NewPerson {
        email: format!("{id}@example.com"),
        name: format!("Test {}", roles.first().map_or("person", |role| role.label())),
        home,
        roles: roles.to_vec(),
        time_zone: "Asia/Kolkata".to_owned(),
        ..people::NewPerson::default()
    }
}

async fn new_facility(services: &Services, scope: &VendorScope) -> FacilityId {
    let id = uuid::Uuid::now_v7().simple().to_string().to_uppercase();
    let new = facilities::NewFacility {
        name: format!("Facility {id}"),
        code: format!("F{}", id.chars().skip(22).collect::<String>()),
        time_zone: "America/New_York".to_owned(),
        ..facilities::NewFacility::default()
    };
    facilities::create(services, scope, new).await.unwrap()
}

/// Somebody at the application of other services than the run's.
pub async fn client_of(services: &Arc<Services>, person: PersonId) -> (Door, Client) {
    let door = door(services).await;
    let client = Client::signed_in(&door, services, person).await;
    (door, client)
}

async fn door(services: &Arc<Services>) -> Door {
    let app = Rc::new(test::init_service(chartrelay::application!(services)).await);
    Rc::new(move |request| {
        let app = Rc::clone(&app);
        Box::pin(async move {
            match app.call(request.to_request()).await {
                Ok(response) => Answer::of(response).await,
                Err(error) => panic!("the application failed: {error}"),
            }
        })
    })
}
