//! Who else has a say: the coder who asked, the lead, the facility's administrator; and nobody else.

use super::{Asking, CANARIES, chosen};
use crate::support::TestApp;
use rules::access::Role;
use serde_json::{Value, json};

#[actix_web::test]
async fn a_coder_takes_back_what_they_asked_and_nobody_elses() {
    let mut asking = Asking::new().await;
    let query = asking.ask().await;
    let path = format!("/api/v1/asked-queries/{query}/cancel");
    let reason = json!({ "reason": "found_in_record" });
    let other = asking.app.vendor(&[Role::Coder]).await;
    other.client.post(&path, reason.clone()).await.refused(404);
    let products_own = json!({ "reason": "chart_gone" });
    asking.coder.client.post(&path, products_own).await.refused(422);

    let asked = asking.coder.client.get("/api/v1/asked-queries").await;
    for canary in CANARIES {
        assert!(!asked.text().contains(canary), "{canary}");
    }
    assert_eq!(asked.ok().as_array().unwrap().len(), 1);
    asking.coder.client.post(&path, reason.clone()).await.ok();
    asking.coder.client.post(&path, reason).await.refused(409);
    assert_eq!(asking.state().await["state"], "ready");
    asking.app.run_jobs().await;
    assert_eq!(asking.take().await, Some(asking.chart.clone()));
    let late = format!("/api/v1/queries/{query}/answer");
    let refused = asking.provider.client.post(&late, chosen(0)).await.refused(409);
    assert!(refused["detail"].as_str().unwrap().contains("taken back"), "{refused}");
}

#[actix_web::test]
async fn a_lead_takes_back_a_question_without_reading_it() {
    let asking = Asking::new().await;
    let lead = asking.app.vendor(&[Role::TeamLead]).await;
    let query = asking.ask().await;
    lead.client.get(&format!("/api/v1/queries/{query}")).await.refused(403);
    let given_back = lead.client.get("/api/v1/given-back").await.ok();
    assert_eq!(given_back, json!([]), "who asks gives nothing back");
    let path = format!("/api/v1/board/queries/{query}/cancel");
    lead.client.post(&path, json!({ "reason": "asked_in_error" })).await.ok();
    assert_eq!(asking.state().await["state"], "ready");
    asking.app.run_jobs().await;
}

#[actix_web::test]
async fn where_nobody_is_named_the_facility_is_asked_to_name_somebody() {
    let asking = Asking::new().await;
    let body = json!({ "epoch": asking.epoch, "questions": [{ "question": asking.question() }] });
    let asked = asking.coder.client.post(&asking.path(), body).await.ok();
    asking.app.run_jobs().await;
    let mails = asking.mails_to(&asking.admin).await;
    assert!(mails[0].message.subject.contains("needs a provider"));
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 0);
    let list = asking.admin.client.get("/api/v1/facility-queries").await.ok();
    assert_eq!(list[0]["provider"], Value::Null);
    let query = asked["queries"][0].as_str().unwrap();
    let put = "PUT".parse::<actix_web::http::Method>().unwrap();
    let path = format!("/api/v1/facility-queries/{query}/provider");
    let body = json!({ "provider_id": asking.provider.id });
    asking.admin.client.send(put, &path, Some(body)).await.ok();
    asking.app.run_jobs().await;
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 1);
    let own = asking.provider.client.get("/api/v1/queries").await.ok();
    assert_eq!(own[0]["title"], "Anemia: type and cause");
}

#[actix_web::test]
async fn another_facility_sees_nothing_of_a_question_and_cannot_touch_it() {
    let asking = Asking::new().await;
    let query = asking.ask().await;
    let there: TestApp = asking.app.neighbour().await;
    let admin = there.staff(&[Role::FacilityAdmin]).await;
    let provider = there.staff(&[Role::Provider]).await;
    let coder = there.vendor(&[Role::Coder]).await;
    let lead = there.vendor(&[Role::TeamLead]).await;
    for (client, path) in [
        (&admin.client, "/api/v1/facility-queries".to_owned()),
        (&provider.client, "/api/v1/queries".to_owned()),
        (&lead.client, "/api/v1/board/queries".to_owned()),
        (&coder.client, "/api/v1/asked-queries".to_owned()),
    ] {
        assert_eq!(client.get(&path).await.ok(), json!([]), "{path}");
    }
    let missing = "01900000-0000-7000-8000-000000000000";
    let put = "PUT".parse::<actix_web::http::Method>().unwrap();
    let name = json!({ "provider_id": provider.id });
    let cancel = json!({ "reason": "asked_in_error" });
    let give_up = json!({ "reason": "no_answer" });
    let get = "GET".parse::<actix_web::http::Method>().unwrap();
    let post = "POST".parse::<actix_web::http::Method>().unwrap();
    for (client, method, path, body) in [
        (&admin.client, &put, "/api/v1/facility-queries/{}/provider", Some(&name)),
        (&provider.client, &get, "/api/v1/queries/{}", None),
        (&provider.client, &post, "/api/v1/queries/{}/answer", Some(&chosen(0))),
        (&lead.client, &post, "/api/v1/board/queries/{}/cancel", Some(&cancel)),
        (&lead.client, &post, "/api/v1/board/queries/{}/give-up", Some(&give_up)),
        (&coder.client, &post, "/api/v1/asked-queries/{}/cancel", Some(&cancel)),
    ] {
        let foreign = client.send(method.clone(), &path.replace("{}", &query), body.cloned()).await;
        let none = client.send(method.clone(), &path.replace("{}", missing), body.cloned()).await;
        assert_eq!(foreign.status.as_u16(), 404, "{path}");
        assert_eq!(foreign.body, none.body, "{path}");
    }
    let chart = format!("/api/v1/charts/{}/queries", asking.chart);
    admin.client.get(&chart).await.refused(404);
    coder.client.get(&asking.path()).await.refused(404);
    asking.app.run_jobs().await;
}

#[actix_web::test]
async fn the_package_that_goes_back_carries_question_and_answer() {
    let mut asking = Asking::alone().await;
    let reviewer = asking.app.vendor(&[Role::Reviewer]).await;
    let query = asking.ask().await;
    let path = format!("/api/v1/queries/{query}/answer");
    asking.provider.client.post(&path, chosen(0)).await.ok();
    asking.app.run_jobs().await;
    asking.take().await.unwrap();
    let conclusion = json!({ "epoch": asking.epoch, "outcome": "agreed", "effect": "changed" });
    asking.coder.client.post(&format!("{}/{query}/outcome", asking.path()), conclusion).await.ok();
    let lines = json!([{ "role": "principal", "system": "icd10cm", "code": "D62" },
        { "role": "procedure", "system": "cpt", "code": "99213", "pointers": [1] }]);
    let submit = json!({ "epoch": asking.epoch, "lines": lines, "note": "", "dismissals": [] });
    let path = format!("/api/v1/desk/{}/submit", asking.chart);
    asking.coder.client.post(&path, submit).await.ok();
    asking.app.run_jobs().await;
    let next = reviewer.client.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
    if next["taken"].is_object() {
        let path = format!("/api/v1/reviews/{}", asking.chart);
        let review = reviewer.client.get(&path).await.ok();
        let decision = json!({ "epoch": review["lease"]["epoch"], "outcome": "accepted",
            "lines": review["coding"]["lines"], "findings": [], "note": "" });
        reviewer.client.post(&format!("{path}/decide"), decision).await.ok();
        asking.app.run_jobs().await;
    }
    let returns = asking.admin.client.get("/api/v1/returns").await.ok();
    let id = returns["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/returns/{id}/package?format=json");
    let package = asking.admin.client.get(&path).await.ok();
    assert_eq!(package["queries"][0]["answer"], "Acute blood loss anemia");
    assert_eq!(package["queries"][0]["provider"], "Test Provider");
    assert_eq!(package["queries"][0]["choices"].as_array().unwrap().len(), 4);
    assert!(package["queries"][0]["effect"].is_null());
}
