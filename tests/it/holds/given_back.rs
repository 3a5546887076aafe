//! Coders who should not go on: what they are kept from, and what others learn of it.

use super::{World, take};
use crate::support::{Client, TestApp};
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

async fn release(client: &Client, chart: &super::Begun, body: Value) -> crate::support::Answer {
    let mut body = body;
    body["epoch"] = chart.epoch.clone();
    client.post(&format!("{}/release", chart.path), body).await
}

/// A further chart of a patient by their number.
async fn of_patient(app: &TestApp, admin: &Client, account: &str, mrn: &str) -> String {
    let mut chart = app.chart_form(account);
    chart["mrn"] = json!(mrn);
    let text = format!("Visit {account}: blood pressure checked, well controlled.");
    let key = format!("patient-{account}");
    let answer = admin.upload(&chart, &[("note.txt", text.as_bytes())], &key).await.ok();
    answer["id"].as_str().unwrap().to_owned()
}

#[actix_web::test]
async fn who_knows_a_patient_gets_none_of_their_open_charts_and_only_the_code_is_told() {
    let world = World::new().await;
    let chart = world.begun("C-1").await;
    let same = of_patient(&world.app, &world.admin, "C-2", "m c-1").await;
    let theirs = of_patient(&world.app, &world.admin, "C-3", "OTHER").await;
    // Another facility has a patient with the same number: nobody else is meant.
    let neighbour = world.app.neighbour().await;
    let there = neighbour.staff(&[Role::FacilityAdmin]).await.client;
    let foreign = of_patient(&neighbour, &there, "C-4", "M C-1").await;
    facilities::allow(&world.app.services, &world.app.system(), neighbour.facility, world.coder.id)
        .await
        .unwrap();

    let given = release(&world.coder.client, &chart, json!({ "reason": "conflict_of_interest" }));
    let given = given.await.ok();
    assert_eq!(given.as_object().unwrap().len(), 2, "nothing is told of other charts: {given}");
    let mut had = Vec::new();
    while let Some(taken) = take(&world.coder.client).await {
        had.push(taken);
    }
    had.sort();
    let mut free = [theirs, foreign];
    free.sort();
    assert_eq!(had, free, "neither the chart nor the patient's other one");

    let lead = world.app.vendor(&[Role::TeamLead]).await.client;
    let counts = lead.get("/api/v1/given-back").await.ok();
    let id = world.coder.id.to_string();
    let own: Vec<&Value> =
        counts.as_array().unwrap().iter().filter(|row| row["person_id"] == id).collect();
    assert_eq!(own.len(), 1, "{counts}");
    assert_eq!(
        (own[0]["reason"].as_str(), own[0]["charts"].as_i64()),
        (Some("conflict_of_interest"), Some(1))
    );
    let force = json!({ "person_id": world.coder.id, "reason": "we are late" });
    lead.post(&format!("/api/v1/charts/{same}/assign"), force).await.refused(403);
}

#[actix_web::test]
async fn what_one_holds_of_a_patient_that_one_knows_is_taken_back() {
    let world = World::alone().await;
    let other = world.begun("C-5").await;
    let mut chart = world.app.chart_form("C-6");
    chart["mrn"] = json!("MC-5");
    let note: [(&str, &[u8]); 1] = [("n.txt", b"A second visit of the same patient.")];
    world.admin.upload(&chart, &note, "second-visit").await.ok();
    let second = take(&world.coder.client).await.unwrap();
    let second = world.opened(second).await;
    let reason = json!({ "reason": "conflict_of_interest" });
    release(&world.coder.client, &second, reason).await.ok();
    world.coder.client.get(&other.path).await.refused(403);
    scheduling::sweep(&world.app.services).await.unwrap();
    assert_eq!(world.view(&other).await["state"], "ready");
}

#[actix_web::test]
async fn a_missing_skill_is_named_counted_and_one_that_the_queue_asks_for() {
    let world = World::new().await;
    let queue = world
        .app
        .new_queue("Cardiac", WorkType::Outpatient, |terms| {
            terms.preferred_skills = vec!["cath_lab".into()];
        })
        .await;
    people::set_skills(
        &world.app.services,
        &world.app.system(),
        world.coder.id,
        &["cath_lab".into()],
    )
    .await
    .unwrap();
    let mut form = world.app.chart_form("C-7");
    form["queue_id"] = json!(queue);
    let note: [(&str, &[u8]); 1] = [("n.txt", b"Left heart catheterisation.")];
    world.admin.upload(&form, &note, "cardiac-1").await.ok();
    let chart = take(&world.coder.client).await.unwrap();
    let chart = world.opened(chart).await;
    let page = world.coder.client.get(&format!("/desk/{}", chart.id)).await.text();
    assert!(page.contains("<option>cath_lab</option>"), "the dialog offers it");
    let unknown = json!({ "reason": "outside_skill", "skill": "pottery" });
    release(&world.coder.client, &chart, unknown).await.refused(422);
    let known = json!({ "reason": "outside_skill", "skill": "cath_lab" });
    release(&world.coder.client, &chart, known).await.ok();
    assert_eq!(take(&world.coder.client).await, None);
    let lead = world.app.vendor(&[Role::TeamLead]).await.client;
    let counts = lead.get("/api/v1/given-back").await.ok();
    assert_eq!(counts[0]["skill"], "cath_lab", "{counts}");
    assert!(lead.get("/holds").await.text().contains("cath_lab"));
}

#[actix_web::test]
async fn the_end_of_a_shift_bars_nobody() {
    let world = World::new().await;
    let chart = world.begun("C-8").await;
    release(&world.coder.client, &chart, json!({ "reason": "shift_end" })).await.ok();
    assert_eq!(take(&world.coder.client).await.as_deref(), Some(&*chart.id));
}
