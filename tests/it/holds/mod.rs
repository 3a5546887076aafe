//! Charts that can't go on: holds and what ends them, documents that are wrong, late or unreadable, and
//! coders who should not go on.

mod documents;
mod given_back;

use crate::support::{Client, Desk, TestApp};
use rules::access::Role;
use rules::ids::PersonId;
use serde_json::{Value, json};

const NOTE: &str = "Colonoscopy with polypectomy of the sigmoid colon. Specimen sent to pathology.";

/// A facility with somebody who uploads and somebody who codes.
struct World {
    app: TestApp,
    admin: Client,
    admin_id: PersonId,
    coder: Desk,
}

impl World {
    async fn of(app: TestApp) -> Self {
        let Desk { client: admin, id: admin_id } = app.staff(&[Role::FacilityAdmin]).await;
        let coder = app.vendor(&[Role::Coder]).await;
        Self { app, admin, admin_id, coder }
    }

    /// Time passes; whoever did not click meanwhile signs in again.
    async fn pass_minutes(&mut self, minutes: i64) {
        self.app.advance_minutes(minutes);
        let (door, services) = (&self.app.door, &self.app.services);
        self.admin = Client::signed_in(door, services, self.admin_id).await;
        self.coder.client = Client::signed_in(door, services, self.coder.id).await;
    }

    async fn new() -> Self {
        Self::of(TestApp::new().await).await
    }

    /// With a database of its own, so that nobody else does its promised work.
    async fn alone() -> Self {
        Self::of(TestApp::own_database().await).await
    }

    /// A chart on the coder's desk.
    async fn begun(&self, account: &str) -> Begun {
        let note = format!("{NOTE} {account}");
        let id = self.app.upload(&self.admin, account, &note).await;
        assert_eq!(take(&self.coder.client).await.as_deref(), Some(&*id));
        self.opened(id).await
    }

    /// Whatever comes next, on the coder's desk.
    async fn begun_next(&self) -> Begun {
        self.opened(take(&self.coder.client).await.unwrap()).await
    }

    async fn opened(&self, id: String) -> Begun {
        let path = format!("/api/v1/desk/{id}");
        let desk = self.coder.client.get(&path).await.ok();
        Begun { epoch: desk["lease"]["epoch"].clone(), desk, path, id }
    }

    async fn hold(&self, chart: &Begun, holds: Value) -> Value {
        let body = json!({ "epoch": chart.epoch, "holds": holds });
        self.coder.client.post(&format!("{}/hold", chart.path), body).await.ok()
    }

    async fn view(&self, chart: &Begun) -> Value {
        self.admin.get(&format!("/api/v1/charts/{}", chart.id)).await.ok()
    }

    /// The facility's answer to the hold with this reason.
    async fn answer(&self, chart: &Begun, reason: &str, note: &str) -> Value {
        let view = self.view(chart).await;
        let hold = id_of(&view["holds"], reason);
        let path = format!("/api/v1/charts/{}/holds/{hold}/lift", chart.id);
        self.admin.post(&path, json!({ "note": note })).await.ok()
    }
}

struct Begun {
    id: String,
    path: String,
    epoch: Value,
    desk: Value,
}

async fn take(client: &Client) -> Option<String> {
    let answer = client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    answer["taken"]["chart_id"].as_str().map(str::to_owned)
}

fn id_of(holds: &Value, reason: &str) -> String {
    let found = holds.as_array().unwrap().iter().find(|hold| hold["reason"] == reason);
    found.unwrap_or_else(|| panic!("{reason} in {holds}"))["id"].as_str().unwrap().to_owned()
}

fn pathology() -> Value {
    json!({ "reason": "pending_pathology", "note": "CANARY the polyp's result" })
}

fn advice() -> Value {
    json!({ "reason": "coding_advice", "note": "CANARY two polyps or one?" })
}

#[actix_web::test]
async fn several_holds_are_settled_each_by_whom_it_concerns_and_the_chart_returns_to_its_coder() {
    let world = World::new().await;
    let chart = world.begun("H-1").await;
    let lines = json!([{ "role": "principal", "system": "icd10cm", "code": "K63.5" }]);
    let draft = json!({ "epoch": chart.epoch, "revision": 0, "draft": { "lines": lines } });
    world.coder.client.put(&format!("{}/draft", chart.path), draft).await.ok();
    let held = world.hold(&chart, json!([pathology(), advice()])).await;
    assert_eq!(held["state"], "on_hold");

    // The facility sees what is its own, with the note; the rest is not its business.
    let view = world.view(&chart).await;
    assert_eq!(view["holds"].as_array().unwrap().len(), 1, "{view}");
    assert_eq!(view["holds"][0]["reason"], "pending_pathology");
    assert!(view["notes"].to_string().contains("the polyp's result"));
    assert!(!view["notes"].to_string().contains("two polyps"));
    let missing = world.admin.get("/api/v1/missing").await.ok();
    assert_eq!((missing["holds"].as_u64(), missing["disclosures"].as_u64()), (Some(1), Some(0)));
    assert_eq!(missing["items"][0]["account_number"], "H-1");

    // A lead sees both and no word about the patient.
    let lead = world.app.vendor(&[Role::TeamLead]).await.client;
    let listed = lead.get("/api/v1/holds").await.ok();
    let text = listed.to_string() + &lead.get("/holds").await.text();
    assert!(!text.contains("CANARY") && !text.contains("H-1"), "{text}");
    let advice = id_of(&listed, "coding_advice");
    let path = format!("/api/v1/charts/{}/holds", chart.id);
    let pathology = id_of(&listed, "pending_pathology");
    let words = json!({ "note": "One polyp: the report names one." });
    lead.post(&format!("{path}/{pathology}/release"), words.clone()).await.refused(403);
    let eased = lead.post(&format!("{path}/{advice}/release"), words).await.ok();
    assert_eq!(eased["state"], "on_hold", "the other reason still holds");

    let done = world.answer(&chart, "pending_pathology", "Tubular adenoma.").await;
    assert_eq!(done["state"], "ready");
    let other = world.app.vendor(&[Role::Coder]).await.client;
    assert_eq!(take(&other).await, None, "it waits for whoever had it");
    assert_eq!(take(&world.coder.client).await.as_deref(), Some(&*chart.id));
    let again = world.opened(chart.id.clone()).await;
    assert_eq!(again.desk["draft"]["draft"]["lines"][0]["code"], "K63.5");
    let notes = again.desk["notes"].to_string();
    assert!(notes.contains("Tubular adenoma.") && notes.contains("One polyp"), "{notes}");
}

#[actix_web::test]
async fn the_clock_stands_while_any_hold_stops_it_and_runs_on_with_the_last_of_those() {
    let mut world = World::new().await;
    let chart = world.begun("H-2").await;
    let due = |standing: &Value| standing["due_at"].as_str().unwrap().to_owned();
    assert_eq!(due(&world.view(&chart).await), "2026-03-04T15:00:00Z");
    let charges = json!({ "reason": "waiting_for_charges", "note": "charges" });
    world.hold(&chart, json!([advice(), pathology(), charges])).await;
    world.pass_minutes(60).await;
    let one = world.answer(&chart, "waiting_for_charges", "entered").await;
    assert_eq!(due(&one), "2026-03-04T15:00:00Z", "it still stands");
    world.pass_minutes(30).await;
    let both = world.answer(&chart, "pending_pathology", "benign").await;
    assert_eq!(both["state"], "on_hold");
    assert_eq!(due(&both), "2026-03-04T16:30:00Z", "ninety minutes were not ours");
    world.pass_minutes(45).await;
    let lead = world.app.vendor(&[Role::QaLead]).await.client;
    let listed = lead.get("/api/v1/holds").await.ok();
    let hold = id_of(&listed, "coding_advice");
    let path = format!("/api/v1/charts/{}/holds/{hold}/release", chart.id);
    let done = lead.post(&path, json!({ "note": "as usual" })).await.ok();
    assert_eq!(
        (done["state"].as_str(), due(&done).as_str()),
        (Some("ready"), "2026-03-04T16:30:00Z")
    );
    lead.post(&path, json!({ "note": "once more" })).await.refused(404);
}

#[actix_web::test]
async fn a_hold_ends_on_its_day_once_and_late_is_fine() {
    let mut world = World::alone().await;
    let until = |account: &'static str| {
        json!([{ "reason": "series_account", "until": "2026-03-05",
        "note": format!("the series of {account} ends") }])
    };
    let one = world.begun("H-3").await;
    world.hold(&one, until("H-3")).await;
    let other = world.begun("H-4").await;
    world.hold(&other, until("H-4")).await;
    world.answer(&other, "series_account", "It ended early.").await;

    // The fifth begins at five o'clock UTC in New York.
    world.pass_minutes(37 * 60 + 30).await;
    world.app.run_jobs().await;
    assert_eq!(world.view(&one).await["state"], "on_hold", "half past four is too early");
    world.pass_minutes(60).await;
    world.app.run_jobs().await;
    let lifted = async |chart: &Begun| {
        let path = format!("/api/v1/charts/{}/timeline", chart.id);
        let timeline = world.admin.get(&path).await.ok();
        let lifts = timeline.as_array().unwrap().iter().filter(|one| one["action"] == "lift_hold");
        let told = lifts.map(|one| format!("{} by {}", one["reason"], one["by"]));
        told.collect::<Vec<_>>().join(", ").replace('"', "")
    };
    assert_eq!(lifted(&one).await, "date by system");
    assert_eq!(lifted(&other).await, "answered by facility", "what was answered before stays so");
}

#[actix_web::test]
async fn what_a_reason_does_not_allow_is_told_field_by_field() {
    let world = World::new().await;
    let chart = world.begun("H-5").await;
    let refused = async |holds: Value| {
        let body = json!({ "epoch": chart.epoch, "holds": holds });
        let answer = world.coder.client.post(&format!("{}/hold", chart.path), body).await;
        answer.refused(422)["fields"][0]["name"].as_str().unwrap().to_owned()
    };
    assert_eq!(refused(json!([])).await, "holds");
    assert_eq!(
        refused(json!([{ "reason": "admission_details", "note": " " }])).await,
        "holds.0.note"
    );
    let dated = json!({ "reason": "admission_details", "note": "x", "until": "2026-03-05" });
    assert_eq!(refused(json!([advice(), dated])).await, "holds.1.until");
    let past = json!({ "reason": "pending_imaging", "note": "x", "until": "2026-03-03" });
    assert_eq!(refused(json!([past])).await, "holds.0.until");
    let awaits = json!({ "reason": "coding_advice", "note": "x", "awaits": "any" });
    assert_eq!(refused(json!([awaits])).await, "holds.0.until");
    let unmarked = json!({ "reason": "wrong_patient", "note": "x" });
    assert_eq!(refused(json!([unmarked])).await, "holds.0.reason");
    let six: Vec<Value> = (0..6).map(|_| advice()).collect();
    assert_eq!(refused(json!(six)).await, "holds");
    assert_eq!(world.view(&chart).await["state"], "in_progress");
}

#[actix_web::test]
async fn a_lead_holds_what_is_in_work_and_adds_to_what_is_held() {
    let world = World::new().await;
    let chart = world.begun("H-6").await;
    let lead = world.app.vendor(&[Role::TeamLead]).await.client;
    let path = format!("/api/v1/charts/{}/holds", chart.id);
    let audit = json!({ "holds": [{ "reason": "coding_audit", "note": "a spot check" }] });
    assert_eq!(lead.post(&path, audit).await.ok()["state"], "on_hold");
    world.coder.client.get(&chart.path).await.refused(409);
    let charges =
        json!({ "holds": [{ "reason": "waiting_for_charges", "note": "two are missing" }] });
    assert_eq!(lead.post(&path, charges).await.ok()["state"], "on_hold");
    assert!(world.view(&chart).await["notes"].to_string().contains("two are missing"));
    world.answer(&chart, "waiting_for_charges", "entered").await;
    let hold = id_of(&lead.get("/api/v1/holds").await.ok(), "coding_audit");
    let done = lead.post(&format!("{path}/{hold}/release"), json!({ "note": "fine" })).await.ok();
    assert_eq!(done["state"], "ready");
    assert_eq!(
        take(&world.coder.client).await.as_deref(),
        Some(&*chart.id),
        "to whom it was taken from"
    );
    // A lead of another facility's work has no say here.
    let elsewhere = world.app.neighbour().await.vendor(&[Role::TeamLead]).await.client;
    let foreign = json!({ "holds": [{ "reason": "coding_audit", "note": "x" }] });
    elsewhere.post(&path, foreign).await.refused(404);
    assert!(!elsewhere.get("/api/v1/holds").await.text().contains(&chart.id));
}

#[actix_web::test]
async fn a_withdrawn_chart_has_no_open_hold() {
    let world = World::new().await;
    let chart = world.begun("H-7").await;
    world.hold(&chart, json!([pathology(), advice()])).await;
    world.admin.post(&format!("/api/v1/charts/{}/void", chart.id), json!({})).await.ok();
    assert_eq!(world.admin.get("/api/v1/missing").await.ok()["holds"], 0);
    let work = world.coder.client.get("/api/v1/work").await.ok();
    assert_eq!(work["holds"].as_array().unwrap().len(), 0, "{work}");
}
