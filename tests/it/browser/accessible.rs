//! Every page of everybody, looked at by axe-core in light and dark. The pages are those that the sources
//! register: one that nobody in here comes to fails the test, so that a new page can't be forgotten.

use super::driver::{Browser, STAND_STILL};
use super::{NOTE, Served};
use crate::matrix::{Route, everybody, filled, routes};
use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Beside the sources of the pages, in the version that its package.json pins.
const AXE: &str = "ui/node_modules/axe-core/axe.min.js";

/// What stands in the place of ids in addresses.
struct World {
    facility: String,
    queue: String,
    user: String,
    person: String,
    /// With its documents, waiting for a coder.
    waiting: String,
    /// On its coder's desk, half coded.
    coding: String,
    on_hold: String,
    /// On its reviewer's desk.
    reviewing: String,
    returned: String,
    /// What came back of it.
    answer: String,
    /// What its provider is asked about a chart.
    question: String,
    /// The facility's own, tried and on.
    rule: String,
}

impl World {
    async fn make(app: &TestApp, people: &[(String, Client)]) -> Self {
        let somebody = |name: &str| {
            let found = people.iter().find(|(known, _)| known == name);
            found.unwrap_or_else(|| panic!("nobody is {name}")).1.clone()
        };
        let uploader = somebody("facility_uploader (facility)");
        let (coder, reviewer) = (somebody("coder"), somebody("reviewer"));
        let mut charts = Vec::new();
        for number in 1..=6 {
            let note = format!("{NOTE} Visit {number}.");
            charts.push(app.upload(&uploader, &format!("AXE-{number}"), &note).await);
        }
        app.run_jobs().await;

        let returned = hand_in(app, &coder).await;
        let review = take(&reviewer, "review").await;
        assert_eq!(review, returned);
        let path = format!("/api/v1/reviews/{returned}");
        let open = reviewer.get(&path).await.ok();
        let verdict = json!({ "epoch": open["lease"]["epoch"], "outcome": "accepted",
            "lines": open["coding"]["lines"], "findings": [], "note": "" });
        reviewer.post(&format!("{path}/decide"), verdict).await.ok();
        let reviewing = hand_in(app, &coder).await;
        assert_eq!(take(&reviewer, "review").await, reviewing);

        let on_hold = take(&coder, "coding").await;
        let hold = json!({ "epoch": epoch(&coder, &on_hold).await, "holds": [{ "reason": "missing_document",
            "note": "The operative report is missing." }] });
        coder.post(&format!("/api/v1/desk/{on_hold}/hold"), hold).await.ok();
        let asked = take(&coder, "coding").await;
        let question = ask(&coder, &asked, &somebody("provider (facility)")).await;
        let coding = take(&coder, "coding").await;
        begin(&coder, &coding).await;
        app.run_jobs().await;
        let given = [&returned, &reviewing, &on_hold, &asked, &coding];
        let waiting = charts.iter().find(|chart| !given.contains(chart)).unwrap().clone();
        let user = app.staff(&[Role::Provider]).await.id.to_string();
        let person = app.vendor(&[Role::Coder]).await.id.to_string();
        let (facility, queue) = (app.facility.to_string(), app.queue.to_string());
        let returns = uploader.get("/api/v1/returns").await.ok();
        let answer = returns["items"][0]["id"].as_str().expect("a return").to_owned();
        Self {
            facility,
            queue,
            user,
            person,
            waiting,
            coding,
            on_hold,
            reviewing,
            returned,
            answer,
            question,
            rule: own_rule(app, &somebody("team_lead")).await,
        }
    }

    /// The addresses under which a route is looked at.
    fn addresses(&self, path: &str) -> Vec<String> {
        let with = |id: &str| vec![filled(path, &|_| id.to_owned())];
        match path {
            "/codes/changes" => vec!["/codes/changes?kind=icd10cm".to_owned()],
            _ if !path.contains('{') => vec![path.to_owned()],
            "/desk/{chart}" => with(&self.coding),
            "/review/{chart}" => with(&self.reviewing),
            "/board/{chart}" => [with(&self.waiting), with(&self.coding)].concat(),
            "/charts/{id}" => [with(&self.returned), with(&self.on_hold)].concat(),
            "/returns/{id}" => with(&self.answer),
            "/queries/{id}" => with(&self.question),
            "/people/{id}" => with(&self.person),
            "/users/{id}" => with(&self.user),
            _ if path.starts_with("/facilities/{id}") => vec![filled(path, &|name| {
                let ids = [("queue", &self.queue), ("rule", &self.rule)];
                let found = ids.iter().find(|(known, _)| *known == name);
                found.map_or_else(|| self.facility.clone(), |(_, id)| (*id).clone())
            })],
            _ => Vec::new(),
        }
    }
}

/// A rule with a row of each sort, tried over what was coded, on, and changed since.
async fn own_rule(app: &TestApp, lead: &Client) -> String {
    let of = |field: &str, value: &str| json!({ "field": field, "is": "among", "value": value });
    let rule = json!({ "name": "25 on visits", "severity": "warning", "message": "Add 25.",
        "about": { "kind": "procedure", "tests": [of("code", "99202-99215"), of("modifiers", "none")] },
        "when": [
            { "of": "line", "there": true, "kind": "diagnosis", "tests": [of("code", "I10")] },
            { "of": "coding", "field": "age", "is": "at_least", "value": "18" },
        ] });
    let path = format!("/api/v1/facilities/{}/rules", app.facility);
    let new = json!({ "version": 0, "rule": rule });
    let id = lead.post(&path, new).await.ok()["id"].as_str().expect("a rule").to_owned();
    lead.post(&format!("{path}/{id}/trials"), json!({ "version": 1 })).await.ok();
    app.run_jobs().await;
    lead.put(&format!("{path}/{id}/switch"), json!({ "version": 1 })).await.ok();
    lead.put(&format!("{path}/{id}"), json!({ "version": 1, "rule": rule })).await.ok();
    id
}

async fn take(client: &Client, kind: &str) -> String {
    let taken = client.post("/api/v1/work/next", json!({ "kind": kind })).await.ok();
    taken["taken"]["chart_id"].as_str().unwrap_or_else(|| panic!("no {kind}: {taken}")).to_owned()
}

async fn epoch(coder: &Client, chart: &str) -> Value {
    coder.get(&format!("/api/v1/desk/{chart}")).await.ok()["lease"]["epoch"].clone()
}

/// Asks the chart's provider, and gives the question's id.
async fn ask(coder: &Client, chart: &str, provider: &Client) -> String {
    let me = provider.get("/api/v1/me").await.ok();
    let path = format!("/api/v1/desk/{chart}");
    let desk = coder.get(&path).await.ok();
    let words = "essential hypertension";
    let start = NOTE.find(words).unwrap();
    let indicator = json!({ "document_id": desk["documents"][0]["id"], "start": start,
        "end": start + words.len(), "quote": words });
    let question = json!({ "title": "Hypertension: type", "kind": "multiple_choice",
        "text": "The record names hypertension without its type. Which type was treated?",
        "indicators": [indicator], "options": ["Primary", "Secondary"] });
    let body = json!({ "epoch": desk["lease"]["epoch"],
        "questions": [{ "provider_id": me["id"], "question": question }] });
    let asked = coder.post(&format!("{path}/queries"), body).await.ok();
    asked["queries"][0].as_str().unwrap().to_owned()
}

fn lines() -> Value {
    json!([
        { "role": "principal", "system": "icd10cm", "code": "I10" },
        { "role": "secondary", "system": "icd10cm", "code": "E11.9" },
        { "role": "procedure", "system": "cpt", "code": "99213" },
    ])
}

async fn hand_in(app: &TestApp, coder: &Client) -> String {
    let chart = take(coder, "coding").await;
    let coding = json!({ "epoch": epoch(coder, &chart).await, "lines": lines(),
        "note": "The dose of metformin is not said." });
    coder.post(&format!("/api/v1/desk/{chart}/submit"), coding).await.ok();
    app.run_jobs().await;
    chart
}

/// With every kind of finding, so that all of them are looked at.
async fn begin(coder: &Client, chart: &str) {
    let path = format!("/api/v1/desk/{chart}");
    let mut all = lines().as_array().unwrap().clone();
    all.push(json!({ "role": "secondary", "system": "icd10cm", "code": "E11" }));
    all.push(json!({ "role": "secondary", "system": "icd10cm", "code": "Z38.00" }));
    let draft = json!({ "lines": all, "note": "A note.", "dismissals": [] });
    let saving = json!({ "epoch": epoch(coder, chart).await, "revision": 0, "draft": draft });
    coder.put(&format!("{path}/draft"), saving).await.ok();
}

/// Violations that keep somebody out, of the page and of each dialog in it.
const LOOK: &str = r"return (async () => {
    const rules = RULES;
    const only = rules === null ? {} : { runOnly: { type: 'rule', values: rules } };
    const look = async (at) => {
        const { violations } = await axe.run(at, { resultTypes: ['violations'], ...only });
        return violations
            .filter(({ impact }) => impact === 'serious' || impact === 'critical')
            .flatMap(({ id, nodes }) => nodes.map((node) => {
                const [why] = [...node.any, ...node.all, ...node.none];
                return `${id}: ${node.target.join(' ')}: ${why?.message ?? node.html}`;
            }));
    };
    const found = await look(document);
    for (const dialog of document.querySelectorAll('dialog:not([open])')) {
        dialog.showModal();
        found.push(...(await look(dialog)));
        dialog.close();
    }
    return found;
})()";

/// Nothing on the page is still being fetched or drawn.
const SETTLED: &str = "return document.readyState === 'complete' && \
    !document.querySelector('[aria-busy=true]') && \
    !/^Opening/.test(document.querySelector('h1')?.textContent ?? '')";

async fn faults_of(browser: &Browser, address: &str) -> Vec<String> {
    browser.open(address).await;
    browser.wait_until(SETTLED, &json!(true)).await;
    // What acts on a line is only there when one is chosen.
    browser.run("document.querySelector('[data-lines] > tr')?.focus()").await;
    let mut faults = Vec::new();
    for (theme, rules) in [("light", Value::Null), ("dark", json!(["color-contrast"]))] {
        browser.likes(theme).await;
        let found = browser.run(&LOOK.replace("RULES", &rules.to_string())).await;
        let found = found.as_array().unwrap_or_else(|| panic!("{address}: {found}"));
        faults.extend(found.iter().map(|fault| format!("{theme}: {}", fault.as_str().unwrap())));
    }
    browser.likes("light").await;
    faults
}

fn is_page(route: &Route) -> bool {
    let (path, method) = route;
    let is_other = ["/api/", "/assets/", "/healthz", "/readyz", "/favicon.ico"];
    method == "GET" && !is_other.iter().any(|start| path.starts_with(start))
}

/// What is built, without what is said: two people whose pages differ in words alone see the same page.
fn built(page: &str) -> String {
    let main = page.split_once("<main").map_or(page, |(_, main)| main);
    let tags = main.split('<').skip(1).map(|tag| {
        let (name, more) = tag.split_once([' ', '>']).unwrap_or((tag, ""));
        let class = more.split_once("class=\"").and_then(|(_, class)| class.split('"').next());
        format!("{name} {}", class.unwrap_or_default())
    });
    tags.collect::<Vec<_>>().join("\n")
}

#[actix_web::test]
async fn nobody_is_kept_out_of_any_page_by_how_it_is_built_or_coloured() {
    let served = Served::new().await;
    let people: Vec<_> =
        everybody(&served.app).await.into_iter().filter(|(name, _)| name != "api_key").collect();
    let world = World::make(&served.app, &people).await;
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join(AXE);
    let axe = std::fs::read_to_string(axe).expect("axe-core is needed: (cd ui && npm ci)");
    let browser = Browser::start(1366, 768).await;
    browser.bring_along(&axe).await;
    browser.bring_along(STAND_STILL).await;
    browser.open(&format!("{}/sign-in", served.address)).await;

    let mut seen = BTreeSet::new();
    let (mut faults, mut unseen, mut looked_at) = (Vec::new(), Vec::new(), 0);
    for (path, _) in routes().iter().filter(|route| is_page(route)) {
        let mut is_seen = false;
        for address in world.addresses(path) {
            for (name, client) in &people {
                let answer = client.get(&address).await;
                // The way from "/" to each one's own first page is no page.
                is_seen |= path == "/" && answer.status.is_redirection();
                if !answer.status.is_success() {
                    continue;
                }
                is_seen = true;
                if !seen.insert((path.clone(), built(&answer.text()))) {
                    continue;
                }
                looked_at += 1;
                browser.forget_cookies().await;
                if name != "anonymous" {
                    browser.set_cookie(web::sessions::COOKIE, &client.proof().0).await;
                }
                let found = faults_of(&browser, &format!("{}{address}", served.address)).await;
                faults.extend(found.into_iter().map(|fault| format!("{path} as {name}: {fault}")));
            }
        }
        if !is_seen {
            unseen.push(path.clone());
        }
    }
    println!("{looked_at} pages looked at, each in light and dark");
    faults.extend(
        unseen.iter().map(|path| format!("{path}: give it an address in World::addresses")),
    );
    assert!(faults.is_empty(), "{} faults:\n{}", faults.len(), faults.join("\n"));
    served.server.stop(false).await;
}
