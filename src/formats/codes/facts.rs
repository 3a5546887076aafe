//! What is said of diagnoses: exempt from POA, ages, sexes, risk-adjustment categories.

use super::{CODES_MAX, Category, Fault, PREAMBLE_LINES_MAX, diagnosis, lines};
use rules::edits::Sex;

/// The oldest age in years that an edit may name.
const AGE_YEARS_MAX: i16 = 124;

/// Codes in one of the first two fields of each line, after an optional heading: `order, code, text`.
pub(super) fn named(text: &str) -> Result<Vec<String>, Fault> {
    let mut codes = Vec::new();
    for (number, line) in lines(text) {
        match line.split('\t').take(2).find_map(diagnosis) {
            Some(code) => codes.push(code),
            None if codes.is_empty() && number <= PREAMBLE_LINES_MAX => {}
            None => return Err(Fault::at(number, "no diagnosis in the first two fields")),
        }
        check_count(number, codes.len())?;
    }
    codes.sort_unstable();
    codes.dedup();
    not_empty(codes)
}

/// `C58, 2 maternity (age 12-55)` with a tab between.
pub(super) fn ages(text: &str) -> Result<Vec<(String, i16, i16)>, Fault> {
    let mut ages = Vec::new();
    for (number, line) in lines(text) {
        let read = pair(line).and_then(|(code, what)| {
            let (from, to) = years(what)?;
            Some((code, from, to))
        });
        ages.push(read.ok_or_else(|| {
            Fault::at(number, "a diagnosis, a tab and a category as \"(age 12-55)\" expected")
        })?);
        check_count(number, ages.len())?;
    }
    ages.sort_unstable();
    not_empty(ages)
}

/// `C61, 1 male` with a tab between.
pub(super) fn sexes(text: &str) -> Result<Vec<(String, Sex)>, Fault> {
    let mut sexes = Vec::new();
    for (number, line) in lines(text) {
        let read = pair(line).and_then(|(code, what)| {
            let word = what.split_whitespace().last()?.to_ascii_lowercase();
            match word.as_str() {
                "male" | "m" => Some((code, Sex::Male)),
                "female" | "f" => Some((code, Sex::Female)),
                _ => None,
            }
        });
        sexes.push(read.ok_or_else(|| {
            Fault::at(number, "a diagnosis, a tab and \"male\" or \"female\" expected")
        })?);
        check_count(number, sexes.len())?;
    }
    sexes.sort_unstable();
    not_empty(sexes)
}

fn pair(line: &str) -> Option<(String, &str)> {
    let (code, what) = line.split_once('\t')?;
    Some((diagnosis(code)?, what.trim()))
}

/// `(age 0)`, `(age 0 -17)`, `(age 14+)`.
fn years(what: &str) -> Option<(i16, i16)> {
    let (_, rest) = what.split_once("(age")?;
    let inside: String = rest.split_once(')')?.0.split_whitespace().collect();
    let (from, to) = if let Some(from) = inside.strip_suffix('+') {
        (from.parse().ok()?, AGE_YEARS_MAX)
    } else if let Some((from, to)) = inside.split_once('-') {
        (from.parse().ok()?, to.parse().ok()?)
    } else {
        let only = inside.parse().ok()?;
        (only, only)
    };
    (0 <= from && from <= to && to <= AGE_YEARS_MAX).then_some((from, to))
}

/// The models whose categories are kept, as a column's heading or a row's model names them.
fn model_of(heading: &str) -> Option<&'static str> {
    let heading = heading.to_ascii_uppercase();
    if !heading.contains("CMS-HCC") || heading.contains("ESRD") || heading.contains("RX") {
        return None;
    }
    ["V24", "V28"].into_iter().find(|version| heading.contains(version))
}

/// CMS's mapping as CSV: a column for each model, or a row for each code and model.
pub(super) fn categories(text: &str) -> Result<Vec<Category>, Fault> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut shape = None;
    let mut all = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| malformed(&error))?;
        let number = line_of(&record);
        match &shape {
            None => {
                shape = Shape::of(&record);
                if shape.is_none() && place >= PREAMBLE_LINES_MAX {
                    return Err(Fault::at(number, "no heading with a diagnosis code and a model"));
                }
            }
            Some(shape) => shape.take(&record, &mut all).map_err(|what| Fault::at(number, what))?,
        }
        check_count(number, all.len())?;
    }
    if shape.is_none() {
        return Err(Fault::at(0, "no heading with a diagnosis code and a model"));
    }
    all.sort_by(|a, b| (&a.code, &a.model, &a.category).cmp(&(&b.code, &b.model, &b.category)));
    all.dedup();
    not_empty(all)
}

/// Where a row of the mapping has its cells.
enum Shape {
    Wide { code: usize, models: Vec<(usize, &'static str)> },
    Long { code: usize, category: usize, model: usize },
}

impl Shape {
    fn of(heading: &csv::StringRecord) -> Option<Self> {
        let find = |names: &[&str]| {
            heading.iter().position(|cell| {
                let name: String = cell.chars().filter(char::is_ascii_alphanumeric).collect();
                names.contains(&name.to_ascii_lowercase().as_str())
            })
        };
        let code = find(&["diagnosiscode", "diagnosis", "icd10"])?;
        if let (Some(category), Some(model)) =
            (find(&["cc", "hcc", "category"]), find(&["modelname"]))
        {
            return Some(Self::Long { code, category, model });
        }
        let category = |cell: &str| cell.to_ascii_lowercase().contains("category");
        let models: Vec<_> = heading
            .iter()
            .enumerate()
            .filter(|(_, cell)| category(cell))
            .filter_map(|(place, cell)| Some((place, model_of(cell)?)))
            .collect();
        (!models.is_empty()).then_some(Self::Wide { code, models })
    }

    fn take(&self, record: &csv::StringRecord, all: &mut Vec<Category>) -> Result<(), String> {
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let (code, found) = match self {
            Self::Wide { code, models } => {
                let found = models.iter().map(|(place, model)| (*model, cell(*place)));
                (
                    cell(*code),
                    found.filter(|(_, category)| !category.is_empty()).collect::<Vec<_>>(),
                )
            }
            Self::Long { code, category, model } => {
                let found = model_of(cell(*model)).map(|model| (model, cell(*category)));
                (cell(*code), found.into_iter().collect())
            }
        };
        // The mapping ends with remarks in which no model has a category.
        if found.is_empty() {
            return Ok(());
        }
        let code = diagnosis(code).ok_or_else(|| format!("{code:?} is not a diagnosis"))?;
        for (model, category) in found {
            if category.is_empty() || !category.bytes().all(|b| b.is_ascii_digit()) {
                return Err(format!("category {category:?} of {code} is not a number"));
            }
            let (model, category) = (model.to_owned(), category.to_owned());
            all.push(Category { code: code.clone(), model, category });
        }
        Ok(())
    }
}

/// The line on which a record begins.
pub(super) fn line_of(record: &csv::StringRecord) -> usize {
    record.position().and_then(|place| usize::try_from(place.line()).ok()).unwrap_or(0)
}

pub(super) fn malformed(error: &csv::Error) -> Fault {
    let line = error.position().and_then(|place| usize::try_from(place.line()).ok()).unwrap_or(0);
    Fault::at(line, "not CSV")
}

fn check_count(line: usize, count: usize) -> Result<(), Fault> {
    if count > CODES_MAX {
        return Err(Fault::at(line, format!("more than {CODES_MAX} rows")));
    }
    Ok(())
}

fn not_empty<T>(rows: Vec<T>) -> Result<Vec<T>, Fault> {
    if rows.is_empty() { Err(Fault::at(0, "no codes were found")) } else { Ok(rows) }
}
