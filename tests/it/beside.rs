//! What stands beside a chart on the desk: the facility's guidelines, which must be read, and what was coded
//! of the patient before, which only some queues show.

use crate::support::{Client, Desk, TestApp};
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

async fn take(client: &Client) -> Option<String> {
    let answer = client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    answer["taken"]["chart_id"].as_str().map(str::to_owned)
}

async fn submit(client: &Client, chart: &str, code: &str) -> crate::support::Answer {
    let path = format!("/api/v1/desk/{chart}");
    let desk = client.get(&path).await.ok();
    let lines = json!([
        { "role": "principal", "system": "icd10cm", "code": code },
        { "role": "procedure", "system": "cpt", "code": "99213", "pointers": [1] },
    ]);
    let coding = json!({ "epoch": desk["lease"]["epoch"], "lines": lines });
    client.post(&format!("{path}/submit"), coding).await
}

fn field(refused: &Value) -> &str {
    refused["fields"][0]["name"].as_str().unwrap()
}

#[actix_web::test]
async fn a_guideline_is_beside_the_chart_and_each_new_version_is_read_before_handing_in() {
    let app = TestApp::new().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let manager = app.vendor(&[Role::AccountManager]).await.client;
    let coder = app.vendor(&[Role::Coder]).await.client;
    let all = json!({ "version": 0, "text": "# Tobacco\n\nCode smoking.\n\n<script>x</script>" });
    admin.post("/api/v1/guidelines", all).await.ok();
    let path = format!("/api/v1/facilities/{}/guidelines", app.facility);
    let of_queue = json!({ "version": 0, "queue_id": app.queue, "text": "Level 4 needs two." });
    manager.post(&path, of_queue.clone()).await.ok();
    manager.post(&path, of_queue).await.refused(409);

    let chart = app.upload(&admin, "G-1", "Visit for essential hypertension, controlled.").await;
    assert_eq!(take(&coder).await.as_deref(), Some(&*chart));
    let beside = format!("/api/v1/desk/{chart}/guidelines");
    let shown = coder.get(&beside).await.ok();
    let titles: Vec<&str> =
        shown.as_array().unwrap().iter().map(|one| one["title"].as_str().unwrap()).collect();
    assert!(titles.contains(&"Every queue") && titles.contains(&"Outpatient"), "{shown}");
    let html: String =
        shown.as_array().unwrap().iter().map(|one| one["html"].as_str().unwrap()).collect();
    assert!(html.contains("<h3>Tobacco</h3>") && !html.contains("<script"), "{html}");

    assert_eq!(field(&submit(&coder, &chart, "I10").await.refused(422)), "guidelines");
    let ids: Vec<&Value> = shown.as_array().unwrap().iter().map(|one| &one["id"]).collect();
    coder.post(&beside, json!({ "ids": ids })).await.ok();

    // A second version while the chart is open: what changed is told, and the old one is not enough.
    let next = json!({ "version": 1, "queue_id": app.queue, "text": "Level 4 needs three." });
    manager.post(&path, next).await.ok();
    assert_eq!(field(&submit(&coder, &chart, "I10").await.refused(422)), "guidelines");
    let again = coder.get(&beside).await.ok();
    let changed = again.as_array().unwrap().iter().find(|one| one["version"] == 2).unwrap();
    assert_eq!(changed["changes"][0], json!({ "added": false, "text": "Level 4 needs two." }));
    assert_eq!(changed["changes"][1], json!({ "added": true, "text": "Level 4 needs three." }));
    coder.post(&beside, json!({ "ids": ids })).await.refused(409);
    coder.post(&beside, json!({ "ids": [changed["id"]] })).await.ok();
    submit(&coder, &chart, "I10").await.ok();

    // Whoever leads sees who has read it; the facility reads its text; a neighbour neither.
    let lead = app.vendor(&[Role::TeamLead, Role::Coder]).await.client;
    let standing = lead.get(&path).await.ok();
    let of_queue = standing.as_array().unwrap().iter().find(|one| one["version"] == 2).unwrap();
    assert_eq!(of_queue["read"].as_array().unwrap().len(), 1, "{standing}");
    assert_eq!(of_queue["unread"].as_array().unwrap().len(), 1, "{standing}");
    let page = lead.get(&format!("/facilities/{}/guidelines", app.facility)).await.text();
    assert!(page.contains("Read by 1 of 2 coders"), "{page}");
    assert!(admin.get("/guidelines").await.text().contains("Publish version 3"));
    let there = app.neighbour().await;
    let neighbour = there.staff(&[Role::FacilityAdmin]).await.client;
    assert_eq!(neighbour.get("/api/v1/guidelines").await.ok(), json!([]));
    let foreign = json!({ "version": 0, "queue_id": app.queue, "text": "x" });
    neighbour.post("/api/v1/guidelines", foreign).await.refused(404);
}

#[actix_web::test]
async fn a_guideline_that_is_withdrawn_asks_nothing_any_more() {
    let app = TestApp::new().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let coder = app.vendor(&[Role::Coder]).await.client;
    let long = json!({ "version": 0, "text": "x".repeat(40_001) });
    admin.post("/api/v1/guidelines", long).await.refused(422);
    admin.post("/api/v1/guidelines", json!({ "version": 0, "text": "Code smoking." })).await.ok();
    admin.post("/api/v1/guidelines", json!({ "version": 1, "text": "" })).await.ok();
    let chart = app.upload(&admin, "G-2", "Visit for hypertension.").await;
    take(&coder).await.unwrap();
    assert_eq!(coder.get(&format!("/api/v1/desk/{chart}/guidelines")).await.ok(), json!([]));
    submit(&coder, &chart, "I10").await.ok();
}

/// A facility with a queue that shows what was coded before, or does not.
struct Clinic {
    app: TestApp,
    admin: Desk,
    coder: Desk,
    /// One alone: the plan offers a review to whoever is there.
    reviewer: Desk,
}

impl Clinic {
    async fn of(app: TestApp, coder: Option<Desk>) -> Self {
        let admin = app.staff(&[Role::FacilityAdmin]).await;
        let coder = match coder {
            Some(coder) => coder,
            None => app.vendor(&[Role::Coder]).await,
        };
        let reviewer = app.vendor(&[Role::Reviewer]).await;
        Self { app, admin, coder, reviewer }
    }

    /// A chart of a patient, on the coder's desk.
    async fn begun(&self, account: &str, mrn: &str, queue: impl serde::Serialize) -> String {
        let mut chart = self.app.chart_form(account);
        chart["mrn"] = json!(mrn);
        chart["queue_id"] = json!(queue);
        let text = format!("Visit {account} of a patient with many conditions.");
        let documents: [(&str, &[u8]); 1] = [("n.txt", text.as_bytes())];
        let key = format!("history-{account}");
        let answer = self.admin.client.upload(&chart, &documents, &key).await.ok();
        assert_eq!(answer["state"], "ready", "{answer}");
        let id = answer["id"].as_str().unwrap().to_owned();
        assert_eq!(take(&self.coder.client).await.as_deref(), Some(&*id));
        id
    }

    /// Coded, and back at the facility.
    async fn returned(&self, account: &str, mrn: &str, code: &str) -> String {
        let unreviewed = self
            .app
            .new_queue(&format!("Q {account}"), WorkType::Outpatient, |terms| {
                terms.sampling_percent = 0;
            })
            .await;
        let chart = self.begun(account, mrn, unreviewed).await;
        submit(&self.coder.client, &chart, code).await.ok();
        self.app.run_jobs().await;
        let state = self.admin.client.get(&format!("/api/v1/charts/{chart}")).await.ok();
        if state["state"] != "returned" {
            self.accept(&chart).await;
        }
        chart
    }

    /// A new coder's first charts are all reviewed.
    async fn accept(&self, chart: &str) {
        let reviewer = &self.reviewer.client;
        let taken = reviewer.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
        assert_eq!(taken["taken"]["chart_id"], chart, "{taken}");
        let path = format!("/api/v1/reviews/{chart}");
        let review = reviewer.get(&path).await.ok();
        let decision = json!({ "epoch": review["lease"]["epoch"], "outcome": "accepted",
            "lines": review["coding"]["lines"], "findings": [], "note": "" });
        reviewer.post(&format!("{path}/decide"), decision).await.ok();
        self.app.run_jobs().await;
        let view = self.admin.client.get(&format!("/api/v1/charts/{chart}")).await.ok();
        assert_eq!(view["state"], "returned", "{view}");
    }

    async fn history(&self, chart: &str) -> Value {
        self.coder.client.get(&format!("/api/v1/desk/{chart}/history")).await.ok()
    }
}

#[actix_web::test]
async fn earlier_codings_of_the_same_patient_here_are_shown_while_the_chart_is_held_and_written_down()
 {
    let here = Clinic::of(TestApp::own_database().await, None).await;
    let earlier = here.returned("P-1", "777", "E11.9").await;
    here.returned("P-2", "778", "J45.909").await;
    // The same number at another facility is another patient; the coder works there, too.
    let coder = here.app.vendor(&[Role::Coder]).await;
    let there = Clinic::of(here.app.neighbour().await, Some(coder)).await;
    facilities::allow(&here.app.services, &here.app.system(), there.app.facility, there.coder.id)
        .await
        .unwrap();
    there.returned("P-3", "777", "I50.9").await;

    let shows =
        here.app.new_queue("Shows", WorkType::Outpatient, |terms| terms.shows_history = true).await;
    let chart = here.begun("P-4", " 7-77 ", shows).await;
    let page = here.coder.client.get(&format!("/desk/{chart}")).await.text();
    assert!(page.contains("data-do=\"history\""));
    let history = here.history(&chart).await;
    let codings = history["codings"].as_array().unwrap();
    assert_eq!(codings.len(), 1, "{history}");
    assert_eq!(codings[0]["chart_id"], *earlier);
    assert_eq!(codings[0]["lines"][0]["written"], "E11.9");
    assert!(codings[0]["lines"][0]["description"].as_str().unwrap().contains("diabetes"));
    let text = history.to_string();
    assert!(!text.contains("Example") && !text.contains("P-1"), "no patient, no document: {text}");
    let auditor = here.app.vendor(&[Role::Auditor]).await.client;
    let trail = format!("/api/v1/audit?facility={}", here.app.facility);
    assert!(auditor.get(&trail).await.text().contains("history.read"));

    // With the lease ends the sight.
    let desk = here.coder.client.get(&format!("/api/v1/desk/{chart}")).await.ok();
    let release = json!({ "epoch": desk["lease"]["epoch"], "reason": "shift_end" });
    here.coder.client.post(&format!("/api/v1/desk/{chart}/release"), release).await.ok();
    let path = format!("/api/v1/desk/{chart}/history");
    here.coder.client.get(&path).await.refused(409);
    there.coder.client.get(&path).await.refused(404);
}

#[actix_web::test]
async fn a_queue_whose_terms_do_not_say_so_shows_nothing() {
    let clinic = Clinic::of(TestApp::own_database().await, None).await;
    clinic.returned("P-5", "900", "E11.9").await;
    let chart = clinic.begun("P-6", "900", clinic.app.queue).await;
    assert_eq!(clinic.history(&chart).await, json!({ "shown": false, "codings": [] }));
    let page = clinic.coder.client.get(&format!("/desk/{chart}")).await.text();
    assert!(!page.contains("data-do=\"history\""));
    let desk = crate::support::cluster().await;
    let client = desk.connect(base::private_postgres::DATABASE, "chartrelay_desk").await;
    let sql = format!("select app.patient_history('{}', '{chart}')", clinic.app.facility);
    assert!(client.batch_execute(&sql).await.is_err(), "without a scope");
}
