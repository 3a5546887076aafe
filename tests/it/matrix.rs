//! Every route × every identity: the committed grid is what people review when a right changes; a
//! foreign id must answer like a missing one, byte for byte; the API's description must be complete.

use crate::support::{Client, Desk, TestApp};
use actix_web::http::Method;
use rules::access::{Role, Side};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

/// A route as the sources register it.
pub(crate) type Route = (String, String);

/// All `.route("…", web::get()…)` of the product's sources, so that none can be left out.
pub(crate) fn routes() -> BTreeSet<Route> {
    let mut found = BTreeSet::new();
    visit(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut |text| {
        for piece in text.split(".route(").skip(1) {
            let piece: String = piece.chars().take(220).collect();
            let mut quoted = piece.split('"');
            let (Some(before), Some(path)) = (quoted.next(), quoted.next()) else { continue };
            let rest: String = quoted.collect();
            let method = ["get", "post", "put", "patch", "delete"]
                .into_iter()
                .filter_map(|m| rest.find(&format!("{m}()")).map(|at| (at, m)))
                .min();
            if let Some((_, method)) = method.filter(|_| before.trim().is_empty()) {
                found.insert((path.to_owned(), method.to_uppercase()));
            }
        }
    });
    assert!(found.len() > 60, "only {} routes found", found.len());
    found
}

fn visit(folder: &Path, with: &mut impl FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            visit(&path, with);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            with(&std::fs::read_to_string(path).unwrap());
        }
    }
}

/// The path with an id in the place of each parameter.
pub(crate) fn filled(path: &str, id: &dyn Fn(&str) -> String) -> String {
    let mut filled = String::new();
    for (number, piece) in path.split(['{', '}']).enumerate() {
        if number % 2 == 0 { filled += piece } else { filled += &id(piece) }
    }
    filled
}

fn missing(parameter: &str) -> String {
    match parameter {
        "page" => "1".to_owned(),
        _ => "01900000-0000-7000-8000-000000000000".to_owned(),
    }
}

/// Streams never end, and signing out would end the identity that is being tried.
fn is_walked(route: &Route) -> bool {
    let (path, method) = route;
    path != "/api/v1/events" && !(path == "/api/v1/session" && method == "DELETE")
}

/// What gets past the reading of the body, so that the id is what is answered for.
fn fitting_body((path, method): &Route) -> Value {
    let line = json!({ "role": "principal", "system": "icd10cm", "code": "I10" });
    let terms = json!({ "name": "Foreign", "work_type": "outpatient", "priority": 5,
        "turnaround_minutes": 1440, "sampling_percent": 10, "accuracy_target_percent": 95 });
    let held = json!({ "reason": "missing_document", "note": "a test" });
    let open = json!({ "weekday": 0, "from_minute": 480, "to_minute": 1020 });
    let person = json!({ "name": "Foreign", "roles": ["facility_uploader"], "active": true,
        "version": 1 });
    let last = path.rsplit('/').next().unwrap_or_default();
    match (method.as_str(), last) {
        ("POST", "assign") => json!({ "person_id": missing(""), "reason": "a test" }),
        ("POST", "revoke") => json!({ "reason": "a test" }),
        ("POST", "lift") => json!({ "note": "a test" }),
        ("POST", "beat") => json!({ "epoch": 1, "active": true }),
        ("POST", "check" | "compare") => json!({ "lines": [line] }),
        ("PUT", "draft") => json!({ "epoch": 1, "revision": 0, "draft": { "lines": [line] } }),
        ("POST", "hold") => json!({ "epoch": 1, "holds": [held] }),
        ("POST", "holds") => json!({ "holds": [held] }),
        ("POST", "guidelines") if path.contains("desk") => json!({ "ids": [] }),
        ("POST", "guidelines") => json!({ "version": 0, "text": "Foreign" }),
        ("POST", "rules") => json!({ "version": 0, "rule": own_rule() }),
        ("PUT", "{rule}") => json!({ "version": 1, "rule": own_rule() }),
        ("POST", "trials") => json!({ "version": 1 }),
        ("POST", "settle") => json!({ "how": "withdrawn" }),
        ("POST", "problem") => {
            json!({ "epoch": 1, "problem": "wrong_patient", "document_id": missing("") })
        }
        ("POST", "release") if !path.contains("/holds/") => {
            json!({ "epoch": 1, "reason": "other" })
        }
        ("POST", "submit") => json!({ "epoch": 1, "lines": [line] }),
        ("POST", "decide") => json!({ "epoch": 1, "outcome": "accepted" }),
        ("POST", "administrators") => json!({ "name": "Foreign", "email": "f@example.com" }),
        ("PUT", "calendar") => json!({ "time_zone": "UTC", "hours": [open] }),
        ("PUT", "reporting") => json!({ "asked": true, "exempt": "one" }),
        ("POST", "queues") => terms,
        ("PUT", "{queue}") => json!({ "terms": terms, "version": 1 }),
        ("PATCH", "{id}") => person,
        ("PUT", "credentials") => json!({ "credentials": [] }),
        ("POST", "leave") => json!({ "first_day": "2026-05-01", "last_day": "2026-05-02" }),
        ("PUT", "limits") => json!({ "paused": false, "version": 1, "wip_limit": 3 }),
        ("PUT", "shifts") => json!({ "shifts": [] }),
        ("PUT", "skills") => json!({ "skills": [] }),
        ("POST", "queries") => json!({ "epoch": 1, "questions": [{ "question": question() }] }),
        ("PUT", "query-draft") => {
            json!({ "epoch": 1, "revision": 0, "questions": [{ "question": question() }] })
        }
        ("POST", "outcome") => {
            json!({ "epoch": 1, "outcome": "agreed", "effect": "unchanged" })
        }
        ("POST", "cancel") => json!({ "reason": "no_longer_needed" }),
        ("POST", "give-up") => json!({ "reason": "no_answer" }),
        ("POST", "answer") => json!({ "choice": "unable_to_determine" }),
        ("PUT", "provider") => json!({ "provider_id": missing("") }),
        _ => json!({}),
    }
}

/// A rule that can be read.
fn own_rule() -> Value {
    let test = json!({ "of": "coding", "field": "age", "is": "at_least", "value": "18" });
    json!({ "name": "Foreign", "severity": "advice", "message": "A test.", "when": [test] })
}

/// A question that stops at no rule of its own.
fn question() -> Value {
    json!({ "title": "Time of onset", "kind": "open_ended", "text": "When did it begin?",
        "indicators": [{ "document_id": missing(""), "start": 0, "end": 4, "quote": "pain" }] })
}

async fn ask(client: &Client, route: &Route, id: &dyn Fn(&str) -> String) -> (u16, Vec<u8>) {
    with_body(client, route, id, json!({})).await
}

async fn with_body(
    client: &Client,
    route: &Route,
    id: &dyn Fn(&str) -> String,
    body: Value,
) -> (u16, Vec<u8>) {
    let method: Method = route.1.parse().unwrap();
    let body = (method != Method::GET).then_some(body);
    let answer = client.send(method, &filled(&route.0, id), body).await;
    (answer.status.as_u16(), answer.body)
}

pub(crate) async fn everybody(app: &TestApp) -> Vec<(String, Client)> {
    let mut identities = vec![("anonymous".to_owned(), Client::nobody(&app.door))];
    for role in Role::ALL.iter().filter(|role| **role != Role::ApiKey) {
        if role.belongs_to(Side::Vendor) {
            let Desk { client, .. } = app.vendor(&[*role]).await;
            identities.push((role.as_str().to_owned(), client));
        }
        if role.belongs_to(Side::Facility) {
            let Desk { client, .. } = app.staff(&[*role]).await;
            identities.push((format!("{role} (facility)"), client));
        }
    }
    let admin = app.staff(&[Role::FacilityAdmin]).await.client;
    let key = admin.post("/api/v1/api-keys", json!({ "name": "matrix", "days": 1 })).await.ok();
    identities.push(("api_key".into(), Client::with_key(&app.door, key["key"].as_str().unwrap())));
    identities
}

#[actix_web::test]
async fn who_may_ever_use_which_route_is_what_the_committed_grid_says() {
    let app = TestApp::own_database().await;
    let identities = everybody(&app).await;
    let mut grid = String::new();
    for route in routes().iter().filter(|route| is_walked(route)) {
        let mut by_status: BTreeMap<u16, Vec<&str>> = BTreeMap::new();
        for (name, client) in &identities {
            let (status, body) = ask(client, route, &missing).await;
            assert!(status < 500, "{route:?} as {name}: {}", String::from_utf8_lossy(&body));
            by_status.entry(status).or_default().push(name);
        }
        writeln!(grid, "{} {}", route.1, route.0).unwrap();
        for (status, names) in by_status {
            writeln!(grid, "    {status} {}", names.join(", ")).unwrap();
        }
    }
    insta::assert_snapshot!("routes_and_identities", grid);
}

#[actix_web::test]
async fn a_foreign_id_answers_like_a_missing_one_on_every_route_for_everybody() {
    let (here, there) = {
        let here = TestApp::own_database().await;
        let there = here.neighbour().await;
        (here, there)
    };
    let admin = there.staff(&[Role::FacilityAdmin]).await;
    let chart = there.upload(&admin.client, "CANARY-B-1", "CANARY-B note of another clinic").await;
    let view = admin.client.get(&format!("/api/v1/charts/{chart}")).await.ok();
    let document = view["documents"][0]["id"].as_str().unwrap().to_owned();
    let key = admin.client.post("/api/v1/api-keys", json!({ "name": "b", "days": 1 })).await.ok();
    let (facility, queue) = (there.facility.to_string(), there.queue.to_string());
    let user = admin.id.to_string();
    let key = key["id"].as_str().unwrap().to_owned();

    let identities = everybody(&here).await;
    for route in routes().iter().filter(|route| is_walked(route) && route.0.contains('{')) {
        let foreign = |parameter: &str| match parameter {
            "document" => document.clone(),
            "queue" => queue.clone(),
            "person" => user.clone(),
            "id" if route.0.contains("facilit") => facility.clone(),
            "id" if route.0.contains("api-keys") => key.clone(),
            "id" if route.0.contains("people") || route.0.contains("users") => user.clone(),
            "id" | "chart" => chart.clone(),
            _ => missing(parameter),
        };
        for (name, client) in &identities {
            // Operators and auditors see every facility: nothing is foreign to them.
            if ["operator", "auditor"].contains(&name.as_str()) {
                continue;
            }
            let body = fitting_body(route);
            let theirs = with_body(client, route, &foreign, body.clone()).await;
            let none = with_body(client, route, &missing, body).await;
            let text = String::from_utf8_lossy(&theirs.1).into_owned();
            assert_eq!(theirs, none, "{route:?} as {name}: {text}");
            assert_ne!(theirs.0, 422, "{route:?} as {name} stops at the body: {text}");
            assert!(!text.contains("CANARY-B"), "{route:?} as {name}: {text}");
        }
    }
}

#[actix_web::test]
async fn the_description_of_the_api_and_its_routes_are_the_same() {
    let described: BTreeSet<Route> = {
        let api: Value =
            serde_json::from_str(&chartrelay::app::openapi().to_json().unwrap()).unwrap();
        let mut described = BTreeSet::new();
        for (path, methods) in api["paths"].as_object().unwrap() {
            for method in methods.as_object().unwrap().keys() {
                described.insert((path.clone(), method.to_uppercase()));
            }
        }
        described
    };
    let served: BTreeSet<Route> = routes()
        .into_iter()
        .filter(|(path, _)| path.starts_with("/api/") || path == "/healthz" || path == "/readyz")
        .collect();
    let (undescribed, unserved): (Vec<_>, Vec<_>) =
        (served.difference(&described).collect(), described.difference(&served).collect());
    assert!(undescribed.is_empty() && unserved.is_empty(), "{undescribed:?} {unserved:?}");
}

#[test]
fn no_two_slices_describe_different_things_under_one_name() {
    let mut seen: BTreeMap<String, Value> = BTreeMap::new();
    let mut wrong = Vec::new();
    for part in chartrelay::app::described() {
        let part: Value = serde_json::from_str(&part.to_json().unwrap()).unwrap();
        for (name, schema) in part["components"]["schemas"].as_object().into_iter().flatten() {
            let earlier = seen.entry(name.clone()).or_insert_with(|| schema.clone());
            if earlier != schema {
                wrong.push(format!("two things are called {name}"));
            }
            let values = schema["enum"].as_array().into_iter().flatten();
            for value in values.filter_map(Value::as_str) {
                let capitals = ["PresentOnAdmission", "Level", "Model"].contains(&name.as_str());
                if value.chars().any(char::is_uppercase) && !capitals {
                    wrong.push(format!("{name} is described as {value}, its name in the code"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
