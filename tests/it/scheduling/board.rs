//! The lead's board: what the rules say before a chart is given, and many charts at once.

use super::{take, upload};
use crate::support::{Desk, TestApp};
use rules::access::Role;
use serde_json::{Value, json};

/// What the rules say of one person.
fn fit<'a>(fitting: &'a Value, desk: &Desk) -> &'a Value {
    let id = json!(desk.id);
    let people = fitting["people"].as_array().unwrap();
    people.iter().find(|fit| fit["person_id"] == id).expect("everybody who codes is there")
}

#[actix_web::test]
async fn the_rules_answer_for_everybody_at_once_before_a_chart_is_given() {
    let app = TestApp::new().await;
    let charts = upload(&app, 2).await;
    let fine = app.vendor(&[Role::Coder]).await;
    let off = app.vendor(&[Role::Coder]).await;
    people::set_shifts(&app.services, &app.system(), off.id, &[]).await.unwrap();
    let stranger = app.neighbour().await.vendor(&[Role::Coder]).await;
    let lead = app.vendor(&[Role::TeamLead]).await.client;

    let asked = json!({ "charts": charts });
    let fitting = lead.post("/api/v1/board/fitting", asked).await.ok();
    assert_eq!(fitting["charts"][0]["chart_id"], json!(charts[0]));
    assert_eq!(fitting["charts"][0]["kind"], "coding");
    assert_eq!(fit(&fitting, &fine)["verdict"], "eligible");
    assert_eq!(fit(&fitting, &fine)["may_have"], 2);
    assert_eq!(fit(&fitting, &off)["verdict"], "by_lead");
    assert_eq!(fit(&fitting, &off)["set_aside"], json!({ "on_shift": 2 }));
    assert_eq!(fit(&fitting, &off)["words"], "off shift");
    assert_eq!(fit(&fitting, &stranger)["verdict"], "barred");
    assert_eq!(fit(&fitting, &stranger)["barred_by"], json!({ "allow_listed": 2 }));

    let none = lead.post("/api/v1/board/fitting", json!({ "charts": [] })).await.refused(422);
    assert_eq!(none["fields"][0]["name"], "charts", "{none}");
}

#[actix_web::test]
async fn what_would_be_given_first_counts_when_the_next_chart_is_judged() {
    let app = TestApp::new().await;
    let charts = upload(&app, 3).await;
    let coder = app.vendor(&[Role::Coder]).await;
    let operator = app.vendor(&[Role::Operator]).await.client;
    let limits = json!({ "paused": false, "version": 1, "wip_limit": 2 });
    operator.put(&format!("/api/v1/people/{}/limits", coder.id), limits).await.ok();
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let fitting = lead.post("/api/v1/board/fitting", json!({ "charts": charts })).await.ok();
    assert_eq!(fit(&fitting, &coder)["verdict"], "by_lead", "{fitting}");
    assert_eq!(fit(&fitting, &coder)["words"], "full for 1 of 3");
}

#[actix_web::test]
async fn each_of_several_charts_has_its_own_answer() {
    let app = TestApp::new().await;
    let charts = upload(&app, 3).await;
    let (first, second) = (app.vendor(&[Role::Coder]).await, app.vendor(&[Role::Coder]).await);
    let begun = take(&first).await.unwrap();
    let missing = "01900000-0000-7000-8000-000000000000";
    let lead = app.vendor(&[Role::TeamLead]).await.client;

    let mut asked: Vec<&str> = charts.iter().map(String::as_str).collect();
    asked.push(missing);
    let body = json!({ "charts": asked, "person_id": second.id });
    let answer = lead.post("/api/v1/board/assign", body).await.ok();
    assert_eq!((&answer["done"], &answer["refused"]), (&json!(2), &json!(2)), "{answer}");
    for chart in answer["charts"].as_array().unwrap() {
        let id = chart["chart_id"].as_str().unwrap();
        let done = id != begun && id != missing;
        assert_eq!(chart["done"], json!(done), "{chart}");
        assert_eq!(chart["refused"].is_null(), done, "{chart}");
        if id == begun {
            assert!(chart["refused"].as_str().unwrap().contains("works on this chart"), "{chart}");
        }
    }

    // Whoever works on it loses it only for a reason; the draft stays with the chart.
    let take_back = |reason: &str| {
        let (charts, person) = ([begun.clone()], second.id);
        json!({ "charts": charts, "person_id": person, "take_back": true, "reason": reason })
    };
    let refused = lead.post("/api/v1/board/assign", take_back("")).await.ok();
    assert!(refused["charts"][0]["refused"].as_str().unwrap().contains("say why"), "{refused}");
    let given = lead.post("/api/v1/board/assign", take_back("went home ill")).await.ok();
    assert_eq!(given["charts"][0]["state"], "assigned", "{given}");
    let held = second.client.get("/api/v1/work").await.ok();
    assert_eq!(held["in_hand"].as_array().unwrap().len(), 3, "{held}");

    let back = json!({ "charts": charts, "reason": "the client asked us to wait" });
    let back = lead.post("/api/v1/board/revoke", back).await.ok();
    assert_eq!(back["done"], 3, "{back}");
    let again = json!({ "charts": [charts[0]], "reason": "twice" });
    let again = lead.post("/api/v1/board/revoke", again).await.ok();
    assert_eq!(again["charts"][0]["refused"], "nobody holds this chart");
    let silent = json!({ "charts": charts, "reason": " " });
    lead.post("/api/v1/board/revoke", silent).await.refused(422);
}

#[actix_web::test]
async fn a_rule_of_safety_binds_a_lead_and_one_of_load_is_set_aside_with_a_reason() {
    let app = TestApp::new().await;
    let charts = upload(&app, 1).await;
    let stranger = app.neighbour().await.vendor(&[Role::Coder]).await;
    let off = app.vendor(&[Role::Coder]).await;
    people::set_shifts(&app.services, &app.system(), off.id, &[]).await.unwrap();
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let give = async |person: &Desk, reason: &str| {
        let body = json!({ "charts": charts, "person_id": person.id, "reason": reason });
        lead.post("/api/v1/board/assign", body).await.ok()["charts"][0].clone()
    };
    let barred = give(&stranger, "we are late").await;
    assert_eq!(barred["refused"], "not for this person: not allow-listed");
    let silent = give(&off, "").await;
    assert!(silent["refused"].as_str().unwrap().contains("off shift"), "{silent}");
    let given = give(&off, "agreed overtime").await;
    assert_eq!(given["set_aside"], json!(["on_shift"]), "{given}");
}

#[actix_web::test]
async fn the_board_shows_who_works_on_what_and_lists_the_charts_that_are_asked_for() {
    let app = TestApp::own_database().await;
    let charts = upload(&app, 3).await;
    let coder = app.vendor(&[Role::Coder]).await;
    let begun = take(&coder).await.unwrap();
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let board = lead.get("/api/v1/board").await.ok();
    let row =
        &board["people"].as_array().unwrap().iter().find(|row| row["person_id"] == json!(coder.id));
    let row = row.unwrap();
    assert_eq!(row["working_on"]["chart_id"], json!(begun));
    assert_eq!((&row["country"], &row["absent"]), (&json!("IN"), &json!(false)));
    assert_eq!(board["queues"][0]["total"]["coding"], json!(charts.len() - 1));
    let bands = board["queues"][0]["bands"].as_array().unwrap();
    assert_eq!(bands.len(), 4);

    let listed = async |asked: &str| {
        let board = lead.get(&format!("/api/v1/board?{asked}")).await.ok();
        board["waiting"].as_array().unwrap().len()
    };
    let mut by_band = 0;
    for band in bands {
        by_band += listed(&format!("band={}", band["band"].as_str().unwrap())).await;
    }
    assert_eq!(by_band, charts.len() - 1, "each chart is in one band");
    assert_eq!(listed(&format!("queue={}", app.queue)).await, charts.len() - 1);
    assert_eq!(listed("queue=01900000-0000-7000-8000-000000000000").await, 0);
    assert!(!lead.get("/api/v1/board?band=blue").await.status.is_success());
}
