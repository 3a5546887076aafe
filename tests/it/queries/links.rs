//! The link of a mail is a key: of use to one person, for one question, until it is answered.

use super::{Asking, chosen, token_in};
use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::{Value, json};

const OPEN: &str = "/api/v1/query-links/open";
const ANSWER: &str = "/api/v1/query-links/answer";

async fn opened(client: &Client, token: &str) -> (u16, Value) {
    let answer = client.post(OPEN, json!({ "token": token })).await;
    (answer.status.as_u16(), answer.json())
}

#[actix_web::test]
async fn used_guessed_foreign_and_cut_links_open_nothing_and_answer_alike() {
    let asking = Asking::new().await;
    asking.ask().await;
    asking.app.run_jobs().await;
    let nobody = Client::nobody(&asking.app.door);
    let token = asking.token().await;
    assert_eq!(opened(&nobody, &token).await.0, 200);

    let neighbour = asking.app.neighbour().await;
    let (_, secret) = token.split_once('.').unwrap();
    let elsewhere = format!("{}.{secret}", neighbour.facility);
    let guessed = format!("{}.{}", asking.app.facility, "A".repeat(43));
    let cut: String = token.chars().take(token.len() - 1).collect();
    let (status, dead) = opened(&nobody, &guessed).await;
    assert_eq!(status, 422);
    for other in [elsewhere.as_str(), cut.as_str(), secret, "", "x.y"] {
        assert_eq!(opened(&nobody, other).await, (422, dead.clone()), "{other}");
    }

    let answer = json!({ "token": token, "answer": chosen(0) });
    let taken = nobody.post_once(ANSWER, answer.clone(), "answer-once").await.ok();
    let again = nobody.post_once(ANSWER, answer.clone(), "answer-once").await.ok();
    assert_eq!(taken, again, "who heard nothing of the first may send it again");
    assert_eq!(opened(&nobody, &token).await, (422, dead.clone()), "used");
    assert_eq!(nobody.post(ANSWER, answer).await.refused(422), dead);
}

#[actix_web::test]
async fn a_link_ends_in_time_and_with_its_question() {
    let mut asking = Asking::alone().await;
    asking.ask().await;
    asking.app.run_jobs().await;
    let nobody = Client::nobody(&asking.app.door);
    let token = asking.token().await;
    asking.app.advance_minutes(720 * 60 - 1);
    assert_eq!(opened(&nobody, &token).await.0, 200);
    asking.app.advance_minutes(2);
    assert_eq!(opened(&nobody, &token).await.0, 422);

    // The reminder's own link lives; it ends when the question is taken back.
    asking.app.run_jobs().await;
    let token = asking.token().await;
    assert_eq!(opened(&nobody, &token).await.0, 200);
    asking.sign_in_again().await;
    let asked = asking.coder.client.get("/api/v1/asked-queries").await.ok();
    let path = format!("/api/v1/asked-queries/{}/cancel", asked[0]["id"].as_str().unwrap());
    asking.coder.client.post(&path, json!({ "reason": "found_in_record" })).await.ok();
    assert_eq!(opened(&nobody, &token).await.0, 422);
    asking.app.run_jobs().await;
}

#[actix_web::test]
async fn whoever_is_asked_instead_gets_a_link_and_the_earlier_one_ends() {
    let asking = Asking::new().await;
    let query = asking.ask().await;
    asking.app.run_jobs().await;
    let nobody = Client::nobody(&asking.app.door);
    let earlier = asking.token().await;
    let colleague = asking.app.staff(&[Role::Provider]).await;
    let put = "PUT".parse::<actix_web::http::Method>().unwrap();
    let path = format!("/api/v1/facility-queries/{query}/provider");
    let name = |id: Value| Some(json!({ "provider_id": id }));
    let uploader = asking.app.staff(&[Role::FacilityUploader]).await;
    let refused = asking.admin.client.send(put.clone(), &path, name(json!(uploader.id))).await;
    refused.refused(422);
    asking.admin.client.send(put.clone(), &path, name(json!(colleague.id))).await.ok();
    asking.app.run_jobs().await;

    assert_eq!(opened(&nobody, &earlier).await.0, 422);
    let list = asking.provider.client.get("/api/v1/queries").await.ok();
    assert_eq!(list, json!([]), "no longer theirs");
    let mails = asking.mails_to(&colleague).await;
    let token = token_in(&mails[0]);
    nobody.post(ANSWER, json!({ "token": token, "answer": chosen(1) })).await.ok();
    assert_eq!(asking.state().await["state"], "ready");
    let late = asking.admin.client.send(put, &path, name(json!(asking.provider.id))).await;
    late.refused(409);
}

#[actix_web::test]
async fn a_provider_who_has_left_answers_nothing() {
    let asking = Asking::new().await;
    asking.ask().await;
    asking.app.run_jobs().await;
    let token = asking.token().await;
    let path = format!("/api/v1/users/{}", asking.provider.id);
    let user = asking.admin.client.get(&path).await.ok();
    let person = if user["person"].is_object() { &user["person"] } else { &user };
    let change = json!({ "name": person["name"], "roles": person["roles"], "active": false,
        "version": person["version"] });
    let patch = "PATCH".parse::<actix_web::http::Method>().unwrap();
    asking.admin.client.send(patch, &path, Some(change)).await.ok();
    let nobody = Client::nobody(&asking.app.door);
    assert_eq!(opened(&nobody, &token).await.0, 422);
    let answer = json!({ "token": token, "answer": chosen(0) });
    nobody.post(ANSWER, answer).await.refused(422);
    asking.app.run_jobs().await;
}

#[actix_web::test]
async fn a_facility_may_ask_its_providers_to_sign_in() {
    let asking = Asking::new().await;
    asking.ask().await;
    asking.app.run_jobs().await;
    let token = asking.token().await;
    let put = "PUT".parse::<actix_web::http::Method>().unwrap();
    let settings = Some(json!({ "answer_by": "sign_in" }));
    asking.admin.client.send(put, "/api/v1/query-settings", settings).await.ok();
    let nobody = Client::nobody(&asking.app.door);
    assert_eq!(opened(&nobody, &token).await.0, 403, "mailed before, it opens nothing now");
    nobody.post(ANSWER, json!({ "token": token, "answer": chosen(0) })).await.refused(403);

    let list = asking.provider.client.get("/api/v1/queries").await.ok();
    let query = list[0]["id"].as_str().unwrap().to_owned();
    asking.provider.client.post(&format!("/api/v1/queries/{query}/answer"), chosen(0)).await.ok();
    asking.app.run_jobs().await;
    let mut asking = asking;
    asking.take().await.unwrap();
    asking.ask().await;
    asking.app.run_jobs().await;
    let mails = asking.mails_to(&asking.provider).await;
    assert!(mails[0].message.text.contains("/queries/"), "{}", mails[0].message.text);
    assert!(!mails[0].message.text.contains('#'), "no key in it");
}

#[actix_web::test]
async fn guessing_links_becomes_slow() {
    let app = TestApp::new().await;
    let nobody = Client::nobody(&app.door);
    let guess = json!({ "token": format!("{}.{}", app.facility, "A".repeat(43)) });
    let tries = app.services.config.sign_in.attempts_per_address;
    let mut statuses = std::collections::BTreeSet::new();
    for _ in 0..=tries {
        statuses.insert(nobody.post(OPEN, guess.clone()).await.status.as_u16());
    }
    assert_eq!(statuses.into_iter().collect::<Vec<_>>(), [422, 429]);
}
