//! What a forecast is asked for.

use base::error::{Checks, Error, FieldError, Result};
use rules::forecast::{Change, ChangeError, HORIZON_DAYS_MAX};
use serde::Deserialize;

/// How far a forecast looks when nobody says.
const DAYS_USUAL: i64 = 3;
/// Countries in which a what-if changes people, at most.
const COUNTRIES_MAX: usize = 20;

/// How far to look, and what is to be different.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// Days to look ahead, 1 to 14; 3 when absent.
    pub days: Option<i64>,
    /// What if so many charts came in, in percent of what is expected.
    pub volume_percent: Option<u32>,
    /// What if every shift ended so many minutes later, or earlier below zero.
    pub shift_minutes: Option<i32>,
    /// What if so many more people worked, by country, such as `IN:3,PH:-1`.
    pub people: Option<String>,
}

impl Asked {
    /// The days, and the change if anything is to be different.
    pub(super) fn checked(&self) -> Result<(i64, Option<Change>)> {
        let days = self.days.unwrap_or(DAYS_USUAL);
        let mut checks = Checks::default();
        checks.require(
            (1..=HORIZON_DAYS_MAX).contains(&days),
            "days",
            &format!("a forecast looks 1 to {HORIZON_DAYS_MAX} days ahead"),
        );
        let people = people(self.people.as_deref().unwrap_or_default());
        checks.require(
            people.is_some(),
            "people",
            "write a country and how many more or fewer, such as IN:3,PH:-1",
        );
        checks.done()?;
        let change = Change {
            volume_percent: self.volume_percent.unwrap_or(100),
            people: people.unwrap_or_default(),
            shift_minutes: self.shift_minutes.unwrap_or(0),
        };
        Ok((days, (change != Change::default()).then_some(change)))
    }
}

/// `IN:3,PH:-1`; what changes nothing is left out.
fn people(text: &str) -> Option<Vec<(String, i32)>> {
    let parts: Vec<&str> = text.split(',').map(str::trim).filter(|it| !it.is_empty()).collect();
    if parts.len() > COUNTRIES_MAX {
        return None;
    }
    let part = |part: &&str| {
        let (country, more) = part.split_once(':')?;
        let country = country.trim().to_ascii_uppercase();
        let named = country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase());
        Some((named.then_some(country)?, more.trim().parse().ok()?))
    };
    let all: Option<Vec<(String, i32)>> = parts.iter().map(part).collect();
    all.map(|all| all.into_iter().filter(|(_, more)| *more != 0).collect())
}

/// A what-if that cannot be looked at, as an answer that names the field.
pub(super) fn refused(error: &ChangeError) -> Error {
    let field = match error {
        ChangeError::Volume => "volume_percent",
        ChangeError::Minutes => "shift_minutes",
        ChangeError::People | ChangeError::NobodyThere(_) => "people",
    };
    Error::Invalid(vec![FieldError { name: field.to_owned(), message: error.to_string() }])
}

#[cfg(test)]
mod tests {
    use super::{Asked, people};

    #[test]
    fn people_are_written_by_country() {
        let found = people(" in:3, PH:-1,US:0,");
        assert_eq!(found, Some(vec![("IN".to_owned(), 3), ("PH".to_owned(), -1)]));
        assert_eq!(people(""), Some(vec![]));
        for wrong in ["IN", "IN:x", "India:3", "I1:2"] {
            assert_eq!(people(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn nothing_different_is_no_what_if() {
        let same = Asked { volume_percent: Some(100), ..Asked::default() };
        assert_eq!(same.checked().unwrap(), (3, None));
        let more = Asked { shift_minutes: Some(30), ..Asked::default() };
        assert!(more.checked().unwrap().1.is_some());
        assert!(Asked { days: Some(15), ..Asked::default() }.checked().is_err());
    }
}
