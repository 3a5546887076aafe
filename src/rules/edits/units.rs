//! Rules about units of service, with the medically unlikely edits (MUE).

use std::collections::BTreeMap;

use super::UNITS_MAX;
use super::case::{Case, Entry, Say};
use super::reference::{NcciSetting, UnlikelyBasis, UnlikelyEdit};
use crate::compare::LineRole;
use jiff::civil::Date;

pub(super) fn range(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.of_role(LineRole::Procedure) {
        let units = entry.line.units;
        if !(1..=UNITS_MAX).contains(&units) {
            say.of(
                entry.place,
                format!("Units are a whole number from 1 to {UNITS_MAX}, not {units}."),
            );
        }
    }
}

pub(super) fn of_both_sides(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.services().filter(|it| it.has_modifier("50") && it.line.units > 1) {
        say.of(
            entry.place,
            format!(
                "With 50 the line is both sides already and has 1 unit, not {}.",
                entry.line.units
            ),
        );
    }
}

/// The edit of a service on its day.
fn edit_of(case: &Case<'_>, entry: &Entry<'_>) -> Option<UnlikelyEdit> {
    case.reference.unlikely(case.ncci()?, &entry.line.code, case.day_of(entry.line))
}

pub(super) fn unlikely_line(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.services() {
        let edit = edit_of(case, &entry).filter(|it| it.basis == UnlikelyBasis::Line);
        let Some(edit) = edit.filter(|it| entry.line.units > it.units) else { continue };
        say.of(
            entry.place,
            format!(
                "{} takes at most {} a line; there are {}. What is documented beyond goes on a line of its \
                 own with the modifier that says why.",
                entry.written(),
                units(i64::from(edit.units)),
                entry.line.units,
            ),
        );
    }
}

pub(super) fn unlikely_day(case: &Case<'_>, say: &mut Say<'_>) {
    for over in over_the_day(case, UnlikelyBasis::DatePolicy) {
        say.of(
            over.last.place,
            format!(
                "{} The limit is absolute (indicator 2): modifiers don't raise it.",
                over.words()
            ),
        );
    }
}

pub(super) fn unlikely_clinical(case: &Case<'_>, say: &mut Say<'_>) {
    for over in over_the_day(case, UnlikelyBasis::DateClinical) {
        say.of(
            over.last.place,
            format!("{} More can be right when the record documents it.", over.words()),
        );
    }
}

/// A code whose units of one day exceed its edit.
struct Over<'a> {
    last: Entry<'a>,
    day: Date,
    lines: usize,
    units: i64,
    most: i32,
}

impl Over<'_> {
    fn words(&self) -> String {
        let lines =
            if self.lines > 1 { format!(" over {} lines", self.lines) } else { String::new() };
        format!(
            "{} has {} on {}{lines}; at most {} a day.",
            self.last.written(),
            units(self.units),
            self.day,
            self.most,
        )
    }
}

fn units(count: i64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// The sums of each code and day that exceed an edit on this basis, told at the last of their lines. A
/// practitioner's units are counted by themselves where every line of the code says who rendered it.
fn over_the_day<'a>(case: &'a Case<'_>, basis: UnlikelyBasis) -> Vec<Over<'a>> {
    let mut days: BTreeMap<(&str, Date), Vec<(Entry<'_>, i32)>> = BTreeMap::new();
    for entry in case.services() {
        if let Some(edit) = edit_of(case, &entry).filter(|it| it.basis == basis) {
            let key = (entry.line.code.as_str(), case.day_of(entry.line));
            days.entry(key).or_default().push((entry, edit.units));
        }
    }
    let by_provider = case.ncci() == Some(NcciSetting::Practitioner);
    let mut found = Vec::new();
    for ((_, day), lines) in days {
        let told = lines.iter().all(|(entry, _)| entry.line.details.provider.is_some());
        let mut shares: BTreeMap<Option<&str>, Vec<&(Entry<'_>, i32)>> = BTreeMap::new();
        for line in &lines {
            let provider = line.0.line.details.provider.as_deref().filter(|_| told && by_provider);
            shares.entry(provider).or_default().push(line);
        }
        found.extend(shares.into_values().filter_map(|share| over(day, &share)));
    }
    found
}

fn over<'a>(day: Date, share: &[&(Entry<'a>, i32)]) -> Option<Over<'a>> {
    let (last, most) = **share.last()?;
    let units: i64 = share.iter().map(|(entry, _)| i64::from(entry.line.units.max(0))).sum();
    (units > i64::from(most)).then_some(Over { last, day, lines: share.len(), units, most })
}
