//! What happens by itself: the reminder, the escalation, and nothing for what is answered.

use super::{Asking, CANARIES, chosen};
use base::mail::SentMail;
use rules::access::Role;
use serde_json::json;

const HOUR: i64 = 60;

fn without_patients(mails: &[SentMail]) {
    for mail in mails {
        let text = format!("{} {}", mail.message.subject, mail.message.text);
        for canary in CANARIES {
            assert!(!text.contains(canary), "{canary} in {text}");
        }
    }
}

#[actix_web::test]
async fn a_provider_is_reminded_once_after_72_hours_and_those_in_charge_hear_after_7_days() {
    let mut asking = Asking::alone().await;
    let lead = asking.app.vendor(&[Role::TeamLead]).await;
    let query = asking.ask().await;
    asking.app.run_jobs().await;
    asking.app.advance_minutes(72 * HOUR - 1);
    asking.app.run_jobs().await;
    asking.sign_in_again().await;
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 1);
    asking.app.advance_minutes(1);
    asking.app.run_jobs().await;
    asking.app.advance_minutes(HOUR);
    asking.app.run_jobs().await;
    let mails = asking.mails_to(&asking.provider).await;
    assert_eq!(mails.len(), 2, "one reminder, not more");
    assert!(mails[0].message.subject.starts_with("Reminder"));
    without_patients(&mails);

    let mut lead = lead;
    asking.app.advance_minutes((168 - 73) * HOUR - 1);
    asking.app.run_jobs().await;
    asking.sign_in_again().await;
    lead.client =
        crate::support::Client::signed_in(&asking.app.door, &asking.app.services, lead.id).await;
    let give_up = format!("/api/v1/board/queries/{query}/give-up");
    lead.client.post(&give_up, json!({ "reason": "no_answer" })).await.refused(409);
    assert_eq!(asking.mails_to(&asking.admin).await.len(), 0);
    asking.app.advance_minutes(1);
    asking.app.run_jobs().await;
    for person in [&asking.admin, &lead] {
        let mails = asking.mails_to(person).await;
        assert_eq!(mails.len(), 1, "once");
        without_patients(&mails);
    }
    // Whose address was looked up has signed in again meanwhile.
    lead.client =
        crate::support::Client::signed_in(&asking.app.door, &asking.app.services, lead.id).await;
    let board = lead.client.get("/api/v1/board/queries").await;
    for canary in CANARIES {
        assert!(!board.text().contains(canary), "{canary}");
    }
    let board = board.ok();
    assert_eq!(board[0]["id"], json!(query));
    assert!(board[0]["escalated_at"].is_string());
    asking.sign_in_again().await;
    let list = asking.admin.client.get("/api/v1/facility-queries").await.ok();
    assert!(list[0]["escalated_at"].is_string() && list[0]["reminded_at"].is_string());

    // After that a lead may let the chart go on, and it comes back to its coder.
    asking.coder.client.post(&give_up, json!({ "reason": "no_answer" })).await.refused(403);
    lead.client.post(&give_up, json!({ "reason": "no_answer" })).await.ok();
    assert_eq!(asking.state().await["state"], "ready");
    asking.app.run_jobs().await;
    assert_eq!(asking.take().await, Some(asking.chart.clone()));
    let seen = asking.coder.client.get(&asking.path()).await.ok();
    assert_eq!(seen["queries"][0]["outcome"], "no_response");
    let late = format!("/api/v1/queries/{query}/answer");
    asking.provider.client.post(&late, chosen(0)).await.refused(409);
}

#[actix_web::test]
async fn a_clock_that_jumps_back_reminds_nobody_early_and_nobody_twice() {
    let asking = Asking::alone().await;
    asking.ask().await;
    asking.app.run_jobs().await;
    // The promise comes due while the clock is ahead, and is done when it is right again.
    asking.app.advance_minutes(80 * HOUR);
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 1);
    asking.app.run_jobs().await;
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 2);
    asking.app.advance_minutes(-40 * HOUR);
    asking.app.run_jobs().await;
    asking.app.advance_minutes(60 * HOUR);
    asking.app.run_jobs().await;
    assert_eq!(asking.mails_to(&asking.provider).await.len(), 2);
}

#[actix_web::test]
async fn nothing_is_sent_about_questions_that_are_answered_taken_back_or_whose_chart_is_gone() {
    let mut asking = Asking::alone().await;
    for turn in 0..3 {
        if turn > 0 {
            let account = format!("MORE-{turn}");
            asking.chart = asking.app.upload(&asking.admin.client, &account, super::NOTE).await;
            let clear = format!("/api/v1/charts/{}/clear", asking.chart);
            asking.admin.client.post(&clear, json!({})).await;
            asking.app.run_jobs().await;
            assert_eq!(asking.take().await, Some(asking.chart.clone()));
        }
        let query = asking.ask().await;
        asking.app.run_jobs().await;
        match turn {
            0 => {
                let path = format!("/api/v1/queries/{query}/answer");
                asking.provider.client.post(&path, chosen(0)).await.ok();
            }
            1 => {
                let path = format!("/api/v1/asked-queries/{query}/cancel");
                let reason = json!({ "reason": "no_longer_needed" });
                asking.coder.client.post(&path, reason).await.ok();
            }
            _ => {
                let path = format!("/api/v1/charts/{}/void", asking.chart);
                asking.admin.client.post(&path, json!({})).await.ok();
                let path = format!("/api/v1/queries/{query}/answer");
                asking.provider.client.post(&path, chosen(0)).await.refused(409);
                let list = asking.provider.client.get("/api/v1/queries").await.ok();
                assert_eq!(list, json!([]), "nothing waits any more");
            }
        }
        if turn < 2 {
            asking.app.run_jobs().await;
            assert_eq!(asking.take().await, Some(asking.chart.clone()));
            let release = format!("/api/v1/desk/{}/release", asking.chart);
            let why = json!({ "epoch": asking.epoch, "reason": "outside_skill" });
            asking.coder.client.post(&release, why).await.ok();
        }
    }
    asking.app.run_jobs().await;
    let before = asking.mails_to(&asking.provider).await.len();
    assert_eq!(before, 3, "each was asked once");
    for _ in 0..10 {
        asking.app.advance_minutes(24 * HOUR);
        asking.app.run_jobs().await;
    }
    assert_eq!(asking.mails_to(&asking.provider).await.len(), before);
    assert_eq!(asking.mails_to(&asking.admin).await.len(), 0);
}
