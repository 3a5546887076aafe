//! Who gets what: never the same chart twice, leases that run out, rules that cannot be set aside.

mod board;
mod escalation;
mod forecast;
mod learning;
mod next;

use crate::support::{Client, Desk, TestApp};
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::words::AssignmentKind;
use serde_json::{Value, json};
use std::collections::BTreeSet;

async fn upload(app: &TestApp, how_many: usize) -> Vec<String> {
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let mut charts = Vec::new();
    for number in 0..how_many {
        let note = format!("Visit {number}: follow-up of essential hypertension, well controlled.");
        charts.push(app.upload(&uploader, &format!("S-{number}"), &note).await);
    }
    charts
}

async fn take(coder: &Desk) -> Option<String> {
    let answer = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    answer["taken"]["chart_id"].as_str().map(str::to_owned)
}

#[actix_web::test]
async fn two_coders_pressing_next_at_once_a_hundred_times_never_get_the_same_chart() {
    let app = TestApp::new().await;
    upload(&app, 100).await;
    let mut coders = Vec::new();
    for _ in 0..4 {
        coders.push(app.vendor_person(&[Role::Coder], "IN").await);
    }
    let (services, authority) = (&app.services, &app.services.authority);
    let mut given = BTreeSet::new();
    for turn in 0..50 {
        let pair = [coders[turn % 4], coders[(turn + 1) % 4]];
        let next = |person| {
            let scope = authority.vendor(person, false);
            async move { scheduling::next(services, &scope, person, Some(AssignmentKind::Coding)).await }
        };
        let (one, two) = tokio::join!(next(pair[0]), next(pair[1]));
        for taken in [one.unwrap(), two.unwrap()] {
            let taken = taken.expect("there is a chart for everybody");
            assert!(given.insert(taken.chart_id), "{} was given twice", taken.chart_id);
        }
    }
    assert_eq!(given.len(), 100);
}

#[actix_web::test]
async fn a_lease_that_runs_out_returns_the_chart_and_keeps_the_draft() {
    let app = TestApp::new().await;
    let charts = upload(&app, 1).await;
    let first = app.vendor(&[Role::Coder]).await;
    assert_eq!(take(&first).await.as_deref(), Some(&*charts[0]));
    let path = format!("/api/v1/desk/{}", charts[0]);
    let desk = first.client.get(&path).await.ok();
    let epoch = desk["lease"]["epoch"].clone();
    let draft = json!({ "lines": [{ "role": "principal", "system": "icd10cm", "code": "I10" }] });
    let save = json!({ "epoch": epoch, "revision": 0, "draft": draft });
    first.client.put(&format!("{path}/draft"), save).await.ok();

    app.advance_minutes(180);
    scheduling::sweep(&app.services).await.unwrap();
    let first_again = crate::support::Client::signed_in(&app.door, &app.services, first.id).await;
    let submit = json!({ "epoch": epoch, "lines": draft["lines"], "note": "", "dismissals": [] });
    first_again.post(&format!("{path}/submit"), submit).await.refused(409);

    let second = app.vendor(&[Role::Coder]).await;
    assert_eq!(take(&second).await.as_deref(), Some(&*charts[0]));
    let desk = second.client.get(&path).await.ok();
    assert_eq!(desk["draft"]["draft"]["lines"][0]["code"], "I10", "{desk}");
}

#[actix_web::test]
async fn a_chart_is_out_of_sight_the_instant_its_lease_ends() {
    let app = TestApp::new().await;
    let charts = upload(&app, 1).await;
    let coder = app.vendor(&[Role::Coder]).await;
    take(&coder).await.unwrap();
    let path = format!("/api/v1/desk/{}", charts[0]);
    let desk = coder.client.get(&path).await.ok();
    let document = desk["documents"][0]["id"].as_str().unwrap();
    let page = format!("{path}/documents/{document}");
    assert!(coder.client.get(&page).await.status.is_success());
    let release = json!({ "epoch": desk["lease"]["epoch"], "reason": "shift_end" });
    coder.client.post(&format!("{path}/release"), release).await.ok();
    let after = coder.client.get(&page).await;
    assert!([404, 409].contains(&after.status.as_u16()), "{}", after.status);
}

#[actix_web::test]
async fn an_onshore_queue_gives_nothing_to_somebody_abroad_and_says_why() {
    let app = TestApp::new().await;
    let onshore = app
        .new_queue("Onshore", rules::words::WorkType::Outpatient, |terms| terms.onshore_only = true)
        .await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let mut chart = app.chart_form("ON-1");
    chart["queue_id"] = json!(onshore);
    let answer =
        uploader.upload(&chart, &[("n.txt", b"Onshore only note.")], "onshore-1").await.ok();
    let id = answer["id"].as_str().unwrap();
    let abroad = app.vendor(&[Role::Coder]).await;
    assert_eq!(take(&abroad).await, None);

    let lead = app.vendor(&[Role::TeamLead]).await;
    let why = lead.client.get(&format!("/api/v1/charts/{id}/waiting")).await.ok();
    assert!(why["sentence"].as_str().unwrap().contains("country"), "{why}");
    let force = json!({ "person_id": abroad.id, "reason": "we are late" });
    lead.client.post(&format!("/api/v1/charts/{id}/assign"), force).await.refused(403);
}

#[actix_web::test]
async fn nobody_gets_work_off_shift_and_a_lead_may_set_that_aside_with_a_reason() {
    let app = TestApp::new().await;
    let charts = upload(&app, 1).await;
    let coder = app.vendor(&[Role::Coder]).await;
    people::set_shifts(&app.services, &app.system(), coder.id, &[]).await.unwrap();
    assert_eq!(take(&coder).await, None);
    let lead = app.vendor(&[Role::TeamLead]).await;
    let path = format!("/api/v1/charts/{}/assign", charts[0]);
    let given: Value = lead
        .client
        .post(&path, json!({ "person_id": coder.id, "reason": "agreed overtime" }))
        .await
        .ok();
    assert_eq!(given["state"], "assigned");
    assert!(given["set_aside"].as_array().unwrap().contains(&json!("on_shift")), "{given}");
}

#[actix_web::test]
async fn whoever_is_taken_off_the_allow_list_loses_what_they_hold() {
    let app = TestApp::new().await;
    let charts = upload(&app, 1).await;
    let coder = app.vendor(&[Role::Coder]).await;
    take(&coder).await.unwrap();
    facilities::disallow(&app.services, &app.system(), app.facility, coder.id).await.unwrap();
    let desk = coder.client.get(&format!("/api/v1/desk/{}", charts[0])).await;
    assert!(!desk.status.is_success(), "the view itself is refused before any sweep");
    // Another test's sweep of the shared database may have been here first.
    scheduling::sweep(&app.services).await.unwrap();
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let chart = admin.get(&format!("/api/v1/charts/{}", charts[0])).await.ok();
    assert_eq!(chart["state"], "ready");
}

#[actix_web::test]
async fn who_goes_home_in_the_middle_gives_the_chart_back_and_an_offer_for_tomorrow_stays() {
    let app = TestApp::new().await;
    let charts = upload(&app, 2).await;
    let coder = app.vendor(&[Role::Coder]).await;
    let begun = take(&coder).await.unwrap();
    let other = charts.iter().find(|chart| **chart != begun).unwrap();
    // From now on there is no shift at this hour, but one tomorrow.
    let tomorrow = ShiftInterval::new(3, 0, 600).unwrap();
    people::set_shifts(&app.services, &app.system(), coder.id, &[tomorrow]).await.unwrap();
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let given = json!({ "person_id": coder.id, "reason": "knows the patient" });
    lead.post(&format!("/api/v1/charts/{other}/assign"), given).await.ok();

    scheduling::sweep(&app.services).await.unwrap();
    let holder = async |chart: &str| {
        let why = lead.get(&format!("/api/v1/charts/{chart}/waiting")).await.ok();
        why["holder"].as_str().map(str::to_owned)
    };
    assert_eq!(holder(&begun).await, Some(coder.id.to_string()), "they may still be finishing it");
    app.advance_minutes(21);
    scheduling::sweep(&app.services).await.unwrap();
    let lead = Client::signed_in(
        &app.door,
        &app.services,
        app.vendor_person(&[Role::TeamLead], "IN").await,
    )
    .await;
    let why = lead.get(&format!("/api/v1/charts/{begun}/waiting")).await.ok();
    assert!(why["holder"].is_null());
    let why = lead.get(&format!("/api/v1/charts/{other}/waiting")).await.ok();
    assert_eq!(why["holder"], coder.id.to_string());
}

#[actix_web::test]
async fn a_review_is_offered_by_the_plan_to_somebody_who_did_not_code_the_chart() {
    let app = TestApp::own_database().await;
    upload(&app, 1).await;
    // Both may code and review; whoever codes the chart must not get its review.
    let first = app.vendor(&[Role::Coder, Role::Reviewer]).await;
    let second = app.vendor(&[Role::Coder, Role::Reviewer]).await;
    let chart = take(&first).await.unwrap();
    let path = format!("/api/v1/desk/{chart}");
    let desk = first.client.get(&path).await.ok();
    let line = json!({ "role": "principal", "system": "icd10cm", "code": "I10" });
    let submit =
        json!({ "epoch": desk["lease"]["epoch"], "lines": [line], "note": "", "dismissals": [] });
    first.client.post(&format!("{path}/submit"), submit).await.ok();
    app.run_jobs().await;
    scheduling::plan_once(&app.services).await.unwrap();
    let work = second.client.get("/api/v1/work").await.ok();
    assert_eq!(work["in_hand"][0]["kind"], "review", "{work}");
    let taken = second.client.post("/api/v1/work/next", json!({})).await.ok();
    assert_eq!(taken["taken"]["chart_id"], chart.as_str());
    let none = first.client.post("/api/v1/work/next", json!({})).await.ok();
    assert!(none["taken"].is_null());
}
