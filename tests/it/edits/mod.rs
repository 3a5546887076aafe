//! The edits through HTTP: what the desk is told while typing is what handing in goes by.

mod own;

use crate::support::{Desk, TestApp};
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

/// A coder with a chart on the desk.
pub struct AtDesk {
    pub app: TestApp,
    pub coder: Desk,
    pub path: String,
    epoch: Value,
}

impl AtDesk {
    /// A chart of this form in the application's queue, begun by a coder of its own.
    pub async fn with(app: TestApp, chart: Value) -> Self {
        let uploader = app.staff(&[Role::FacilityUploader]).await;
        uploader.client.upload(&chart, &[("note.txt", b"A note.")], "edits-upload").await.ok();
        let coder = app.vendor(&[Role::Coder]).await;
        let taken = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
        let path = format!("/api/v1/desk/{}", taken["taken"]["chart_id"].as_str().unwrap());
        let desk = coder.client.get(&path).await.ok();
        let epoch = desk["lease"]["epoch"].clone();
        coder.client.post(&format!("{path}/start"), json!({ "epoch": epoch })).await;
        Self { app, coder, path, epoch }
    }

    pub async fn check(&self, lines: &Value) -> Value {
        let path = format!("{}/check", self.path);
        let mut checked = self.coder.client.post(&path, json!({ "lines": lines })).await.ok();
        checked["findings"].take()
    }

    pub async fn submit(&self, lines: &Value, dismissals: Value) -> crate::support::Answer {
        let body = json!({ "epoch": self.epoch, "lines": lines, "note": "",
            "dismissals": dismissals });
        self.coder.client.post(&format!("{}/submit", self.path), body).await
    }
}

pub fn rules_of(findings: &Value) -> Vec<&str> {
    let findings = findings.as_array().unwrap().iter();
    findings.map(|finding| finding["rule"].as_str().unwrap()).collect()
}

fn diagnosis(role: &str, code: &str) -> Value {
    json!({ "role": role, "system": "icd10cm", "code": code })
}

#[actix_web::test]
async fn what_the_check_says_is_what_handing_in_goes_by() {
    let app = TestApp::new().await;
    let chart = app.chart_form("EDITS1");
    let desk = AtDesk::with(app, chart).await;
    let lines = json!([diagnosis("principal", "M17.10"), diagnosis("secondary", "J18")]);

    let checked = desk.check(&lines).await;
    assert_eq!(rules_of(&checked), ["laterality.unspecified", "code.leaf"]);
    let message = checked[1]["message"].as_str().unwrap();
    assert!(message.contains("J18.0 (Bronchopneumonia, unspecified organism)"), "{message}");
    assert!(checked[0]["excuses"][0].as_str().unwrap().contains("side"), "{checked}");

    let refused = desk.submit(&lines, json!([])).await.refused(422);
    assert_eq!(refused["findings"], checked, "the same function");
    let obstacles: Vec<&str> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["name"].as_str().unwrap())
        .collect();
    assert_eq!(obstacles, ["lines.0.code", "lines.1.code"]);
}

#[actix_web::test]
async fn a_warning_with_a_reason_stands_in_nobodys_way_and_an_error_does() {
    let app = TestApp::new().await;
    let chart = app.chart_form("EDITS2");
    let desk = AtDesk::with(app, chart).await;
    let because = json!([
        { "rule": "laterality.unspecified", "line": 0, "reason": "The side is not documented." },
        { "rule": "code.leaf", "line": 1, "reason": "I want it so." },
    ]);
    let with_heading = json!([diagnosis("principal", "M17.10"), diagnosis("secondary", "J18")]);
    let refused = desk.submit(&with_heading, because.clone()).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "lines.1.code", "an error takes no reason");
    assert_eq!(refused["fields"].as_array().unwrap().len(), 1);
    let mended = json!([diagnosis("principal", "M17.10"), diagnosis("secondary", "J18.9")]);
    desk.submit(&mended, because).await.ok();
}

#[actix_web::test]
async fn a_facility_that_reports_no_presence_on_admission_is_not_asked_for_it() {
    let mut app = TestApp::new().await;
    app.queue = app.new_queue("Stays", WorkType::Inpatient, |_| ()).await;
    let mut chart = app.chart_form("EDITS3");
    chart["discharge_date"] = json!("2026-03-03");
    let desk = AtDesk::with(app, chart).await;
    let operator = desk.app.vendor(&[Role::Operator]).await;
    let set = async |asked: bool| {
        let path = format!("/api/v1/facilities/{}/reporting", desk.app.facility);
        let terms = json!({ "asked": asked, "exempt": "either" });
        operator.client.put(&path, terms).await.ok();
    };
    let lines = json!([diagnosis("principal", "I21.4")]);
    assert!(rules_of(&desk.check(&lines).await).contains(&"poa.required"));
    set(false).await;
    assert!(!rules_of(&desk.check(&lines).await).contains(&"poa.required"));
    set(true).await;
    assert!(rules_of(&desk.check(&lines).await).contains(&"poa.required"));
}
