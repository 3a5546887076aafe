//! The NCCI procedure-to-procedure edits (PTP): two services of one day of which only the first is paid.

use jiff::civil::Date;

use super::case::{Case, Entry, Say};
use super::reference::{NcciSetting, PairBypass, PairEdit};

/// Modifiers by which a pair of indicator 1 may be reported: anatomic ones, those of global surgery, others.
pub(super) const BYPASSING: [&str; 44] = [
    "24", "25", "27", "57", "58", "59", "78", "79", "91", "E1", "E2", "E3", "E4", "F1", "F2", "F3",
    "F4", "F5", "F6", "F7", "F8", "F9", "FA", "LC", "LD", "LM", "LT", "RC", "RI", "RT", "T1", "T2",
    "T3", "T4", "T5", "T6", "T7", "T8", "T9", "TA", "XE", "XP", "XS", "XU",
];

pub(super) const DOCUMENTED: &[&str] = &[
    "A separate encounter on the same day, documented.",
    "A separate site or organ system, documented.",
    "A separate lesion or injury, documented.",
    "Another practitioner of another specialty.",
    "A significant, separately identifiable evaluation, documented.",
];

/// Where two services of one day stand that an edit pairs.
pub(super) struct Paired {
    one: usize,
    two: usize,
    day: Date,
    edit: PairEdit,
}

/// Two services of one day that an edit pairs.
struct Pair<'a> {
    one: Entry<'a>,
    two: Entry<'a>,
    day: Date,
    edit: &'a PairEdit,
}

impl Pair<'_> {
    /// The modifier by which the pair is reported all the same.
    fn bypassed_by(&self) -> Option<&str> {
        let all = self.one.line.modifiers.iter().chain(&self.two.line.modifiers);
        all.map(String::as_str).find(|it| BYPASSING.contains(it))
    }

    fn words(&self) -> String {
        let rationale = match self.edit.rationale.trim() {
            "" => String::new(),
            text => format!(" ({text})"),
        };
        format!(
            "{} is column two of {} on {}{rationale}: only {} is paid.",
            self.two.written(),
            self.one.written(),
            self.day,
            self.one.written(),
        )
    }
}

/// The pairs whose edit may be bypassed so; all three rules ask them, and they are looked up once.
fn pairs<'a>(case: &'a Case<'_>, bypass: PairBypass) -> impl Iterator<Item = Pair<'a>> {
    let of = case.paired().iter().filter(move |paired| paired.edit.bypass == bypass);
    of.filter_map(|Paired { one, two, day, edit }| {
        Some(Pair { one: case.entry(*one)?, two: case.entry(*two)?, day: *day, edit })
    })
}

/// Every pair of different services of one day, both ways round.
pub(super) fn paired(case: &Case<'_>) -> Vec<Paired> {
    let Some(ncci) = case.ncci() else { return Vec::new() };
    let services: Vec<Entry<'_>> =
        case.services().filter(|entry| entry.known.misformed.is_none()).collect();
    let mut found = Vec::new();
    for one in &services {
        let day = case.day_of(one.line);
        for two in services.iter().filter(|two| two.line.code != one.line.code) {
            if case.day_of(two.line) != day || are_of_different_practitioners(ncci, one, two) {
                continue;
            }
            if let Some(edit) = case.reference.pair(ncci, &one.line.code, &two.line.code, day) {
                found.push(Paired { one: one.place, two: two.place, day, edit });
            }
        }
    }
    found
}

/// The edits are of services that one practitioner renders; a hospital is one.
fn are_of_different_practitioners(ncci: NcciSetting, one: &Entry<'_>, two: &Entry<'_>) -> bool {
    let (one, two) = (&one.line.details.provider, &two.line.details.provider);
    ncci == NcciSetting::Practitioner && one.is_some() && two.is_some() && one != two
}

pub(super) fn never(case: &Case<'_>, say: &mut Say<'_>) {
    for pair in pairs(case, PairBypass::Never) {
        let code = pair.two.written();
        say.of(pair.two.place, format!("{} No modifier bypasses it: remove {code}.", pair.words()));
    }
}

pub(super) fn without_modifier(case: &Case<'_>, say: &mut Say<'_>) {
    for pair in pairs(case, PairBypass::WithModifier) {
        if pair.bypassed_by().is_none() {
            let code = pair.two.written();
            say.of(
                pair.two.place,
                format!(
                    "{} Remove {code}, or, where the record shows that it was separate, add the modifier \
                     that says so: a side, finger, toe or vessel; 25 or 57 on a visit; 58, 78 or 79; 59, XE, \
                     XP, XS or XU.",
                    pair.words(),
                ),
            );
        }
    }
}

pub(super) fn bypassed(case: &Case<'_>, say: &mut Say<'_>) {
    for pair in pairs(case, PairBypass::WithModifier) {
        if let Some(modifier) = pair.bypassed_by() {
            say.of(
                pair.two.place,
                format!(
                    "{} {modifier} bypasses that. Is it documented that they were separate?",
                    pair.words(),
                ),
            );
        }
    }
}
