//! Why a chart waits: how many people fail which rule first, in words.

use std::collections::BTreeMap;

use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::{Person, QueueTerms, Rule, Work, check};
use crate::time::Instant;
use crate::words::AssignmentKind;

/// How many people could take a piece of work, and what stops the others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Explanation {
    /// What is to be done.
    pub kind: AssignmentKind,
    /// How many people could take it now.
    pub eligible: u32,
    /// How many people fail each rule first.
    pub by_rule: BTreeMap<Rule, u32>,
    /// When the first of those who are merely off shift comes back.
    pub next_shift_at: Option<Instant>,
}

/// Counts, over everyone, the first rule that fails.
#[must_use]
pub fn explain<'a>(
    people: impl IntoIterator<Item = &'a Person>,
    terms: &QueueTerms,
    work: &Work<'_>,
    now: Instant,
) -> Explanation {
    let mut explanation = Explanation::none(work.kind);
    for person in people {
        explanation.count(person, check(person, terms, work, now).err());
    }
    explanation
}

impl Explanation {
    /// An explanation that counts nobody yet.
    #[must_use]
    pub const fn none(kind: AssignmentKind) -> Self {
        Self { kind, eligible: 0, by_rule: BTreeMap::new(), next_shift_at: None }
    }

    /// Counts one person: the first rule that fails, or none.
    pub fn count(&mut self, person: &Person, failed: Option<Rule>) {
        let Some(rule) = failed else {
            self.eligible = self.eligible.saturating_add(1);
            return;
        };
        let counted = self.by_rule.entry(rule).or_default();
        *counted = counted.saturating_add(1);
        if rule == Rule::OnShift {
            let earliest = [self.next_shift_at, person.next_shift_at].into_iter().flatten().min();
            self.next_shift_at = earliest;
        }
    }

    /// One sentence such as "14 coders: 9 not allow-listed, 3 off shift, 2 full".
    #[must_use]
    pub fn sentence(&self) -> String {
        self.sentence_with("")
    }

    /// The same sentence, with the time at which the first person's shift begins, for a reader in
    /// this zone: "3 off shift until 08:00 CST".
    #[must_use]
    pub fn sentence_in(&self, zone: &TimeZone, now: Instant) -> String {
        let Some(at) = self.next_shift_at else {
            return self.sentence();
        };
        let same_day = at.in_zone(zone).date() == now.in_zone(zone).date();
        let format = if same_day { "%H:%M %Z" } else { "%a %H:%M %Z" };
        let time = at.timestamp().to_zoned(zone.clone()).strftime(format).to_string();
        self.sentence_with(&format!(" until {time}"))
    }

    /// Leaves out those who do not do this kind of work at all: "14 coders" counts coders.
    fn sentence_with(&self, off_shift_until: &str) -> String {
        let mut people = self.eligible;
        let mut parts = Vec::new();
        if self.eligible > 0 {
            parts.push(format!("{} eligible", self.eligible));
        }
        for (rule, count) in &self.by_rule {
            if matches!(rule, Rule::Active | Rule::Kind) {
                continue;
            }
            people = people.saturating_add(*count);
            let until = if *rule == Rule::OnShift { off_shift_until } else { "" };
            parts.push(format!("{count} {}{until}", rule.label()));
        }
        let (one, many) = match self.kind {
            AssignmentKind::Coding => ("coder", "coders"),
            AssignmentKind::Review => ("reviewer", "reviewers"),
            AssignmentKind::Arbitration => ("arbiter", "arbiters"),
        };
        match people {
            0 => format!("no {many}"),
            1 => format!("1 {one}: {}", parts.join(", ")),
            _ => format!("{people} {many}: {}", parts.join(", ")),
        }
    }
}
