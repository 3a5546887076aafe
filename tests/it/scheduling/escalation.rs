//! What happens to a chart as its deadline comes near.

use super::take;
use crate::support::{Client, Desk, TestApp};
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

async fn again(app: &TestApp, desk: &Desk) -> Client {
    Client::signed_in(&app.door, &app.services, desk.id).await
}

async fn steps(admin: &Client, chart: &str) -> Vec<Value> {
    let timeline = admin.get(&format!("/api/v1/charts/{chart}/timeline")).await.ok();
    let events = timeline.as_array().unwrap().iter();
    events.filter(|event| event["action"] == "escalate").map(|it| it["reason"].clone()).collect()
}

/// The mails about charts.
async fn mails(app: &TestApp) -> Vec<base::mail::Message> {
    let sent = app.services.mailer.list().await.unwrap().into_iter().map(|mail| mail.message);
    sent.filter(|mail| mail.subject.contains("chart")).collect()
}

#[actix_web::test]
async fn a_chart_that_nobody_takes_climbs_the_usual_ladder_and_each_step_is_taken_once() {
    let app = TestApp::own_database().await;
    let admin = app.staff(&[Role::FacilityAdmin]).await;
    let lead = app.vendor(&[Role::TeamLead]).await;
    let charts = super::upload(&app, 2).await;
    app.run_jobs().await;
    let before = mails(&app).await.len();

    // The queue's turnaround is a day of business, and the facility never closes.
    for (minutes, climbed) in
        [(1_070, 0), (20, 1), (200, 1), (20, 2), (120, 2), (30, 3), (5_000, 3)]
    {
        app.advance_minutes(minutes);
        scheduling::sweep(&app.services).await.unwrap();
        scheduling::sweep(&app.services).await.unwrap();
        let client = again(&app, &admin).await;
        let all = ["raise_priority", "tell_lead", "tell_client"];
        assert_eq!(
            steps(&client, &charts[0]).await,
            all[..climbed],
            "after {minutes} more minutes"
        );
    }
    app.run_jobs().await;
    let mails = mails(&app).await;
    assert_eq!(mails.len() - before, 2, "one to the lead, one to the client: {mails:?}");
    for mail in &mails {
        assert!(mail.subject.starts_with("2 charts"), "{mail:?}");
        assert!(!mail.text.contains("Example") && !mail.text.contains("S-0"), "{mail:?}");
    }
    let lead = again(&app, &lead).await;
    let system = app.system();
    let find =
        async |tx: &mut base::db::OpsTx| charts::store::find(tx, charts[0].parse().unwrap()).await;
    let chart = app.services.db.ops(&system, find).await.unwrap();
    assert_eq!(chart.priority, 3, "raised from 5");
    let coder = app.vendor(&[Role::Coder]).await;
    assert!(take(&coder).await.is_some(), "Next finds it at its new priority");
    assert!(lead.get("/board").await.status.is_success());
}

#[actix_web::test]
async fn preferred_skills_are_asked_until_a_waiting_chart_widens_and_no_holder_loses_work_by_it() {
    let app = TestApp::own_database().await;
    let queue = app
        .new_queue("Cardiology", WorkType::Outpatient, |terms| {
            terms.preferred_skills = vec!["cardiology".into()];
            terms.turnaround_minutes = 600;
            terms.escalation = serde_json::from_value(json!({ "widen_skills": "-60" })).unwrap();
        })
        .await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    for account in ["W-1", "W-2"] {
        let mut chart = app.chart_form(account);
        chart["queue_id"] = json!(queue);
        let note = format!("Cardiology visit {account}.");
        uploader
            .upload(&chart, &[("n.txt", note.as_bytes())], &format!("upload-{account}"))
            .await
            .ok();
    }
    let coder = app.vendor(&[Role::Coder]).await;
    assert_eq!(take(&coder).await, None, "the preferred skill is asked");

    app.advance_minutes(541);
    scheduling::sweep(&app.services).await.unwrap();
    let coder = Desk { id: coder.id, client: again(&app, &coder).await };
    let first = take(&coder).await.expect("the skill is not asked any more");
    assert!(take(&coder).await.is_some());
    // Nothing waits: the queue asks again, and who holds its charts keeps them.
    scheduling::sweep(&app.services).await.unwrap();
    let desk = coder.client.get(&format!("/api/v1/desk/{first}")).await;
    assert!(desk.status.is_success(), "{}", desk.text());
    let system = app.system();
    let terms = async |tx: &mut base::db::OpsTx| facilities::terms(tx, app.facility, queue).await;
    assert!(app.services.db.ops(&system, terms).await.unwrap().widened_at.is_none());
}

#[actix_web::test]
async fn a_ladder_is_set_with_the_terms_and_a_mark_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let manager = app.vendor(&[Role::AccountManager]).await.client;
    let path = format!("/api/v1/facilities/{}/queues/{}", app.facility, app.queue);
    let terms = |escalation: Value| {
        json!({ "version": 1, "terms": { "name": "Outpatient", "work_type": "outpatient",
            "priority": 5, "turnaround_minutes": 1440, "sampling_percent": 10,
            "accuracy_target_percent": 95, "escalation": escalation } })
    };
    manager.put(&path, terms(json!({ "tell_lead": "half" }))).await.refused(422);
    manager.put(&path, terms(json!({ "tell_lead": "50%", "tell_client": null }))).await.ok();
    let page = format!("/facilities/{}/queues/{}", app.facility, app.queue);
    let page = manager.get(&page).await.text();
    assert!(page.contains(r#"name="terms.escalation.tell_lead" value="50%""#), "{page}");
    assert!(page.contains(r#"name="terms.escalation.tell_client" value="""#), "{page}");
}

#[actix_web::test]
async fn who_only_helps_out_is_asked_while_a_chart_near_its_deadline_waits() {
    let app = TestApp::own_database().await;
    let queue = app
        .new_queue("Overflowing", WorkType::Outpatient, |terms| {
            terms.turnaround_minutes = 600;
            terms.escalation = serde_json::from_value(json!({ "overflow_team": "-60" })).unwrap();
        })
        .await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let mut chart = app.chart_form("O-1");
    chart["queue_id"] = json!(queue);
    uploader.upload(&chart, &[("n.txt", b"A visit.".as_slice())], "upload-O-1").await.ok();
    let coder = app.vendor(&[Role::Coder]).await;
    let manager = app.vendor(&[Role::AccountManager]).await.client;
    let path = format!("/api/v1/facilities/{}/allow-list/{}", app.facility, coder.id);
    manager.put(&path, json!({ "overflow": true })).await.ok();
    let facility = manager.get(&format!("/api/v1/facilities/{}", app.facility)).await.ok();
    assert_eq!(facility["overflow"], json!([coder.id]));
    assert_eq!(take(&coder).await, None, "nothing is near its deadline");

    app.advance_minutes(541);
    scheduling::sweep(&app.services).await.unwrap();
    let coder = Desk { id: coder.id, client: again(&app, &coder).await };
    let taken = take(&coder).await.expect("the queue asks for help");
    // Nothing waits any more; who helped out finishes what they have.
    scheduling::sweep(&app.services).await.unwrap();
    let desk = coder.client.get(&format!("/api/v1/desk/{taken}")).await;
    assert!(desk.status.is_success(), "{}", desk.text());
}
