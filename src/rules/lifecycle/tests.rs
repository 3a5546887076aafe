use super::{Action, Actor, ActorKind, Chart, ChartState, decide, next};
use crate::ids::{ChartId, FacilityId};
use proptest::prelude::*;
use std::fmt::Write;

fn chart(state: ChartState, round: i32) -> Chart {
    Chart { facility: FacilityId::new(), id: ChartId::new(), state, version: 1, round }
}

fn now() -> crate::Instant {
    "2026-03-02T09:00:00Z".parse().unwrap()
}

/// The whole table as text, so that a change to it is a change somebody reads.
#[test]
fn the_table_is_what_the_committed_copy_says() {
    let mut table = String::new();
    for round in [0, 1] {
        for state in ChartState::ALL {
            for action in Action::ALL {
                for by in ActorKind::ALL {
                    if let Some(to) = next(*state, *action, *by, round) {
                        writeln!(table, "round {round}: {state} + {action} by {by} -> {to}")
                            .unwrap();
                    }
                }
            }
        }
    }
    let committed = include_str!("../lifecycle_table.txt");
    assert_eq!(table, committed, "review the change, then commit the new table:\n{table}");
}

#[test]
fn closed_charts_move_only_by_being_reopened() {
    for state in ChartState::ALL.iter().filter(|state| state.is_closed()) {
        for action in Action::ALL.iter().filter(|action| **action != Action::Reopen) {
            for by in ActorKind::ALL {
                assert_eq!(next(*state, *action, *by, 0), None);
            }
        }
    }
}

#[test]
fn submitted_work_never_expires() {
    for state in [ChartState::Coded, ChartState::Final, ChartState::Returned] {
        assert_eq!(next(state, Action::Expire, ActorKind::System, 0), None);
    }
}

#[test]
fn a_refusal_names_state_action_and_capacity() {
    let refusal = decide(&chart(ChartState::Final, 0), Action::Submit, Actor::SYSTEM, now());
    assert_eq!(
        refusal.unwrap_err().to_string(),
        "a chart that is “final” does not allow “submit” by system"
    );
}

proptest! {
    /// Whatever is tried in whatever order: the version counts exactly the accepted moves, and
    /// every chart that is not closed can still be moved by somebody.
    #[test]
    fn no_sequence_of_actions_leaves_the_table_or_strands_a_chart(
        steps in prop::collection::vec((0..Action::ALL.len(), 0..ActorKind::ALL.len()), 0..200)
    ) {
        let mut chart = chart(ChartState::Received, 0);
        let mut accepted = 0;
        for (action, by) in steps {
            let actor = Actor { kind: ActorKind::ALL[by], person: None };
            if let Ok(change) = decide(&chart, Action::ALL[action], actor, now()) {
                prop_assert_eq!(change.after().state, change.to());
                chart = change.after();
                accepted += 1;
            }
            prop_assert_eq!(chart.version, 1 + accepted);
            let movable = Action::ALL.iter().any(|action| ActorKind::ALL.iter().any(|by|
                next(chart.state, *action, *by, chart.round).is_some()));
            prop_assert!(movable || chart.state.is_closed());
        }
    }
}
