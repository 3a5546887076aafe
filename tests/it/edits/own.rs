//! A facility's own rules: written without code, tried out over past charts, switched on, and then said by
//! the same edits as all others.

use super::{AtDesk, rules_of};
use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::{Value, json};

/// "99213 of an adult has modifier 25."
fn rule(severity: &str) -> Value {
    json!({
        "name": "25 on 99213", "severity": severity, "message": "Add 25, or say why not.",
        "about": { "kind": "procedure", "tests": [
            { "field": "code", "is": "among", "value": "99211-99213" },
            { "field": "modifiers", "is": "not_among", "value": "25" },
        ] },
        "when": [{ "of": "coding", "field": "age", "is": "at_least", "value": "18" }],
    })
}

fn lines(visit: &str, modifiers: &[&str]) -> Value {
    json!([
        { "role": "principal", "system": "icd10cm", "code": "I10" },
        { "role": "procedure", "system": "cpt", "code": visit, "modifiers": modifiers,
          "pointers": [1] },
    ])
}

async fn coded(
    app: &TestApp,
    admin: &Client,
    coder: &Client,
    account: &str,
    visit: &str,
) -> String {
    let chart = app.upload(admin, account, &format!("Visit {account} for hypertension.")).await;
    let taken = coder.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    assert_eq!(taken["taken"]["chart_id"], *chart);
    let path = format!("/api/v1/desk/{chart}");
    let epoch = coder.get(&path).await.ok()["lease"]["epoch"].clone();
    let coding = json!({ "epoch": epoch, "lines": lines(visit, &[]) });
    coder.post(&format!("{path}/submit"), coding).await.ok();
    chart
}

fn own(findings: &Value) -> Vec<(&str, &str)> {
    let all = findings.as_array().unwrap().iter();
    let own = all.filter(|one| one["rule"].as_str().unwrap().starts_with("own."));
    own.map(|one| (one["rule"].as_str().unwrap(), one["field"].as_str().unwrap())).collect()
}

#[actix_web::test]
async fn a_rule_is_tried_over_past_charts_before_coders_meet_it() {
    // Another test's runner would do the trial in its own time.
    let app = TestApp::own_database().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let past = app.vendor(&[Role::Coder]).await.client;
    let met = coded(&app, &admin, &past, "OWN-1", "99213").await;
    coded(&app, &admin, &past, "OWN-2", "99214").await;

    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let path = format!("/api/v1/facilities/{}/rules", app.facility);
    let new = json!({ "version": 0, "queue_id": app.queue, "rule": rule("warning") });
    let answer = lead.post_once(&path, new.clone(), "own-rule-1").await.ok();
    assert_eq!(lead.post_once(&path, new, "own-rule-1").await.ok(), answer, "made once");
    assert_eq!((&answer["number"], &answer["version"]), (&json!(1), &json!(1)));
    let one = format!("{path}/{}", answer["id"].as_str().unwrap());
    let switch = format!("{one}/switch");
    lead.put(&switch, json!({ "version": 1 })).await.refused(409);
    lead.put(&switch, json!({ "version": 2 })).await.refused(404);

    lead.post(&format!("{one}/trials"), json!({ "version": 1 })).await.ok();
    assert_eq!(lead.get(&one).await.ok()["trials"][0]["finished_at"], Value::Null);
    lead.put(&switch, json!({ "version": 1 })).await.refused(409);
    app.run_jobs().await;
    let tried = lead.get(&one).await.ok();
    let trial = &tried["trials"][0];
    let counts = (&trial["charts"], &trial["charts_found"], &trial["findings"], &trial["found"]);
    assert_eq!(counts, (&json!(2), &json!(1), &json!(1), &json!([met])), "{tried}");

    // Whoever codes meets it from the moment it is on, and no sooner.
    let chart = app.chart_form("OWN-3");
    let desk = AtDesk::with(app, chart).await;
    assert_eq!(own(&desk.check(&lines("99213", &[])).await), []);
    lead.put(&switch, json!({ "version": 1 })).await.ok();
    let found = desk.check(&lines("99213", &[])).await;
    assert_eq!(own(&found), [("own.1", "modifiers")]);
    let told = found.as_array().unwrap().iter().find(|one| one["rule"] == "own.1").unwrap();
    assert_eq!(told["source"], "the facility's own rule 1, version 1: 25 on 99213");
    assert_eq!(own(&desk.check(&lines("99213", &["25"])).await), []);
    let refused = desk.submit(&lines("99213", &[]), json!([])).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "lines.1.modifiers", "{refused}");

    // A new version counts only once it was tried and switched on; then this one stands in nobody's way.
    let changed = json!({ "version": 1, "rule": rule("advice") });
    lead.put(&one, changed.clone()).await.ok();
    lead.put(&one, changed).await.refused(409);
    let severity = async || {
        let found = desk.check(&lines("99213", &[])).await;
        let told = found.as_array().unwrap().iter().find(|one| one["rule"] == "own.1");
        told.map(|told| told["severity"].as_str().unwrap().to_owned())
    };
    assert_eq!(severity().await.as_deref(), Some("warning"));
    lead.put(&switch, json!({ "version": 2 })).await.refused(409);
    lead.post(&format!("{one}/trials"), json!({ "version": 2 })).await.ok();
    desk.app.run_jobs().await;
    lead.put(&switch, json!({ "version": 2 })).await.ok();
    assert_eq!(severity().await.as_deref(), Some("advice"));
    lead.put(&switch, json!({})).await.ok();
    assert_eq!(severity().await, None);

    let history = lead.get(&one).await.ok();
    let switched: Vec<&Value> =
        history["switches"].as_array().unwrap().iter().map(|one| &one["version"]).collect();
    assert_eq!(switched, [&Value::Null, &json!(2), &json!(1)]);
    assert_eq!(history["versions"].as_array().unwrap().len(), 2);
    lead.put(&switch, json!({ "version": 1 })).await.ok();
    let reason = json!([{ "rule": "own.1", "line": 1, "reason": "No other service that day." }]);
    desk.submit(&lines("99213", &[]), reason).await.ok();
}

#[actix_web::test]
async fn a_rule_is_of_its_facility_and_queue_alone() {
    let app = TestApp::new().await;
    let there = app.neighbour().await;
    let lead = app.vendor(&[Role::QaLead]).await.client;
    let foreign = there.vendor(&[Role::TeamLead]).await.client;
    let path = format!("/api/v1/facilities/{}/rules", app.facility);
    let new = json!({ "version": 0, "rule": rule("error") });
    let id = lead.post(&path, new.clone()).await.ok()["id"].as_str().unwrap().to_owned();
    let one = format!("{path}/{id}");
    foreign.get(&path).await.refused(404);
    foreign.get(&one).await.refused(404);
    foreign.post(&path, new).await.refused(404);
    foreign.put(&one, json!({ "version": 1, "rule": rule("advice") })).await.refused(404);
    foreign.put(&format!("{one}/switch"), json!({})).await.refused(404);
    foreign.post(&format!("{one}/trials"), json!({ "version": 1 })).await.refused(404);
    // Under the other facility's name it is not there, either.
    let under = format!("/api/v1/facilities/{}/rules/{id}", there.facility);
    foreign.get(&under).await.refused(404);
    let theirs = json!({ "version": 0, "queue_id": there.queue, "rule": rule("error") });
    lead.post(&path, theirs).await.refused(404);

    lead.post(&format!("{one}/trials"), json!({ "version": 1 })).await.ok();
    app.run_jobs().await;
    lead.put(&format!("{one}/switch"), json!({ "version": 1 })).await.ok();
    let (own, theirs) = (app.chart_form("OWN-4"), there.chart_form("OWN-5"));
    let here = AtDesk::with(app, own).await;
    let there = AtDesk::with(there, theirs).await;
    let visit = lines("99213", &[]);
    assert!(rules_of(&here.check(&visit).await).contains(&"own.1"));
    assert!(!rules_of(&there.check(&visit).await).contains(&"own.1"));

    let other = here.app.new_queue("Elsewhere", rules::words::WorkType::ProFeeEm, |_| ()).await;
    let moved = json!({ "version": 1, "queue_id": other, "rule": rule("error") });
    lead.put(&one, moved).await.ok();
    lead.post(&format!("{one}/trials"), json!({ "version": 2 })).await.ok();
    here.app.run_jobs().await;
    lead.put(&format!("{one}/switch"), json!({ "version": 2 })).await.ok();
    assert!(!rules_of(&here.check(&visit).await).contains(&"own.1"));
}

#[actix_web::test]
async fn what_is_entered_is_said_back_or_its_faults_are() {
    let app = TestApp::new().await;
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let said = lead.post("/api/v1/own-rules/read", rule("warning")).await.ok();
    assert_eq!(
        said["words"],
        "The coder gives a reason or changes the coding for each procedure or service \
         99211–99213 without modifier 25, when the patient's age in years is 18 or more."
    );
    let mut wrong = rule("warning");
    wrong["about"]["tests"][0]["value"] = json!("99213-99211");
    wrong["name"] = json!("");
    let said = lead.post("/api/v1/own-rules/read", wrong.clone()).await.ok();
    assert_eq!(said["words"], Value::Null);
    let path = format!("/api/v1/facilities/{}/rules", app.facility);
    let refused = lead.post(&path, json!({ "version": 0, "rule": wrong })).await.refused(422);
    assert_eq!(refused["fields"], said["fields"]);
    let names: Vec<&str> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|fault| fault["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["rule.name", "rule.about.tests.0.value"]);
    assert_eq!(lead.get(&path).await.ok(), json!([]));

    let manager = app.vendor(&[Role::AccountManager]).await.client;
    lead.post(&path, json!({ "version": 0, "rule": rule("error") })).await.ok();
    let page = manager.get(&format!("/facilities/{}/rules", app.facility)).await.text();
    assert!(page.contains("25 on 99213") && !page.contains("New rule"), "{page}");
    let form = lead.get(&format!("/facilities/{}/rules/new", app.facility)).await.text();
    assert!(form.contains("data-rule-form"), "{form}");
}
