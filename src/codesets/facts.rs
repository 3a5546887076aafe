//! What lists say of single codes: exempt from POA, ages, sexes, categories, unlikely units.

use rules::edits::{Sex, UnlikelyBasis, UnlikelyEdit};

use crate::load::{Code, LoadError, padded};

/// Codes with something that is said of each, sorted.
#[derive(Debug)]
pub(crate) struct Facts<T>(Vec<(Code, T)>);

impl<T: Copy> Facts<T> {
    /// Out of lines whose first field is a code; `read` takes the others.
    pub fn new(
        name: &str,
        text: &str,
        read: impl Fn(&mut std::str::Split<'_, char>) -> Option<T>,
    ) -> Result<Self, LoadError> {
        let mut all = Vec::new();
        for (line, number) in text.lines().zip(1..) {
            let mut fields = line.split('\t');
            let code = fields.next().and_then(padded);
            let fact = code.and_then(|code| Some((code, read(&mut fields)?)));
            all.push(fact.ok_or_else(|| LoadError::Line(name.to_owned(), number))?);
        }
        all.sort_by_key(|(code, _)| *code);
        Ok(Self(all))
    }

    /// Everything that is said of a code.
    pub fn all(&self, code: &str) -> impl Iterator<Item = T> {
        let code = padded(code);
        let start = code.map_or(self.0.len(), |code| self.0.partition_point(|(at, _)| *at < code));
        let rest = self.0.get(start..).unwrap_or_default().iter();
        rest.take_while(move |(at, _)| Some(*at) == code).map(|(_, fact)| *fact)
    }

    /// Whether anything of the kind is said of any code.
    pub fn any(&self, is: impl Fn(T) -> bool) -> bool {
        self.0.iter().any(|(_, fact)| is(*fact))
    }

    /// The first that is said of a code.
    pub fn of(&self, code: &str) -> Option<T> {
        self.all(code).next()
    }
}

/// A category in a model; the newer model is the greater.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Hcc {
    model: u16,
    category: u16,
}

impl Hcc {
    /// The category, in a model.
    pub fn within(self, model: u16) -> Option<u16> {
        (self.model == model).then_some(self.category)
    }
}

impl std::fmt::Display for Hcc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "V{} HCC {}", self.model, self.category)
    }
}

pub(crate) fn named(name: &str, text: &str) -> Result<Facts<()>, LoadError> {
    Facts::new(name, text, |_| Some(()))
}

pub(crate) fn ages(name: &str, text: &str) -> Result<Facts<(i16, i16)>, LoadError> {
    Facts::new(name, text, |fields| {
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?))
    })
}

pub(crate) fn sexes(name: &str, text: &str) -> Result<Facts<Sex>, LoadError> {
    Facts::new(name, text, |fields| fields.next()?.parse().ok())
}

pub(crate) fn categories(name: &str, text: &str) -> Result<Facts<Hcc>, LoadError> {
    Facts::new(name, text, |fields| {
        let model = fields.next()?.strip_prefix('V')?.parse().ok()?;
        Some(Hcc { model, category: fields.next()?.parse().ok()? })
    })
}

pub(crate) fn units(name: &str, text: &str) -> Result<Facts<UnlikelyEdit>, LoadError> {
    Facts::new(name, text, |fields| {
        let units = fields.next()?.parse().ok()?;
        let basis = match fields.next()? {
            "1" => UnlikelyBasis::Line,
            "2" => UnlikelyBasis::DatePolicy,
            "3" => UnlikelyBasis::DateClinical,
            _ => return None,
        };
        Some(UnlikelyEdit { units, basis })
    })
}

/// The adjudication indicator as CMS numbers it.
pub(crate) const fn digit_of(basis: UnlikelyBasis) -> u8 {
    match basis {
        UnlikelyBasis::Line => 1,
        UnlikelyBasis::DatePolicy => 2,
        UnlikelyBasis::DateClinical => 3,
    }
}
