//! What codes group to: the MS-DRG definitions, and the categories of risk adjustment.

use std::collections::{BTreeMap, BTreeSet};

use formats::msdrg::{self, Malformed};
use jiff::civil::Date;
use rules::drg::Definitions;
use rules::hcc::{Categories, Model};

use crate::codes::Codes;
use crate::dated::Dated;
use crate::load::LoadError;

/// Which categories replace which, and what they are called.
#[derive(Debug, Default)]
pub(crate) struct Risk {
    pub replacing: Dated<BTreeMap<Model, BTreeMap<u16, BTreeSet<u16>>>>,
    pub labels: Dated<BTreeMap<Model, BTreeMap<u16, String>>>,
}

impl Codes {
    /// The MS-DRG definitions by which a discharge is grouped; none when none are loaded.
    #[must_use]
    pub fn drg_definitions(&self, on: Date) -> Option<&Definitions> {
        self.drg.on(on)
    }

    /// Whether any diagnosis has a category in a model.
    #[must_use]
    pub fn has_categories(&self, model: Model, on: Date) -> bool {
        self.hcc.on(on).is_some_and(|list| list.any(|hcc| hcc.within(number_of(model)).is_some()))
    }

    /// The categories of a bare diagnosis in a model.
    #[must_use]
    pub fn categories(&self, model: Model, code: &str, on: Date) -> Vec<u16> {
        let all = self.hcc.on(on).into_iter().flat_map(|list| list.all(code));
        all.filter_map(|hcc| hcc.within(number_of(model))).collect()
    }

    /// What is known of a model's categories.
    #[must_use]
    pub fn category_lists(&self, model: Model, on: Date) -> Categories {
        let replaces = self.risk.replacing.on(on).and_then(|all| all.get(&model));
        let labels = self.risk.labels.on(on).and_then(|all| all.get(&model));
        Categories {
            replaces: replaces.cloned().unwrap_or_default(),
            labels: labels.cloned().unwrap_or_default(),
        }
    }
}

const fn number_of(model: Model) -> u16 {
    match model {
        Model::V24 => 24,
        Model::V28 => 28,
    }
}

type Replacing = BTreeMap<Model, BTreeMap<u16, BTreeSet<u16>>>;
type Labels = BTreeMap<Model, BTreeMap<u16, String>>;

pub(crate) fn replacing(name: &str, text: &str) -> Result<Replacing, LoadError> {
    let mut all = Replacing::new();
    for (model, category, rest) in rows(name, text)? {
        let line = || LoadError::Line(name.to_owned(), 0);
        let lighter = rest.parse().map_err(|_not_a_number| line())?;
        all.entry(model).or_default().entry(category).or_default().insert(lighter);
    }
    Ok(all)
}

pub(crate) fn labels(name: &str, text: &str) -> Result<Labels, LoadError> {
    let mut all = Labels::new();
    for (model, category, rest) in rows(name, text)? {
        all.entry(model).or_default().insert(category, rest.to_owned());
    }
    Ok(all)
}

/// Model, category, and what is said of it.
fn rows<'a>(name: &str, text: &'a str) -> Result<Vec<(Model, u16, &'a str)>, LoadError> {
    let row = |line: &'a str| {
        let mut fields = line.splitn(3, '\t');
        Some((fields.next()?.parse().ok()?, fields.next()?.parse().ok()?, fields.next()?))
    };
    let lines = text.lines().zip(1..);
    lines
        .map(|(line, number)| row(line).ok_or_else(|| LoadError::Line(name.to_owned(), number)))
        .collect()
}

pub(crate) fn definitions(name: &str, text: &str) -> Result<Definitions, LoadError> {
    let failed = |why: Malformed| LoadError::Definitions(name.to_owned(), why);
    let source = msdrg::read(text.as_bytes()).map_err(failed)?;
    Definitions::build(&source).map_err(|why| failed(Malformed::Content(why)))
}
