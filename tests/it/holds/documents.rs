//! Documents that come late, cannot be read, or are another patient's.

use super::{Begun, World, id_of, take};
use crate::support::{Client, cluster};
use actix_web::http::StatusCode;
use rules::access::Role;
use serde_json::{Value, json};

async fn send(client: &Client, chart: &str, kind: Option<&str>, text: &str) -> Value {
    let about = kind.map_or_else(|| json!({}), |kind| json!({ "kind": kind }));
    let path = format!("/api/v1/charts/{chart}/documents");
    let key = format!("later-{chart}-{}", text.len());
    let documents: [(&str, &[u8]); 1] = [("CANARY-late.txt", text.as_bytes())];
    client.multipart(&path, &about, &documents, &key).await.ok()
}

async fn mark(world: &World, chart: &Begun, problem: &str) -> Value {
    let document = chart.desk["documents"][0]["id"].clone();
    let body = json!({ "epoch": chart.epoch, "problem": problem, "document_id": document });
    world.coder.client.post(&format!("{}/problem", chart.path), body).await.ok()
}

#[actix_web::test]
async fn a_hold_ends_with_the_document_it_waits_for_and_with_no_other() {
    let world = World::new().await;
    let chart = world.begun("D-1").await;
    let holds = json!([
        { "reason": "pending_pathology", "note": "the result", "awaits": "pathology" },
        { "reason": "missing_document", "note": "whatever there is", "awaits": "any" },
    ]);
    world.hold(&chart, holds).await;
    let other = send(&world.admin, &chart.id, Some("imaging"), "Ultrasound: no finding.").await;
    assert_eq!(other["state"], "on_hold", "imaging is a document, but not the pathology");
    let left = world.view(&chart).await;
    assert_eq!(left["holds"].as_array().unwrap().len(), 1, "{left}");
    let came = send(&world.admin, &chart.id, Some("pathology"), "Tubular adenoma, benign.").await;
    assert_eq!(came["state"], "ready");
    assert_eq!(take(&world.coder.client).await.as_deref(), Some(&*chart.id));
    let desk = world.coder.client.get(&chart.path).await.ok();
    let kinds: Vec<&Value> =
        desk["documents"].as_array().unwrap().iter().map(|document| &document["kind"]).collect();
    assert_eq!(kinds, [&Value::Null, &json!("imaging"), &json!("pathology")]);
}

#[actix_web::test]
async fn a_document_that_comes_while_the_chart_is_open_is_there_at_once_and_only_once() {
    let world = World::new().await;
    let chart = world.begun("D-2").await;
    let one = send(&world.admin, &chart.id, None, "Addendum: the patient smokes.").await;
    let again = send(&world.admin, &chart.id, None, "Addendum: the patient smokes.").await;
    assert_eq!(one, again, "the same request");
    let listed = world.coder.client.get(&format!("{}/documents", chart.path)).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 2, "{listed}");
    let path = format!("/api/v1/charts/{}/documents", chart.id);
    let text: [(&str, &[u8]); 1] = [("copy.txt", b"Addendum: the patient smokes.")];
    world.admin.multipart(&path, &json!({}), &text, "another-key").await.refused(422);
    let neighbour = world.app.neighbour().await.staff(&[Role::FacilityAdmin]).await.client;
    neighbour.multipart(&path, &json!({}), &text, "another-key").await.refused(404);
}

#[actix_web::test]
async fn an_unreadable_document_is_asked_for_again_and_the_new_copy_brings_the_chart_back() {
    let world = World::new().await;
    let chart = world.begun("D-3").await;
    let document = chart.desk["documents"][0]["id"].clone();
    let body = json!({ "epoch": chart.epoch, "problem": "unreadable_document",
        "document_id": document, "page": 2 });
    world.coder.client.post(&format!("{}/problem", chart.path), body).await.ok();
    let view = world.view(&chart).await;
    assert_eq!(view["holds"][0]["reason"], "unreadable_document");
    assert_eq!(view["holds"][0]["document_id"], document);
    assert_eq!(view["holds"][0]["page"], 2);
    assert!(view["notes"].to_string().contains("new copy"));
    let came = send(&world.admin, &chart.id, None, "The same page, scanned again.").await;
    assert_eq!(came["state"], "ready");
    assert_eq!(take(&world.coder.client).await.as_deref(), Some(&*chart.id));
}

#[actix_web::test]
async fn another_patients_document_is_read_by_no_coder_until_an_administrator_has_said_whose_it_is()
{
    let world = World::alone().await;
    let chart = world.begun("D-4").await;
    let document = chart.desk["documents"][0]["id"].as_str().unwrap().to_owned();
    let marked = mark(&world, &chart, "wrong_patient").await;
    assert_eq!(marked["state"], "on_hold");

    // The clock stands, the administrators have a mail without a patient in it, the trail names it.
    world.app.run_jobs().await;
    let mails = world.app.services.mailer.list().await.unwrap();
    let mail = mails.iter().find(|mail| mail.message.subject.contains("another patient")).unwrap();
    assert!(!mail.message.text.contains("D-4") && !mail.message.text.contains("Example"));
    let auditor = world.app.vendor(&[Role::Auditor]).await.client;
    let trail = format!("/api/v1/audit?facility={}", world.app.facility);
    let trail = auditor.get(&trail).await.text();
    assert!(trail.contains("disclosure.suspected"), "{trail}");
    assert_eq!(world.admin.get("/api/v1/missing").await.ok()["disclosures"], 1);

    // Only an administrator settles it, not by an answer, and not so that nothing is left to code.
    let hold = id_of(&world.view(&chart).await["holds"], "wrong_patient");
    let path = format!("/api/v1/charts/{}/holds/{hold}", chart.id);
    world.admin.post(&format!("{path}/lift"), json!({ "note": "fine" })).await.refused(403);
    let uploader = world.app.staff(&[Role::FacilityUploader]).await.client;
    let withdrawn = json!({ "how": "withdrawn" });
    uploader.post(&format!("{path}/settle"), withdrawn.clone()).await.refused(403);
    world.admin.post(&format!("{path}/settle"), withdrawn.clone()).await.refused(409);
    let came = send(&world.admin, &chart.id, None, "The right patient's own note.").await;
    assert_eq!(came["state"], "on_hold", "a document alone does not say whose the other one is");
    let done = world.admin.post(&format!("{path}/settle"), withdrawn).await.ok();
    assert_eq!(done["state"], "ready");

    // The coder has the chart again, and never that document.
    assert_eq!(take(&world.coder.client).await.as_deref(), Some(&*chart.id));
    let again = world.opened(chart.id.clone()).await;
    assert_eq!(again.desk["documents"].as_array().unwrap().len(), 1, "{}", again.desk);
    let read = world.coder.client.get(&format!("{}/documents/{document}", chart.path)).await;
    assert_eq!(read.status, StatusCode::NOT_FOUND);
    let own = world.admin.get(&format!("/api/v1/charts/{}/documents/{document}", chart.id)).await;
    assert!(own.status.is_success(), "the facility keeps what it sent");
}

#[actix_web::test]
async fn a_document_moves_to_the_chart_that_it_belongs_to_or_is_this_patients_after_all() {
    let world = World::new().await;
    let theirs = world.begun("D-5").await;
    let body = json!([{ "reason": "missing_document", "note": "the report", "awaits": "any" }]);
    world.hold(&theirs, body).await;
    let chart = world.begun("D-6").await;
    send(&world.admin, &chart.id, None, "This patient's own note.").await;
    mark(&world, &chart, "wrong_patient").await;
    let hold = id_of(&world.view(&chart).await["holds"], "wrong_patient");
    let path = format!("/api/v1/charts/{}/holds/{hold}/settle", chart.id);
    let nowhere = json!({ "how": "moved", "account_number": "D-6" });
    world.admin.post(&path, nowhere).await.refused(422);
    let moved = json!({ "how": "moved", "account_number": "d 5" });
    assert_eq!(world.admin.post(&path, moved).await.ok()["state"], "ready");
    let target = world.view(&theirs).await;
    assert_eq!(target["documents"].as_array().unwrap().len(), 2);
    assert_eq!(target["state"], "ready", "it waited for a document");
    assert_eq!(world.view(&chart).await["documents"].as_array().unwrap().len(), 1);

    let after_all = world.begun_next().await;
    mark(&world, &after_all, "wrong_patient").await;
    let hold = id_of(&world.view(&after_all).await["holds"], "wrong_patient");
    let path = format!("/api/v1/charts/{}/holds/{hold}/settle", after_all.id);
    world.admin.post(&path, json!({ "how": "ours" })).await.ok();
    let view = world.view(&after_all).await;
    assert!(view["documents"].as_array().unwrap().iter().all(|d| d["quarantined_at"].is_null()));
}

#[actix_web::test]
async fn the_desk_can_mark_no_document_of_a_chart_that_it_does_not_hold() {
    let world = World::new().await;
    let chart = world.begun("D-7").await;
    let client = cluster().await.connect(base::private_postgres::DATABASE, "chartrelay_desk").await;
    let document = chart.desk["documents"][0]["id"].as_str().unwrap();
    let facility = world.app.facility.to_string();
    let sql = format!(
        "select app.quarantine_document('{facility}', '{}', '{document}', now())",
        chart.id
    );
    assert!(client.batch_execute(&sql).await.is_err(), "without a scope");
    let sql = format!(
        "select app.exclude_from_patient('{facility}', '{}', 'conflict_of_interest', now())",
        chart.id
    );
    assert!(client.batch_execute(&sql).await.is_err(), "without a scope");
}
