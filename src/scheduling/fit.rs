//! Whether charts fit a person, asked of everybody at once, before a lead gives them.
//!
//! Several charts are judged in the order in which they would be given, so that the third may find somebody
//! full whom the first did not.

use crate::board_store::{self, AskedRow};
use crate::snapshot::{people_now, seconds};
use crate::store;
use base::db::OpsTx;
use base::error::{Error, Result};
use facilities::Terms;
use rules::Instant;
use rules::eligibility::{Person, Rule, Work, check_with_override};
use rules::ids::{ChartId, FacilityId, PersonId};
use rules::lifecycle::ChartState;
use rules::words::AssignmentKind;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// Charts that are asked about, or that something is done with, at once, at most.
pub(crate) const CHARTS_AT_ONCE_MAX: usize = 50;
/// What is said of somebody who holds the chart that is asked about.
const HAS_IT: &str = "has it already";

/// How some charts fit everybody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fitting {
    /// The charts, in the order in which they were asked about.
    pub charts: Vec<AskedChart>,
    /// Everybody who codes or reviews: those who may have all of them come first.
    pub people: Vec<Fit>,
}

/// A chart that was asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct AskedChart {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// What would be given; none when the chart cannot be given to anybody.
    pub kind: Option<AssignmentKind>,
    /// Who holds it, or is offered it.
    pub holder: Option<PersonId>,
    /// Whether they have begun: it must then be taken back, for a reason.
    pub begun: bool,
    /// Why it cannot be given to anybody now.
    pub refused: Option<String>,
}

/// What the rules say of a person and some charts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// They may have all of them.
    Eligible,
    /// They may have all of them when a lead sets rules of load aside, with a reason.
    ByLead,
    /// They may have some of them.
    Some,
    /// They may have none.
    Barred,
}

/// How the charts fit one person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Fit {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// In one word.
    pub verdict: Verdict,
    /// How many of the charts they may have, rules of load aside.
    pub may_have: u32,
    /// The rules of load that would be set aside, with the number of charts.
    pub set_aside: BTreeMap<Rule, u32>,
    /// The rules of safety that bar them, with the number of charts; nobody can set these aside.
    pub barred_by: BTreeMap<Rule, u32>,
    /// The same in words; empty when nothing stands against them.
    pub words: String,
    /// Until when they are on shift.
    pub on_shift_until: Option<Instant>,
    /// What they hold, in minutes that they still need.
    pub queued_minutes: i64,
}

/// How charts fit everybody; nothing is written.
///
/// # Errors
/// [`Error::Invalid`] for no charts, or too many.
pub(crate) async fn fitting(tx: &mut OpsTx, charts: &[ChartId]) -> Result<Fitting> {
    let charts = at_once(charts)?;
    let asked = Asked::of(tx, &charts).await?;
    let people = people_now(tx).await?;
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let mut names = people::names(tx, &ids).await?;
    let now = tx.now();
    let mut fits: Vec<Fit> = people
        .into_iter()
        .map(|person| asked.fit(person.clone(), names.remove(&person.id).unwrap_or_default(), now))
        .collect();
    fits.sort_by(|a, b| {
        let off = |fit: &Fit| fit.on_shift_until.is_none();
        let order = (a.verdict, off(a), a.queued_minutes, &a.name);
        order.cmp(&(b.verdict, off(b), b.queued_minutes, &b.name))
    });
    Ok(Fitting { charts: asked.listed(&charts), people: fits })
}

/// Each chart once, in the order asked.
///
/// # Errors
/// [`Error::Invalid`] for none, or too many.
pub(crate) fn at_once(charts: &[ChartId]) -> Result<Vec<ChartId>> {
    if charts.is_empty() || charts.len() > CHARTS_AT_ONCE_MAX {
        return Err(Error::invalid("charts", format!("1 to {CHARTS_AT_ONCE_MAX} charts at once")));
    }
    let mut seen = BTreeSet::new();
    Ok(charts.iter().copied().filter(|chart| seen.insert(*chart)).collect())
}

/// A chart with what the rules ask about it.
struct Judged {
    row: AskedRow,
    kind: Option<AssignmentKind>,
    terms: Option<Terms>,
    involved: Vec<(PersonId, AssignmentKind)>,
    excluded: Vec<PersonId>,
}

struct Asked {
    /// In the order asked.
    charts: Vec<Judged>,
}

impl Asked {
    async fn of(tx: &mut OpsTx, charts: &[ChartId]) -> Result<Self> {
        let rows = board_store::asked(tx, charts).await?;
        let pairs: Vec<(FacilityId, ChartId)> =
            rows.iter().map(|row| (row.facility_id, row.id)).collect();
        let mut involved = store::involved_in(tx, &pairs).await?;
        let mut excluded = store::excluded_from(tx, &pairs).await?;
        let terms = facilities::all_terms(tx).await?;
        let mut rows: HashMap<ChartId, AskedRow> =
            rows.into_iter().map(|row| (row.id, row)).collect();
        let judged = charts.iter().filter_map(|chart| {
            let row = rows.remove(chart)?;
            let queue = (row.facility_id, row.queue_id);
            let terms = terms.iter().find(|terms| (terms.facility_id, terms.queue_id) == queue);
            Some(Judged {
                kind: kind_of(&row),
                terms: terms.cloned(),
                involved: involved.remove(chart).unwrap_or_default(),
                excluded: excluded.remove(chart).unwrap_or_default(),
                row,
            })
        });
        Ok(Self { charts: judged.collect() })
    }

    fn listed(&self, asked: &[ChartId]) -> Vec<AskedChart> {
        let find = |chart: &ChartId| self.charts.iter().find(|judged| judged.row.id == *chart);
        asked
            .iter()
            .map(|chart| {
                let judged = find(chart);
                let row = judged.map(|judged| &judged.row);
                AskedChart {
                    chart_id: *chart,
                    reference: crate::reference(*chart),
                    kind: judged.and_then(|judged| judged.kind),
                    holder: row.and_then(|row| row.holder),
                    begun: row.is_some_and(|row| row.begun),
                    refused: match judged {
                        None => Some("not found".to_owned()),
                        Some(judged) if judged.kind.is_none() => Some(judged.waits_for_nobody()),
                        Some(_) => None,
                    },
                }
            })
            .collect()
    }

    /// One person, who is given chart after chart.
    fn fit(&self, mut person: Person, name: String, now: Instant) -> Fit {
        let mut fit = Fit {
            person_id: person.id,
            name,
            verdict: Verdict::Barred,
            may_have: 0,
            set_aside: BTreeMap::new(),
            barred_by: BTreeMap::new(),
            words: String::new(),
            on_shift_until: person.shift_seconds_left(now).and(person.shift_ends_at),
            queued_minutes: crate::minutes(i64::from(person.queued_seconds)),
        };
        let mut held = 0_u32;
        for judged in self.charts.iter().filter(|judged| judged.kind.is_some()) {
            if judged.row.holder == Some(person.id) {
                held = held.saturating_add(1);
                continue;
            }
            match judged.check(&person, now) {
                Some(Ok(set_aside)) => {
                    fit.may_have = fit.may_have.saturating_add(1);
                    for rule in set_aside {
                        count(&mut fit.set_aside, rule);
                    }
                    judged.burden(&mut person);
                }
                Some(Err(rule)) => count(&mut fit.barred_by, rule),
                None => {}
            }
        }
        fit.conclude(held);
        fit
    }
}

fn count(counts: &mut BTreeMap<Rule, u32>, rule: Rule) {
    let counted = counts.entry(rule).or_default();
    *counted = counted.saturating_add(1);
}

/// What would be given: what is held now, or what the chart waits for.
fn kind_of(row: &AskedRow) -> Option<AssignmentKind> {
    match row.state {
        ChartState::Assigned | ChartState::InProgress | ChartState::InReview => {
            row.held_for.or(row.waiting_for)
        }
        _ => row.waiting_for,
    }
}

impl Judged {
    fn work(&self, kind: AssignmentKind) -> Work<'_> {
        Work {
            kind,
            expected_seconds: seconds(self.row.expected_seconds),
            involved: &self.involved,
            excluded: &self.excluded,
        }
    }

    fn check(&self, person: &Person, now: Instant) -> Option<Result<Vec<Rule>, Rule>> {
        let terms = self.terms.as_ref()?.eligibility();
        Some(check_with_override(person, &terms, &self.work(self.kind?), now))
    }

    /// Counts the chart as theirs.
    fn burden(&self, person: &mut Person) {
        let needed = person.seconds_for(seconds(self.row.expected_seconds));
        let needed = u32::try_from(needed).unwrap_or(u32::MAX);
        person.open_work = person.open_work.saturating_add(1);
        person.queued_seconds = person.queued_seconds.saturating_add(needed);
    }

    fn waits_for_nobody(&self) -> String {
        format!("waits for nobody now: {}", self.row.state.label().to_lowercase())
    }
}

impl Fit {
    fn conclude(&mut self, held: u32) {
        let barred: u32 = self.barred_by.values().sum::<u32>().saturating_add(held);
        self.verdict = match (self.may_have, barred, self.set_aside.is_empty()) {
            (0, ..) => Verdict::Barred,
            (_, 0, true) => Verdict::Eligible,
            (_, 0, false) => Verdict::ByLead,
            _ => Verdict::Some,
        };
        let all = self.may_have.saturating_add(barred);
        let counted = self.barred_by.iter().chain(&self.set_aside);
        let words = counted.map(|(rule, charts)| (rule.label(), *charts));
        let words: Vec<_> = words
            .chain((held > 0).then_some((HAS_IT, held)))
            .map(|(words, charts)| match charts {
                charts if charts == all => words.to_owned(),
                charts => format!("{words} for {charts} of {all}"),
            })
            .collect();
        self.words = words.join(", ");
    }
}

#[cfg(test)]
mod tests {
    use super::{CHARTS_AT_ONCE_MAX, Fit, Verdict, at_once};
    use rules::eligibility::Rule;
    use rules::ids::{ChartId, PersonId};

    fn fit(may_have: u32, set_aside: &[(Rule, u32)], barred_by: &[(Rule, u32)]) -> Fit {
        let mut fit = Fit {
            person_id: PersonId::new(),
            name: String::new(),
            verdict: Verdict::Barred,
            may_have,
            set_aside: set_aside.iter().copied().collect(),
            barred_by: barred_by.iter().copied().collect(),
            words: String::new(),
            on_shift_until: None,
            queued_minutes: 0,
        };
        fit.conclude(0);
        fit
    }

    #[test]
    fn one_word_and_a_few_more_say_how_charts_fit_somebody() {
        let told = |fit: Fit| (fit.verdict, fit.words);
        assert_eq!(told(fit(3, &[], &[])), (Verdict::Eligible, String::new()));
        let full = told(fit(3, &[(Rule::WipLimit, 1)], &[]));
        assert_eq!(full, (Verdict::ByLead, "full for 1 of 3".to_owned()));
        let some = told(fit(1, &[], &[(Rule::AllowListed, 2)]));
        assert_eq!(some, (Verdict::Some, "not allow-listed for 2 of 3".to_owned()));
        let none = told(fit(0, &[], &[(Rule::Skills, 1)]));
        assert_eq!(none, (Verdict::Barred, "missing a skill".to_owned()));
    }

    #[test]
    fn charts_are_asked_about_once_each_and_not_too_many() {
        let chart = ChartId::new();
        assert_eq!(at_once(&[chart, chart]).unwrap(), [chart]);
        assert!(at_once(&[]).is_err());
        let many: Vec<_> = (0..=CHARTS_AT_ONCE_MAX).map(|_| ChartId::new()).collect();
        assert!(at_once(&many).is_err());
    }
}
