//! Rules about a diagnosis and the patient's age and sex. What they say names codes and ranges, never the
//! patient.

use jiff::civil::Date;

use super::case::{Case, Entry, Say};
use super::reference::Sex;

/// Age and sex, as far as they are known. Never printed: it is patient data.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub struct Patient {
    /// Birth date.
    pub birth_date: Option<Date>,
    /// Sex, as registered.
    pub sex: Option<Sex>,
}

impl std::fmt::Debug for Patient {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Patient(sealed)")
    }
}

impl Patient {
    /// Whole years on a day; none when the birth date is not known or lies behind the day.
    #[must_use]
    pub fn years_on(&self, day: Date) -> Option<i16> {
        let born = self.birth_date?;
        let before_birthday = (day.month(), day.day()) < (born.month(), born.day());
        let years = day.year().saturating_sub(born.year()) - i16::from(before_birthday);
        (years >= 0).then_some(years)
    }
}

/// The code editor judges by the age on admission, or on the day of the service.
pub(super) fn age(case: &Case<'_>, say: &mut Say<'_>) {
    let Some(years) = case.encounter.patient.years_on(case.encounter.service_date) else { return };
    for entry in case.entries().filter(Entry::is_diagnosis) {
        let Some((least, most)) = entry.known.diagnosis.years else { continue };
        if !(least..=most).contains(&years) {
            let code = entry.written();
            let range = match (least, most) {
                (0, 0) => "newborns (age 0)".to_owned(),
                _ => format!("ages {least} to {most}"),
            };
            say.of(
                entry.place,
                format!(
                    "{code} is listed for {range} only, and the patient's age on the day lies outside: \
                     check the code and the registered birth date."
                ),
            );
        }
    }
}

pub(super) fn sex(case: &Case<'_>, say: &mut Say<'_>) {
    let Some(registered) = case.encounter.patient.sex else { return };
    for entry in case.entries().filter(Entry::is_diagnosis) {
        let Some(listed) = entry.known.diagnosis.sex.filter(|it| *it != registered) else {
            continue;
        };
        let word = match listed {
            Sex::Female => "female",
            Sex::Male => "male",
        };
        say.of(
            entry.place,
            format!(
                "{} is listed for {word} patients only: check the code and the registered sex.",
                entry.written(),
            ),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::Patient;
    use jiff::civil::date;

    #[test]
    fn a_year_is_complete_on_the_birthday() {
        let born = |birth_date| Patient { birth_date: Some(birth_date), sex: None };
        let child = born(date(2008, 2, 29));
        for (day, years) in [
            (date(2026, 2, 28), Some(17)),
            (date(2026, 3, 1), Some(18)),
            (date(2008, 2, 29), Some(0)),
            (date(2008, 2, 28), None),
        ] {
            assert_eq!(child.years_on(day), years, "{day}");
        }
        assert_eq!(Patient::default().years_on(date(2026, 1, 1)), None);
        assert_eq!(format!("{child:?}"), "Patient(sealed)");
    }
}
