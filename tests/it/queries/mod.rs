//! Questions to providers: asked on the desk, mailed without a word about a patient, answered once, and the
//! chart comes back to its coder.

mod by_itself;
mod links;
mod settling;

use crate::support::{Answer, Client, Desk, TestApp};
use base::mail::SentMail;
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

/// Words that must never leave in a mail, a list of the coding company's, or a log.
const CANARIES: [&str; 6] =
    ["CANARY", "Example, Pat", "MCANARY", "1970-05-17", "2026-03-02", "transfuse"];
const NOTE: &str =
    "CANARY note. Hgb 6.9, down from 11.2. Anemia, transfuse 2 units. Plan: observe.";

/// A chart on its coder's desk, and everybody whom a question concerns.
pub struct Asking {
    pub app: TestApp,
    pub admin: Desk,
    pub provider: Desk,
    pub coder: Desk,
    pub chart: String,
    pub epoch: Value,
    pub document: String,
}

impl Asking {
    pub async fn new() -> Self {
        Self::in_app(TestApp::new().await, "CANARY-1").await
    }

    /// In a database of its own, for what looks at all jobs or moves the clock by days.
    pub async fn alone() -> Self {
        Self::in_app(TestApp::own_database().await, "CANARY-1").await
    }

    pub async fn in_app(app: TestApp, account: &str) -> Self {
        let admin = app.staff(&[Role::FacilityAdmin]).await;
        let provider = app.staff(&[Role::Provider]).await;
        let coder = app.vendor(&[Role::Coder]).await;
        let chart = app.upload(&admin.client, account, NOTE).await;
        app.run_jobs().await;
        let mut asking = Self {
            app,
            admin,
            provider,
            coder,
            chart,
            epoch: Value::Null,
            document: String::new(),
        };
        assert_eq!(asking.take().await, Some(asking.chart.clone()));
        asking
    }

    /// The coder takes their next chart; whichever it is becomes the one at hand.
    pub async fn take(&mut self) -> Option<String> {
        let next = self.coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await;
        let taken = next.ok()["taken"]["chart_id"].as_str()?.to_owned();
        let desk = self.coder.client.get(&format!("/api/v1/desk/{taken}")).await.ok();
        self.epoch = desk["lease"]["epoch"].clone();
        desk["documents"][0]["id"].as_str().unwrap().clone_into(&mut self.document);
        Some(taken)
    }

    pub fn path(&self) -> String {
        format!("/api/v1/desk/{}/queries", self.chart)
    }

    /// A place in the note.
    pub fn indicator(&self, words: &str) -> Value {
        let start = NOTE.find(words).expect(words);
        json!({ "document_id": self.document, "start": start, "end": start + words.len(),
            "quote": "what a client says stands there" })
    }

    pub fn question(&self) -> Value {
        json!({
            "title": "Anemia: type and cause", "kind": "multiple_choice",
            "text": "The record names anemia without its type. Which type was treated?",
            "indicators": [self.indicator("Hgb 6.9, down from 11.2"),
                self.indicator("Anemia, transfuse 2 units")],
            "options": ["Acute blood loss anemia", "Iron deficiency anemia"],
            "template": "anemia_type@1",
        })
    }

    /// Sends questions as they are given, to the provider.
    pub async fn send(&self, questions: &[Value]) -> Answer {
        let questions: Vec<Value> = questions
            .iter()
            .map(|question| json!({ "provider_id": self.provider.id, "question": question }))
            .collect();
        let body = json!({ "epoch": self.epoch, "questions": questions });
        self.coder.client.post(&self.path(), body).await
    }

    /// Sends the one question and gives its id.
    pub async fn ask(&self) -> String {
        let asked = self.send(&[self.question()]).await.ok();
        asked["queries"][0].as_str().unwrap().to_owned()
    }

    pub async fn mails_to(&self, person: &Desk) -> Vec<SentMail> {
        let address = self.address(person).await;
        let mut mails = self.app.services.mailer.list().await.unwrap();
        // Everybody was invited once.
        let invited = |mail: &SentMail| mail.message.subject.contains("invitation");
        mails.retain(|mail| mail.message.to == address && !invited(mail));
        mails
    }

    /// Where somebody is written to, of the facility or, for a lead, of the coding company.
    async fn address(&self, person: &Desk) -> String {
        let (door, services) = (&self.app.door, &self.app.services);
        let admin = Client::signed_in(door, services, self.admin.id).await;
        let user = admin.get(&format!("/api/v1/users/{}", person.id)).await;
        let found = if user.status.is_success() {
            user.json()
        } else {
            let lead = Client::signed_in(door, services, person.id).await;
            lead.get(&format!("/api/v1/people/{}", person.id)).await.ok()
        };
        let person = if found["person"].is_object() { &found["person"] } else { &found };
        person["email"].as_str().unwrap().to_owned()
    }

    /// What stands behind `#` in the newest mail to the provider.
    pub async fn token(&self) -> String {
        let mails = self.mails_to(&self.provider).await;
        token_in(&mails[0])
    }

    pub async fn state(&self) -> Value {
        let view = self.admin.client.get(&format!("/api/v1/charts/{}", self.chart)).await.ok();
        json!({ "state": view["state"], "due_at": view["due_at"] })
    }

    /// Everybody signs in again, as after some days.
    pub async fn sign_in_again(&mut self) {
        for desk in [&mut self.admin, &mut self.provider, &mut self.coder] {
            desk.client = Client::signed_in(&self.app.door, &self.app.services, desk.id).await;
        }
    }
}

pub fn token_in(mail: &SentMail) -> String {
    let (_, rest) = mail.message.text.split_once("/answer#").expect("a link");
    rest.split_whitespace().next().unwrap().to_owned()
}

pub fn chosen(option: usize) -> Value {
    json!({ "choice": "option", "option": option, "comment": "seen on rounds" })
}

#[actix_web::test]
async fn a_question_goes_to_its_provider_and_the_chart_comes_back_to_its_coder() {
    let mut asking = Asking::new().await;
    let draft = json!({ "lines": [], "note": "half done", "dismissals": [] });
    let path = format!("/api/v1/desk/{}", asking.chart);
    let kept = json!({ "epoch": asking.epoch, "revision": 0, "draft": draft });
    asking
        .coder
        .client
        .send("PUT".parse().unwrap(), &format!("{path}/draft"), Some(kept))
        .await
        .ok();
    let due_before = asking.state().await["due_at"].clone();

    let asked = asking.send(&[asking.question()]).await.ok();
    assert_eq!(asked["state"], "query_open");
    let query = asked["queries"][0].as_str().unwrap().to_owned();
    asking.coder.client.get(&path).await.refused(409);
    assert_eq!(asking.state().await["state"], "query_open");
    asking.app.run_jobs().await;

    // The mail says that something waits and where, and nothing else.
    let mails = asking.mails_to(&asking.provider).await;
    assert_eq!(mails.len(), 1);
    let text = format!("{} {}", mails[0].message.subject, mails[0].message.text);
    for canary in CANARIES.iter().chain(&["emia", asking.chart.as_str(), query.as_str()]) {
        assert!(!text.contains(canary), "{canary} in {text}");
    }

    // Two clicks: open, choose.
    let nobody = Client::nobody(&asking.app.door);
    let token = token_in(&mails[0]);
    let shown = nobody.post("/api/v1/query-links/open", json!({ "token": token })).await.ok();
    assert_eq!(shown["quotes"][0]["quote"], "Hgb 6.9, down from 11.2", "the record's own words");
    let choices: Vec<_> = shown["choices"].as_array().unwrap().iter().collect();
    assert_eq!(choices.len(), 4);
    assert_eq!(choices[3]["words"], "Unable to determine");
    asking.app.advance_minutes(600);
    let answer = json!({ "token": token, "answer": chosen(0) });
    nobody.post("/api/v1/query-links/answer", answer).await.ok();

    // Back in the queue, its clock running again with the time that it waited added to its deadline.
    asking.sign_in_again().await;
    let after = asking.state().await;
    assert_eq!(after["state"], "ready");
    assert!(after["due_at"].as_str() > due_before.as_str(), "{after} {due_before}");
    asking.app.run_jobs().await;
    let other = asking.app.vendor(&[Role::Coder]).await;
    let next = other.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    assert_eq!(next["taken"], Value::Null, "it is kept for whoever asked");
    assert_eq!(asking.take().await, Some(asking.chart.clone()));
    let desk = asking.coder.client.get(&path).await.ok();
    assert_eq!(desk["draft"]["draft"]["note"], "half done");

    let seen = asking.coder.client.get(&asking.path()).await.ok();
    assert_eq!(seen["queries"][0]["status"], "answered");
    assert_eq!(seen["queries"][0]["answer"], "Acute blood loss anemia");
    assert_eq!(seen["queries"][0]["comment"], "seen on rounds");
    let conclusion = json!({ "epoch": asking.epoch, "outcome": "agreed", "effect": "changed",
        "note": "D62 instead of D64.9" });
    let place = format!("{}/{query}/outcome", asking.path());
    assert!(asking.coder.client.post(&place, conclusion.clone()).await.status.is_success());
    asking.coder.client.post(&place, conclusion).await.refused(409);
    let seen = asking.coder.client.get(&asking.path()).await.ok();
    assert_eq!(seen["queries"][0]["outcome"], "agreed");
    assert_eq!(seen["queries"][0]["effect"]["effect"], "changed");
}

#[actix_web::test]
async fn the_facility_sees_question_and_answer_but_not_what_it_did_to_the_codes() {
    let mut asking = Asking::new().await;
    let query = asking.ask().await;
    let answer = format!("/api/v1/queries/{query}/answer");
    asking.provider.client.post(&answer, chosen(1)).await.ok();
    asking.app.run_jobs().await;
    asking.take().await;
    let conclusion = json!({ "epoch": asking.epoch, "outcome": "disagreed", "effect": "removed",
        "note": "EFFECT-CANARY" });
    asking.coder.client.post(&format!("{}/{query}/outcome", asking.path()), conclusion).await;

    let path = format!("/api/v1/charts/{}/queries", asking.chart);
    let seen = asking.admin.client.get(&path).await;
    assert!(!seen.text().contains("EFFECT-CANARY") && !seen.text().contains("effect"));
    let seen = seen.ok();
    assert_eq!(seen[0]["answer"], "Iron deficiency anemia");
    assert_eq!(seen[0]["answered_through"], "sign_in");
    let own = asking.provider.client.get(&format!("/api/v1/queries/{query}")).await;
    assert!(!own.text().contains("EFFECT-CANARY"));
    let path = format!("/api/v1/charts/{}/timeline", asking.chart);
    let timeline = asking.admin.client.get(&path).await.ok();
    let actions: Vec<_> = timeline
        .as_array()
        .unwrap()
        .iter()
        .map(|event| event["action"].as_str().unwrap())
        .collect();
    for action in ["open_query", "answer_query", "go_on"] {
        assert!(actions.contains(&action), "{actions:?}");
    }
}

#[actix_web::test]
async fn a_question_that_leads_is_refused_by_its_fields_and_nothing_has_changed() {
    let asking = Asking::new().await;
    let mut leading = asking.question();
    leading["title"] = json!("Acute blood loss anemia");
    leading["text"] = json!("Would you agree, so that the DRG is right?");
    leading["options"] = json!(["Acute blood loss anemia"]);
    let refused = asking.send(&[asking.question(), leading]).await.refused(422);
    let fields: Vec<_> = refused["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    for field in ["questions.1.title", "questions.1.text", "questions.1.options"] {
        assert!(fields.contains(&field), "{fields:?}");
    }
    assert!(fields.iter().all(|field| field.starts_with("questions.1.")), "{fields:?}");
    assert_eq!(asking.state().await["state"], "in_progress");

    let mut yes = asking.question();
    yes["kind"] = json!("yes_no");
    yes["options"] = json!([]);
    yes["about"] = json!("documented_elsewhere");
    yes["condition"] = json!("sepsis");
    let refused = asking.send(&[yes]).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "questions.0.condition");
    let checked = asking.coder.client.post("/api/v1/query-check", asking.question()).await.ok();
    assert_eq!(checked, json!([]), "while writing, the same rules say the same");
}

#[actix_web::test]
async fn a_quotation_comes_from_the_chart_itself() {
    let asking = Asking::new().await;
    let mut question = asking.question();
    question["indicators"][0]["end"] = json!(NOTE.len() + 1);
    let refused = asking.send(&[question]).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "questions.0.indicators.0");
    let mut question = asking.question();
    question["indicators"][1]["document_id"] = json!("01900000-0000-7000-8000-000000000000");
    let refused = asking.send(&[question]).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "questions.0.indicators.1");
    let neighbour = asking.app.neighbour().await;
    let theirs = neighbour.staff(&[Role::Provider]).await;
    let body = json!({ "epoch": asking.epoch, "questions": [
        { "provider_id": theirs.id, "question": asking.question() }] });
    let refused = asking.coder.client.post(&asking.path(), body).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "questions.0.provider_id");
}

#[actix_web::test]
async fn a_chart_waits_for_the_last_of_its_answers() {
    let mut asking = Asking::new().await;
    let mut open = asking.question();
    open["kind"] = json!("open_ended");
    open["options"] = json!([]);
    let key = "ask-twice-1";
    let body = json!({ "epoch": asking.epoch, "questions": [
        { "provider_id": asking.provider.id, "question": asking.question() },
        { "provider_id": asking.provider.id, "question": open }] });
    let asked = asking.coder.client.post_once(&asking.path(), body.clone(), key).await.ok();
    let again = asking.coder.client.post_once(&asking.path(), body, key).await.ok();
    assert_eq!(asked, again, "a repeated request asks nobody twice");
    let list = asking.provider.client.get("/api/v1/queries").await.ok();
    assert_eq!(list.as_array().unwrap().len(), 2);

    let place =
        |at: usize| format!("/api/v1/queries/{}/answer", asked["queries"][at].as_str().unwrap());
    asking.provider.client.post(&place(0), json!({ "choice": "unable_to_determine" })).await.ok();
    assert_eq!(asking.state().await["state"], "query_open");
    let words = json!({ "choice": "text", "text": "chronic, from the kidneys" });
    asking.provider.client.post(&place(1), words).await.ok();
    assert_eq!(asking.state().await["state"], "ready");
    asking.app.run_jobs().await;
    assert_eq!(asking.take().await, Some(asking.chart.clone()));
    let seen = asking.coder.client.get(&asking.path()).await.ok();
    assert_eq!(seen["queries"][1]["answer"], "chronic, from the kidneys");
    // A further question may be asked.
    assert_eq!(asking.send(&[asking.question()]).await.ok()["state"], "query_open");
}

#[actix_web::test]
async fn an_answer_is_given_once_by_whoever_is_asked_and_never_changed() {
    let asking = Asking::new().await;
    let query = asking.ask().await;
    let place = format!("/api/v1/queries/{query}/answer");
    let colleague = asking.app.staff(&[Role::Provider]).await;
    let missing = "/api/v1/queries/01900000-0000-7000-8000-000000000000/answer";
    let theirs = colleague.client.post(&place, chosen(0)).await;
    let none = colleague.client.post(missing, chosen(0)).await;
    assert_eq!((theirs.status, &theirs.body), (none.status, &none.body), "not theirs, not there");
    colleague.client.get(&format!("/api/v1/queries/{query}")).await.refused(404);

    let refused = asking.provider.client.post(&place, chosen(7)).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "option");
    let silent = json!({ "choice": "other", "text": " " });
    let refused = asking.provider.client.post(&place, silent).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "text");
    asking.provider.client.post(&place, chosen(0)).await.ok();
    asking.provider.client.post(&place, chosen(1)).await.refused(409);
    let own = asking.provider.client.get(&format!("/api/v1/queries/{query}")).await.ok();
    assert_eq!(own["answer"], "Acute blood loss anemia");
}

#[actix_web::test]
async fn what_is_written_is_kept_with_the_chart_when_the_lease_is_lost() {
    let mut asking = Asking::new().await;
    let path = format!("/api/v1/desk/{}/query-draft", asking.chart);
    let put = "PUT".parse::<actix_web::http::Method>().unwrap();
    let mut half = asking.question();
    half["text"] = json!("Which ty");
    let body = |revision: i32, epoch: &Value| {
        let questions = json!([{ "question": half }]);
        json!({ "epoch": epoch, "revision": revision, "questions": questions })
    };
    let epoch = asking.epoch.clone();
    let kept = asking.coder.client.send(put.clone(), &path, Some(body(0, &epoch))).await.ok();
    assert_eq!(kept["revision"], 1);
    let other_window = asking.coder.client.send(put.clone(), &path, Some(body(0, &epoch))).await;
    other_window.refused(409);

    asking.app.advance_minutes(24 * 60);
    scheduling::sweep(&asking.app.services).await.unwrap();
    asking.sign_in_again().await;
    asking.coder.client.send(put, &path, Some(body(1, &epoch))).await.refused(409);
    assert_eq!(asking.take().await, Some(asking.chart.clone()));
    let seen = asking.coder.client.get(&asking.path()).await.ok();
    assert_eq!(seen["draft"]["questions"][0]["question"]["text"], "Which ty");
    assert_eq!(seen["draft"]["revision"], 1);
    asking.ask().await;
}

#[actix_web::test]
async fn wordings_fit_the_work_and_a_facilitys_own_come_first_with_their_version() {
    let asking = Asking::new().await;
    let admin = &asking.admin.client;
    let wording = |text: &str, replaces: Value| {
        json!({ "name": "Our anemia question", "kind": "open_ended", "title": "Anemia",
            "text": text, "work_type": WorkType::Outpatient.as_str(), "replaces": replaces })
    };
    let refused = wording("Would you agree that the payer is right?", Value::Null);
    let refused = admin.post("/api/v1/query-templates", refused).await.refused(422);
    assert_eq!(refused["fields"][0]["name"], "text");
    let first = wording("Which type was it?", Value::Null);
    let first = admin.post("/api/v1/query-templates", first).await.ok();
    let second = wording("Which type was treated?", first["id"].clone());
    let second = admin.post("/api/v1/query-templates", second).await.ok();
    assert_eq!((&second["id"], &second["version"]), (&first["id"], &json!(2)));

    let offered = asking.coder.client.get(&asking.path()).await.ok()["templates"].clone();
    assert_eq!(offered[0]["text"], "Which type was treated?");
    let names: Vec<_> =
        offered.as_array().unwrap().iter().map(|it| it["reference"].as_str().unwrap()).collect();
    assert!(names.contains(&"ckd_stage@1"), "{names:?}");
    assert!(!names.contains(&"sepsis_validity@1"), "nobody stays in an outpatient queue");
    let id = first["id"].as_str().unwrap();
    let retired = format!("/api/v1/query-templates/{id}");
    let delete = "DELETE".parse::<actix_web::http::Method>().unwrap();
    assert!(admin.send(delete.clone(), &retired, None).await.status.is_success());
    admin.send(delete, &retired, None).await.refused(404);
    assert_eq!(admin.get("/api/v1/query-templates").await.ok(), json!([]));
}
