//! Signing in, inviting, and what happens to sessions when rights change.

use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::json;

const PASSWORD: &str = "quiet harbor lantern 42";

/// The ticket in the newest mail to an address.
async fn ticket(app: &TestApp, email: &str) -> String {
    app.run_jobs().await;
    let mails = app.services.mailer.list().await.unwrap();
    let mail = mails.iter().find(|mail| mail.message.to == email).expect("a mail");
    let (_, rest) = mail.message.text.split_once("/welcome#").unwrap();
    rest.split_whitespace().next().unwrap().to_owned()
}

#[actix_web::test]
async fn an_invited_person_chooses_a_password_once_and_signs_in() {
    let app = TestApp::new().await;
    let operator = app.vendor(&[Role::Operator]).await.client;
    let email = format!("{}@example.com", uuid::Uuid::now_v7());
    let invited = json!({ "email": email, "name": "New Coder", "roles": ["coder"] });
    operator.post("/api/v1/people", invited).await.ok();
    let token = ticket(&app, &email).await;

    let visitor = Client::nobody(&app.door);
    let weak = json!({ "token": token, "password": "password1234" });
    visitor.post("/api/v1/tickets/redeem", weak).await.refused(422);
    let good = json!({ "token": token, "password": PASSWORD });
    assert_eq!(visitor.post("/api/v1/tickets/redeem", good.clone()).await.status, 204);
    visitor.post("/api/v1/tickets/redeem", good).await.refused(422);

    let signed_in =
        visitor.post("/api/v1/session", json!({ "email": email, "password": PASSWORD })).await;
    let cookie = signed_in.headers.get("set-cookie").unwrap().to_str().unwrap().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax"), "{cookie}");
    assert_eq!(signed_in.ok()["start"], "/work");
}

#[actix_web::test]
async fn guessing_is_slowed_down_and_an_unknown_address_answers_like_a_wrong_password() {
    let app = TestApp::new().await;
    let visitor = Client::nobody(&app.door);
    let email = format!("{}@example.com", uuid::Uuid::now_v7());
    let guess = json!({ "email": email, "password": "wrong" });
    let unknown = visitor.post("/api/v1/session", guess.clone()).await.refused(401);
    assert_eq!(unknown["detail"], "address or password is wrong");
    for _ in 0..4 {
        visitor.post("/api/v1/session", guess.clone()).await.refused(401);
    }
    let slowed = visitor.post("/api/v1/session", guess.clone()).await;
    assert!(slowed.headers.contains_key("retry-after"));
    slowed.refused(429);
}

#[actix_web::test]
async fn whoever_is_disabled_is_out_at_once() {
    let app = TestApp::new().await;
    let operator = app.vendor(&[Role::Operator]).await.client;
    let coder = app.vendor(&[Role::Coder]).await;
    coder.client.get("/api/v1/me").await.ok();
    let path = format!("/api/v1/people/{}", coder.id);
    let person = operator.get(&path).await.ok();
    let change = json!({ "version": person["version"], "name": "Out", "roles": ["coder"],
        "active": false });
    operator.send(actix_web::http::Method::PATCH, &path, Some(change.clone())).await.ok();
    coder.client.get("/api/v1/me").await.refused(401);
    operator.send(actix_web::http::Method::PATCH, &path, Some(change)).await.refused(409);
}

#[actix_web::test]
async fn a_session_ends_after_its_idle_time_and_a_page_by_itself_does_not_keep_it() {
    let app = TestApp::new().await;
    let coder = app.vendor(&[Role::Coder]).await.client;
    app.advance_minutes(10);
    coder.get("/api/v1/me").await.ok();
    app.advance_minutes(10);
    coder.get("/api/v1/me").await.ok();
    app.advance_minutes(16);
    coder.get("/api/v1/me").await.refused(401);
}

#[actix_web::test]
async fn a_request_that_another_site_sends_is_refused() {
    let app = TestApp::new().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let without = admin.without_proof();
    let refused = without.post("/api/v1/api-keys", json!({ "name": "x", "days": 1 })).await;
    refused.refused(403);
}
