//! A chart goes all the way round: every note that is at hand is uploaded, planned, coded with real
//! codes, sampled, reviewed, returned and acknowledged over HTTP, and every chart is accounted for.

use crate::support::{Client, Desk, TestApp};
use rules::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The product's own encounters, then every real note beside the checkout, if there are any.
const OWN_CHARTS: &str = "src/demo/charts";
const REAL_NOTES: [&str; 2] = ["../shared/data/notes/mtsamples", "../shared/data/notes/aci-bench"];
/// Enough rounds for every chart, each with its repetitions.
const ROUNDS_MAX: usize = 4_000;

/// When everybody has asked in vain more than once, nothing is left.
const QUIET_ROUNDS_MAX: usize = 8;

/// Words that the code search turns into everyday codes; a chart gets two of them.
const FINDINGS: [&str; 12] = [
    "essential hypertension",
    "type 2 diabetes",
    "acute bronchitis",
    "low back pain",
    "urinary tract infection",
    "atrial fibrillation",
    "gerd",
    "asthma uncomplicated",
    "hyperlipidemia",
    "chest pain",
    "abdominal pain",
    "hypothyroidism",
];

fn notes() -> Vec<(String, Vec<u8>)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found: Vec<PathBuf> = Vec::new();
    texts(&root.join(OWN_CHARTS), &mut found);
    for folder in REAL_NOTES {
        texts(&root.join(folder), &mut found);
    }
    found.sort();
    found
        .into_iter()
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, std::fs::read(path).unwrap())
        })
        .collect()
}

fn texts(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            texts(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "txt") {
            found.push(path);
        }
    }
}

struct Round {
    app: TestApp,
    uploader: Desk,
    coders: Vec<Desk>,
    reviewers: Vec<Desk>,
    everyday: Vec<String>,
}

impl Round {
    async fn new() -> Self {
        let app = TestApp::own_database().await;
        let uploader = app.staff(&[Role::FacilityUploader]).await;
        let mut coders = Vec::new();
        for _ in 0..4 {
            coders.push(app.vendor(&[Role::Coder]).await);
        }
        let mut reviewers = Vec::new();
        for _ in 0..2 {
            reviewers.push(app.vendor(&[Role::Reviewer]).await);
        }
        let mut everyday = Vec::new();
        for words in FINDINGS {
            let path = format!(
                "/api/v1/codes?system=icd10cm&on=2026-03-02&q={}",
                words.replace(' ', "%20")
            );
            let found = coders[0].client.get(&path).await.ok();
            let billable =
                found["items"].as_array().unwrap().iter().find(|hit| hit["billable"] == true);
            everyday.push(billable.expect(words)["code"].as_str().unwrap().to_owned());
        }
        Self { app, uploader, coders, reviewers, everyday }
    }

    /// Uploads everything; twice the same under one key is once.
    async fn upload_all(&self) -> usize {
        let notes = notes();
        assert!(notes.len() >= 40, "only {} notes at hand", notes.len());
        let mut twins = 0;
        for (number, (name, bytes)) in notes.iter().enumerate() {
            let chart = self.app.chart_form(&format!("E2E{number:05}"));
            let key = format!("end-to-end-{number}");
            let first = self.uploader.client.upload(&chart, &[(name, bytes)], &key).await.ok();
            if number % 50 == 0 {
                let again = self.uploader.client.upload(&chart, &[(name, bytes)], &key).await.ok();
                assert_eq!(first, again, "a repeated upload makes no second chart");
            }
            if first["state"] == "duplicate" {
                let id = first["id"].as_str().unwrap();
                let path = format!("/api/v1/charts/{id}/clear");
                self.uploader.client.post(&path, json!({})).await.ok();
                twins += 1;
            }
        }
        println!("{} charts uploaded, {twins} of them with the same text as another", notes.len());
        notes.len()
    }

    fn lines(&self, seed: usize) -> Value {
        let code = |at: usize| self.everyday[at % self.everyday.len()].clone();
        json!([
            { "role": "principal", "system": "icd10cm", "code": code(seed) },
            { "role": "secondary", "system": "icd10cm", "code": code(seed + 1) },
            { "role": "procedure", "system": "cpt", "code": "99213", "pointers": [1, 2] },
        ])
    }

    /// One coder takes one chart and hands it in; false when nothing was given.
    async fn code_one(&self, coder: &Desk, seed: usize) -> bool {
        let taken = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
        let Some(chart) = taken["taken"]["chart_id"].as_str() else { return false };
        let path = format!("/api/v1/desk/{chart}");
        let desk = coder.client.get(&path).await.ok();
        let document = desk["documents"][0]["id"].as_str().unwrap();
        let text = coder.client.get(&format!("{path}/documents/{document}")).await;
        assert!(text.status.is_success() && !text.body.is_empty());
        self.app.advance_minutes(1);
        let epoch = desk["lease"]["epoch"].clone();
        let submit =
            json!({ "epoch": epoch, "lines": self.lines(seed), "note": "", "dismissals": [] });
        coder.client.post(&format!("{path}/submit"), submit).await.ok();
        true
    }

    /// One reviewer takes one chart: accepts, corrects or sends back by turns.
    async fn review_one(&self, reviewer: &Desk, turn: usize) -> bool {
        let taken =
            reviewer.client.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
        let Some(chart) = taken["taken"]["chart_id"].as_str() else { return false };
        let path = format!("/api/v1/reviews/{chart}");
        let review = reviewer.client.get(&path).await.ok();
        let coded = review["coding"]["lines"].as_array().unwrap().clone();
        let mut lines = coded.clone();
        let outcome = match turn % 7 {
            0 => "fixed_and_accepted",
            3 if review["chart"]["round"] == 0 => "sent_back",
            _ => "accepted",
        };
        let mut findings = json!([]);
        if outcome != "accepted" {
            lines.remove(1);
            lines[1]["pointers"] = json!([1]);
            findings = json!([{ "category": "added", "severity": "major", "coder_line": 1,
                "rationale": "the note does not support this condition" }]);
        }
        let decision = json!({ "epoch": review["lease"]["epoch"], "outcome": outcome, "lines": lines,
            "findings": findings, "note": "" });
        reviewer.client.post(&format!("{path}/decide"), decision).await.ok();
        true
    }
}

#[actix_web::test]
async fn every_chart_that_is_uploaded_comes_back_coded_and_none_is_lost() {
    let round = Round::new().await;
    let uploaded = round.upload_all().await;
    round.app.run_jobs().await;

    let (mut turn, mut quiet) = (0, 0);
    for step in 0..ROUNDS_MAX {
        let coder = &round.coders[step % round.coders.len()];
        let coded = round.code_one(coder, step).await;
        round.app.run_jobs().await;
        let reviewer = &round.reviewers[step % round.reviewers.len()];
        let reviewed = round.review_one(reviewer, turn).await;
        turn += usize::from(reviewed);
        round.app.run_jobs().await;
        quiet = if coded || reviewed { 0 } else { quiet + 1 };
        if quiet > QUIET_ROUNDS_MAX {
            break;
        }
    }
    // The work took hours: whoever did not click meanwhile is signed out.
    let facility = Client::signed_in(&round.app.door, &round.app.services, round.uploader.id).await;
    let states = states_of(&facility).await;
    assert_eq!(states, BTreeMap::from([("returned".to_owned(), uploaded)]), "{states:?}");
    collect(&facility, uploaded).await;
    let states = states_of(&facility).await;
    assert_eq!(states, BTreeMap::from([("acknowledged".to_owned(), uploaded)]));
    check_numbers(&round, uploaded).await;
}

/// Every return is listed, downloaded, whole, and acknowledged once.
async fn collect(facility: &Client, uploaded: usize) {
    let mut charts = std::collections::BTreeSet::new();
    let mut after = String::new();
    loop {
        let page = facility.get(&format!("/api/v1/returns?limit=200{after}")).await.ok();
        for item in page["items"].as_array().unwrap() {
            let id = item["id"].as_str().unwrap();
            let package =
                facility.get(&format!("/api/v1/returns/{id}/package?format=json")).await.ok();
            assert!(package["lines"].as_array().unwrap().len() >= 2);
            charts.insert(package["chart_id"].as_str().unwrap().to_owned());
            facility.post(&format!("/api/v1/returns/{id}/acknowledge"), json!({})).await.ok();
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", next.replace('+', "%2B")),
            None => break,
        }
    }
    assert_eq!(charts.len(), uploaded, "a return for each chart");
}

/// The numbers on the screens trace to the same charts.
async fn check_numbers(round: &Round, uploaded: usize) {
    let lead = round.app.vendor(&[Role::TeamLead]).await;
    let range = "from=2026-03-01&to=2026-03-31";
    let productivity = lead.client.get(&format!("/api/v1/metrics/productivity?{range}")).await.ok();
    assert_eq!(productivity["total"]["charts"], uploaded, "{productivity}");
    let accuracy = lead.client.get(&format!("/api/v1/metrics/accuracy?{range}")).await.ok();
    assert!(accuracy["total"]["charts"].as_u64() > Some(0), "{accuracy}");
    let turnaround = lead.client.get(&format!("/api/v1/metrics/turnaround?{range}")).await.ok();
    let returned = turnaround["by_day"].as_array().unwrap().iter();
    let returned: u64 = returned.map(|day| day["returned"].as_u64().unwrap()).sum();
    assert_eq!(usize::try_from(returned), Ok(uploaded), "{turnaround}");
    let backlog = lead.client.get("/api/v1/metrics/backlog").await.ok();
    assert_eq!(backlog["charts"], 0, "{backlog}");
}

/// How many charts stand where.
async fn states_of(facility: &Client) -> BTreeMap<String, usize> {
    let mut states = BTreeMap::new();
    let mut after = String::new();
    loop {
        let page = facility.get(&format!("/api/v1/charts?limit=200{after}")).await.ok();
        for chart in page["items"].as_array().unwrap() {
            *states.entry(chart["state"].as_str().unwrap().to_owned()).or_insert(0) += 1;
        }
        match page["next"].as_str() {
            Some(next) => after = format!("&after={}", next.replace('+', "%2B")),
            None => return states,
        }
    }
}
