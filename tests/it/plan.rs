//! `chartrelay plan` as its users run it: a file in, a plan out, or what is wrong in the file.

use formats::chart_assign;
use rules::planner::objective::Assignment;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

fn plan(instance: &[u8], arguments: &[&str]) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_chartrelay"))
        .arg("plan")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(instance).unwrap();
    child.wait_with_output().unwrap()
}

/// The answer as places in the instance, the way the objective reckons with them.
fn assignment(instance: &Value, answer: &[u8]) -> Assignment {
    let answer: Value = serde_json::from_slice(answer).unwrap();
    assert_eq!(answer["instance_id"], instance["id"]);
    let places = |list: &str| -> HashMap<String, usize> {
        let rows = instance[list].as_array().unwrap().iter().enumerate();
        rows.map(|(place, row)| (row["id"].as_str().unwrap().to_owned(), place)).collect()
    };
    let (coders, charts) = (places("coders"), places("charts"));
    let mut lists = vec![Vec::new(); coders.len()];
    for row in answer["assignments"].as_array().unwrap() {
        let list = row["chart_ids"].as_array().unwrap();
        lists[coders[row["coder_id"].as_str().unwrap()]] =
            list.iter().map(|id| charts[id.as_str().unwrap()]).collect();
    }
    lists
}

/// Two coders and forty charts, of which half are due within the hour.
fn small() -> Value {
    let charts = (0..40).map(|number: i64| {
        json!({
            "id": format!("H{number}"), "tenant": "T1", "skills": ["ED"], "onshore_only": number % 5 == 0,
            "expected_s": 100 + number * 7, "weight": 1 + number % 4,
            "due_s": if number % 2 == 0 { number * 90 } else { 50_000 },
        })
    });
    let coder = |id: &str, country: &str| {
        json!({
            "id": id, "country": country, "tenants": ["T1"], "skills": ["ED"],
            "available_from_s": 60, "capacity_s": 4_000, "speed_pct": 110,
        })
    };
    json!({
        "format": "chart-assign/1", "id": "small",
        "params": {
            "late_penalty_s": 86_400, "defer_penalty_s": 3_600, "carryover_s": 86_400,
            "onshore_countries": ["US"],
        },
        "coders": [coder("A", "US"), coder("B", "IN")], "charts": charts.collect::<Vec<_>>(),
    })
}

#[test]
fn a_plan_can_be_carried_out_and_the_same_seed_gives_the_same_bytes() {
    let file = small();
    let bytes = serde_json::to_vec(&file).unwrap();
    let run = || plan(&bytes, &["--budget-ms", "5", "--seed", "7", "--report"]);
    let (first, again) = (run(), run());
    assert!(first.status.success(), "{}", String::from_utf8_lossy(&first.stderr));
    let batch = chart_assign::read(&bytes).unwrap();
    let found = batch.instance.evaluate(&assignment(&file, &first.stdout)).unwrap();
    let quick = plan(&bytes, &["--budget-ms", "0"]);
    let guess = batch.instance.evaluate(&assignment(&file, &quick.stdout)).unwrap();
    assert!(found.score <= guess.score);
    let report = String::from_utf8(first.stderr).unwrap();
    assert!(report.contains(&format!("F1 {} seconds", found.score.lateness_seconds)), "{report}");
    // A machine under load may cut a search short, and says so.
    if !report.contains("too slow") && !String::from_utf8_lossy(&again.stderr).contains("too slow")
    {
        assert_eq!(first.stdout, again.stdout);
    }
}

#[test]
fn what_is_wrong_with_a_file_is_said_and_nothing_is_printed() {
    let mut file = small();
    file["charts"][3]["id"] = json!("H2");
    for (bytes, said) in [
        (serde_json::to_vec(&file).unwrap(), "chart \"H2\" is listed twice"),
        (b"{\"format\": 1}".to_vec(), "cannot be read"),
        (Vec::new(), "cannot be read"),
    ] {
        let answer = plan(&bytes, &[]);
        assert!(!answer.status.success() && answer.stdout.is_empty());
        let told = String::from_utf8(answer.stderr).unwrap();
        assert!(told.contains(said), "{told}");
    }
}

/// The yardstick's own instances, where they are at hand.
#[test]
fn the_yardsticks_batches_are_planned_better_than_by_simple_policies() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/scheduling/open");
    let Ok(bounds) = std::fs::read(folder.join("bounds.json")) else {
        eprintln!("the yardstick's instances are not at hand: nothing to compare with");
        return;
    };
    let bounds: Value = serde_json::from_slice(&bounds).unwrap();
    for (name, known) in bounds.as_object().unwrap() {
        let bytes = std::fs::read(folder.join(format!("{name}.json"))).unwrap();
        let file: Value = serde_json::from_slice(&bytes).unwrap();
        let answer = plan(&bytes, &["--budget-ms", "100"]);
        let batch = chart_assign::read(&bytes).unwrap();
        let found = batch.instance.evaluate(&assignment(&file, &answer.stdout)).unwrap();
        let naive = known["F1_naive_best"].as_i64().unwrap();
        assert!(found.score.lateness_seconds < naive, "{name}");
    }
}
