//! Handing in charts: what is taken, what is refused with which words, and what is flagged.

use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::json;

const NOTE: &str =
    "Follow-up of essential hypertension. Blood pressure 138/84. Continue lisinopril.";

#[actix_web::test]
async fn an_uploaded_chart_is_ready_with_a_deadline_and_a_timeline() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let id = app.upload(&uploader, "A-1", NOTE).await;

    let chart = uploader.get(&format!("/api/v1/charts/{id}")).await.ok();
    assert_eq!(chart["state"], "ready");
    assert_eq!(chart["encounter"]["identity"]["account_number"], "A-1");
    assert_eq!(chart["due_at"], "2026-03-04T15:00:00Z", "a day of business, always open");
    let document = chart["documents"][0]["id"].as_str().unwrap();
    let text = uploader.get(&format!("/api/v1/charts/{id}/documents/{document}")).await;
    assert_eq!(text.text(), NOTE);
    let timeline = uploader.get(&format!("/api/v1/charts/{id}/timeline")).await.ok();
    let actions: Vec<&str> =
        timeline.as_array().unwrap().iter().map(|e| e["action"].as_str().unwrap()).collect();
    assert_eq!(actions, ["receive", "accept"]);
}

#[actix_web::test]
async fn the_same_request_twice_is_one_chart_and_the_same_key_for_another_is_a_conflict() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let chart = app.chart_form("A-2");
    let documents: [(&str, &[u8]); 1] = [("note.txt", NOTE.as_bytes())];
    let first = uploader.upload(&chart, &documents, "one-and-only").await.ok();
    let second = uploader.upload(&chart, &documents, "one-and-only").await.ok();
    assert_eq!(first, second);
    let other = app.chart_form("A-3");
    uploader.upload(&other, &documents, "one-and-only").await.refused(409);
}

#[actix_web::test]
async fn the_same_account_and_day_or_the_same_text_is_flagged_and_waits_for_a_word() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let first = app.upload(&uploader, "A-4", NOTE).await;
    let other = b"Another visit on the same day for the same account.".as_slice();
    let chart = app.chart_form("a 4");
    let twin = uploader.upload(&chart, &[("b.txt", other)], "same-account").await.ok();
    assert_eq!(
        (twin["state"].as_str(), twin["duplicate_of"].as_str()),
        (Some("duplicate"), Some(&*first))
    );
    let chart = app.chart_form("A-5");
    let copy = uploader.upload(&chart, &[("c.txt", NOTE.as_bytes())], "same-text").await.ok();
    assert_eq!(copy["state"], "duplicate");

    let id = copy["id"].as_str().unwrap();
    let cleared = uploader.post(&format!("/api/v1/charts/{id}/clear"), json!({})).await.ok();
    assert_eq!(cleared["state"], "ready");
    assert!(cleared["due_at"].is_string());
}

#[actix_web::test]
async fn what_is_no_plain_text_is_refused_with_the_reason_and_nothing_is_stored() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    for (bytes, words) in [
        (&b"%PDF-1.7"[..], "this is a PDF"),
        (b"caf\xe9", "not UTF-8"),
        (b"  \n", "the file is empty"),
        (b"a\0b", "binary data"),
    ] {
        let answer =
            uploader.upload(&app.chart_form("A-6"), &[("x.txt", bytes)], "refused-one").await;
        let problem = answer.refused(422);
        let message = problem["fields"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
    let list = uploader.get("/api/v1/charts").await.ok();
    assert_eq!(list["items"], json!([]));
}

#[actix_web::test]
async fn every_wrong_entry_is_named_at_once_and_no_value_is_repeated() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let mut chart = app.chart_form(&"9".repeat(60));
    chart["birth_date"] = json!("2031-01-01");
    chart["sex"] = json!("canary-sex");
    chart["service_date"] = json!("2027-01-01");
    let answer = uploader.upload(&chart, &[("a.txt", NOTE.as_bytes())], "many-faults").await;
    let text = answer.text();
    let problem = answer.refused(422);
    let names: Vec<&str> =
        problem["fields"].as_array().unwrap().iter().map(|f| f["name"].as_str().unwrap()).collect();
    for name in ["account_number", "birth_date", "sex", "service_date"] {
        assert!(names.contains(&name), "{names:?}");
    }
    assert!(!text.contains("canary-sex"));
}

#[actix_web::test]
async fn an_api_key_hands_in_charts_until_it_is_revoked() {
    let app = TestApp::new().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let made =
        admin.post("/api/v1/api-keys", json!({ "name": "interface", "days": 30 })).await.ok();
    let program = Client::with_key(&app.door, made["key"].as_str().unwrap());
    app.upload(&program, "A-7", NOTE).await;

    let id = made["id"].as_str().unwrap();
    let path = format!("/api/v1/api-keys/{id}");
    assert_eq!(admin.send(actix_web::http::Method::DELETE, &path, None).await.status, 204);
    let chart = app.chart_form("A-8");
    program.upload(&chart, &[("n.txt", b"Another note.")], "after-revocation").await.refused(401);
}

#[actix_web::test]
async fn a_foreign_chart_answers_like_a_missing_one_byte_for_byte() {
    let (here, there) = (TestApp::new().await, TestApp::new().await);
    let mine = here.staff(&[Role::FacilityAdmin]).await.client;
    let theirs = there.staff(&[Role::FacilityAdmin]).await.client;
    let foreign = there.upload(&theirs, "B-1", NOTE).await;
    let missing = uuid::Uuid::now_v7().to_string();
    for path in ["", "/timeline", "/documents/00000000-0000-7000-8000-000000000000"] {
        let of = |id: &str| format!("/api/v1/charts/{id}{path}");
        let (a, b) = (mine.get(&of(&foreign)).await, mine.get(&of(&missing)).await);
        assert_eq!((a.status.as_u16(), &a.body), (404, &b.body), "{path}");
    }
    for action in ["clear", "void"] {
        let of = |id: &str| format!("/api/v1/charts/{id}/{action}");
        let (a, b) =
            (mine.post(&of(&foreign), json!({})).await, mine.post(&of(&missing), json!({})).await);
        assert_eq!((a.status.as_u16(), &a.body), (404, &b.body), "{action}");
    }
}
