//! Files that are read, and files that are refused with what is wrong in them.

use super::{Fault, read};
use proptest::prelude::*;
use serde_json::{Value, json};

fn file() -> Value {
    json!({
        "format": "chart-assign/1", "id": "small", "epoch": "2026-01-12T14:00:00Z",
        "params": {
            "late_penalty_s": 86_400, "defer_penalty_s": 3_600, "carryover_s": 90_000,
            "onshore_countries": ["US"],
        },
        "coders": [
            {"id": "A", "country": "US", "tenants": ["T1", "T2", "T1"], "skills": ["ED", "IP"],
             "available_from_s": 60, "capacity_s": 7_200, "speed_pct": 125},
            {"id": "B \"the second\"", "country": "IN", "tenants": ["T1"], "skills": ["ED"],
             "available_from_s": 0, "capacity_s": 3_600, "speed_pct": 80},
        ],
        "charts": [
            {"id": "1", "tenant": "T1", "skills": ["ED"], "onshore_only": false,
             "expected_s": 300, "received_s": -9, "due_s": 900, "priority": 1, "weight": 8},
            {"id": "2", "tenant": "T1", "skills": ["ED"], "onshore_only": true,
             "expected_s": 600, "due_s": -50, "weight": 1},
            {"id": "3", "tenant": "T2", "skills": ["ED", "ED", "IP"], "onshore_only": false,
             "expected_s": 600, "due_s": 0, "weight": 2},
            {"id": "4", "tenant": "T2", "skills": ["IP", "ED"], "onshore_only": false,
             "expected_s": 600, "due_s": 0, "weight": 2},
            {"id": "5", "tenant": "T9", "skills": [], "onshore_only": false,
             "expected_s": 600, "due_s": 0, "weight": 2},
        ],
    })
}

fn fault(change: impl FnOnce(&mut Value)) -> Fault {
    let mut file = file();
    change(&mut file);
    read(&serde_json::to_vec(&file).unwrap()).unwrap_err()
}

#[test]
fn charts_that_the_same_coders_may_do_are_a_class() {
    let bytes = serde_json::to_vec(&file()).unwrap();
    let batch = read(&bytes).unwrap();
    let classes: Vec<usize> = batch.instance.charts.iter().map(|chart| chart.class).collect();
    assert_eq!(classes, [0, 1, 2, 2, 3], "the order and repetition of skills make no difference");
    assert_eq!(batch.instance.classes, [vec![0, 1], vec![0], vec![0], vec![]]);
    assert_eq!(batch.instance.charges.carryover_seconds, 90_000);
    assert_eq!(batch.instance.coders[1].speed_percent, 80);
    assert_eq!(batch.instance.charts[0].due_seconds, Some(900));
}

#[test]
fn the_answer_names_charts_in_order_and_leaves_idle_coders_out() {
    let bytes = serde_json::to_vec(&file()).unwrap();
    let batch = read(&bytes).unwrap();
    let mut answer = Vec::new();
    batch.write(&vec![vec![], vec![1, 0]], &mut answer).unwrap();
    let answer: Value = serde_json::from_slice(&answer).unwrap();
    let expected = json!({
        "instance_id": "small",
        "assignments": [{"coder_id": "B \"the second\"", "chart_ids": ["2", "1"]}],
    });
    assert_eq!(answer, expected);
}

#[test]
fn what_is_wrong_is_named() {
    let twice = fault(|file| file["charts"][1]["id"] = json!("1"));
    assert_eq!(twice.to_string(), "chart \"1\" is listed twice");
    let other = fault(|file| file["format"] = json!("chart-assign/2"));
    assert_eq!(other, Fault::Format("chart-assign/2".to_owned()));
    let slow = fault(|file| file["coders"][0]["speed_pct"] = json!(0));
    assert_eq!(slow.to_string(), "coder \"A\": speed_pct must be at least 1");
    let light = fault(|file| file["charts"][2]["weight"] = json!(0));
    assert_eq!(light.to_string(), "chart \"3\": weight must be between 1 and 1,000,000");
    let long = fault(|file| file["charts"][0]["expected_s"] = json!(i64::MAX));
    assert!(long.to_string().starts_with("chart \"1\": expected_s must be between 1 and"));
    let missing = fault(|file| file["params"] = json!({}));
    assert!(missing.to_string().contains("missing field `late_penalty_s`"), "{missing}");
}

proptest! {
    #[test]
    fn bytes_of_any_kind_are_read_or_refused(bytes: Vec<u8>) {
        prop_assert!(read(&bytes).is_err());
    }
}
