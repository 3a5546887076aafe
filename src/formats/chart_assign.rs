//! `chart-assign/1`: a batch of charts and coders as JSON, and who does what as JSON.
//!
//! All times are whole seconds from the moment of the batch run. Unknown fields are passed over.
//! An instance of a million charts is a quarter of a gigabyte, so names are borrowed, not copied.

mod classes;
#[cfg(test)]
mod tests;

use rules::planner::objective::{Assignment, Charges, Chart, Coder, Instance};
use serde::de::{Deserializer, Visitor};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::collections::HashSet;

/// The format's name, as the file states it.
pub const FORMAT: &str = "chart-assign/1";
/// Charts in one instance, at most.
pub const CHARTS_MAX: usize = 4_000_000;
/// Coders in one instance, at most.
pub const CODERS_MAX: usize = 100_000;
/// Longest time stated anywhere: a hundred years.
pub const SECONDS_MAX: i64 = 100 * 366 * 86_400;
/// Highest weight of a chart.
pub const WEIGHT_MAX: i64 = 1_000_000;

/// An instance read from a file: the numbers to plan with, and the names to answer in.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The numbers, coders and charts in the file's order.
    pub instance: Instance,
    id: Text<'a>,
    coder_ids: Vec<Text<'a>>,
    chart_ids: Vec<Text<'a>>,
}

/// Why an instance cannot be planned.
#[derive(Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not the JSON that the format asks for.
    Json(String),
    /// It is of another format.
    Format(String),
    /// It holds more than can be planned at once.
    TooMany {
        /// Of what.
        what: &'static str,
        /// The limit.
        most: usize,
    },
    /// Two have the same id.
    Twice {
        /// "coder" or "chart".
        what: &'static str,
        /// The id.
        id: String,
    },
    /// A number is outside what makes sense.
    Number {
        /// Whose.
        whose: String,
        /// The field.
        field: &'static str,
        /// What it may be.
        range: &'static str,
    },
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Json(why) => write!(f, "the instance cannot be read: {why}"),
            Self::Format(found) => write!(f, "the format is {found:?}, not {FORMAT:?}"),
            Self::TooMany { what, most } => write!(f, "more than {most} {what}"),
            Self::Twice { what, id } => write!(f, "{what} {id:?} is listed twice"),
            Self::Number { whose, field, range } => write!(f, "{whose}: {field} must be {range}"),
        }
    }
}

impl std::error::Error for Fault {}

/// Reads an instance.
///
/// # Errors
/// The first [`Fault`] found.
pub fn read(bytes: &[u8]) -> Result<Batch<'_>, Fault> {
    let file: File<'_> = serde_json::from_slice(bytes).map_err(|it| Fault::Json(it.to_string()))?;
    if file.format.as_str() != FORMAT {
        return Err(Fault::Format(file.format.as_str().to_owned()));
    }
    check_size("coders", file.coders.len(), CODERS_MAX)?;
    check_size("charts", file.charts.len(), CHARTS_MAX)?;
    let charges = file.params.charges()?;
    file.coders.iter().try_for_each(CoderRow::check)?;
    file.charts.iter().try_for_each(ChartRow::check)?;
    check_unique("coder", file.coders.iter().map(|coder| &coder.id))?;
    check_unique("chart", file.charts.iter().map(|chart| &chart.id))?;
    let (of_chart, classes) = classes::classes(&file);
    let charts = file.charts.iter().zip(of_chart).map(|(chart, class)| chart.chart(class));
    let instance = Instance {
        charges,
        coders: file.coders.iter().map(CoderRow::coder).collect(),
        charts: charts.collect(),
        classes,
    };
    Ok(Batch {
        instance,
        id: file.id,
        coder_ids: file.coders.into_iter().map(|coder| coder.id).collect(),
        chart_ids: file.charts.into_iter().map(|chart| chart.id).collect(),
    })
}

impl Batch<'_> {
    /// Writes who does what, in the names of the file; a coder without work is left out.
    ///
    /// # Errors
    /// When the writer fails.
    pub fn write(&self, assignment: &Assignment, to: impl std::io::Write) -> std::io::Result<()> {
        let rows = self.coder_ids.iter().zip(assignment).filter(|(_, list)| !list.is_empty());
        let assignments = rows.map(|(coder, list)| Row {
            coder_id: coder.as_str(),
            chart_ids: list
                .iter()
                .filter_map(|chart| self.chart_ids.get(*chart))
                .map(Text::as_str)
                .collect(),
        });
        let file = Answer { instance_id: self.id.as_str(), assignments: assignments.collect() };
        serde_json::to_writer(to, &file).map_err(std::io::Error::from)
    }
}

#[derive(Serialize)]
struct Answer<'a> {
    instance_id: &'a str,
    assignments: Vec<Row<'a>>,
}

#[derive(Serialize)]
struct Row<'a> {
    coder_id: &'a str,
    chart_ids: Vec<&'a str>,
}

/// Text that lies in the file, or beside it when the file has escapes in it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
struct Text<'a>(Cow<'a, str>);

impl Text<'_> {
    fn as_str(&self) -> &str {
        &self.0
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Text<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;
        impl<'de> Visitor<'de> for Either {
            type Value = Cow<'de, str>;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("text")
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Self::Value, E> {
                Ok(Cow::Borrowed(text))
            }

            fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Cow::Owned(text.to_owned()))
            }
        }
        deserializer.deserialize_str(Either).map(Text)
    }
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    format: Text<'a>,
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    params: Params<'a>,
    #[serde(borrow)]
    coders: Vec<CoderRow<'a>>,
    #[serde(borrow)]
    charts: Vec<ChartRow<'a>>,
}

#[derive(Deserialize)]
struct Params<'a> {
    late_penalty_s: i64,
    defer_penalty_s: i64,
    carryover_s: i64,
    #[serde(borrow)]
    onshore_countries: Vec<Text<'a>>,
}

#[derive(Deserialize)]
struct CoderRow<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    country: Text<'a>,
    #[serde(borrow)]
    tenants: Vec<Text<'a>>,
    #[serde(borrow)]
    skills: Vec<Text<'a>>,
    available_from_s: i64,
    capacity_s: i64,
    speed_pct: u32,
}

#[derive(Deserialize)]
struct ChartRow<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    tenant: Text<'a>,
    #[serde(borrow)]
    skills: Vec<Text<'a>>,
    onshore_only: bool,
    expected_s: i64,
    due_s: i64,
    weight: i64,
}

impl Params<'_> {
    fn charges(&self) -> Result<Charges, Fault> {
        let range = "between 0 and a hundred years of seconds";
        let named = [
            ("late_penalty_s", self.late_penalty_s),
            ("defer_penalty_s", self.defer_penalty_s),
            ("carryover_s", self.carryover_s),
        ];
        for (field, seconds) in named {
            check(0, seconds, SECONDS_MAX, || number("params".to_owned(), field, range))?;
        }
        Ok(Charges {
            late_seconds: self.late_penalty_s,
            defer_seconds: self.defer_penalty_s,
            carryover_seconds: self.carryover_s,
        })
    }
}

impl CoderRow<'_> {
    fn check(&self) -> Result<(), Fault> {
        let whose = || format!("coder {:?}", self.id.as_str());
        let of = |field, range| move || number(whose(), field, range);
        let span = "between 0 and a hundred years of seconds";
        check(0, self.available_from_s, SECONDS_MAX, of("available_from_s", span))?;
        check(0, self.capacity_s, SECONDS_MAX, of("capacity_s", span))?;
        check(1, i64::from(self.speed_pct), i64::from(u32::MAX), of("speed_pct", "at least 1"))
    }

    fn coder(&self) -> Coder {
        Coder {
            available_from_seconds: self.available_from_s,
            capacity_seconds: self.capacity_s,
            speed_percent: self.speed_pct,
            skills: self.skills.len(),
        }
    }
}

impl ChartRow<'_> {
    fn check(&self) -> Result<(), Fault> {
        let whose = || format!("chart {:?}", self.id.as_str());
        let of = |field, range| move || number(whose(), field, range);
        let length = "between 1 and a hundred years of seconds";
        check(1, self.expected_s, SECONDS_MAX, of("expected_s", length))?;
        check(-SECONDS_MAX, self.due_s, SECONDS_MAX, of("due_s", "within a hundred years"))?;
        check(1, self.weight, WEIGHT_MAX, of("weight", "between 1 and 1,000,000"))
    }

    fn chart(&self, class: usize) -> Chart {
        Chart {
            expected_seconds: self.expected_s,
            due_seconds: Some(self.due_s),
            weight: self.weight,
            class,
            barred: Vec::new(),
        }
    }
}

fn check(least: i64, number: i64, most: i64, fault: impl FnOnce() -> Fault) -> Result<(), Fault> {
    if (least..=most).contains(&number) { Ok(()) } else { Err(fault()) }
}

const fn number(whose: String, field: &'static str, range: &'static str) -> Fault {
    Fault::Number { whose, field, range }
}

const fn check_size(what: &'static str, count: usize, most: usize) -> Result<(), Fault> {
    if count <= most { Ok(()) } else { Err(Fault::TooMany { what, most }) }
}

fn check_unique<'a>(
    what: &'static str,
    ids: impl ExactSizeIterator<Item = &'a Text<'a>>,
) -> Result<(), Fault> {
    let mut seen = HashSet::with_capacity(ids.len());
    for id in ids {
        if !seen.insert(id.as_str()) {
            return Err(Fault::Twice { what, id: id.as_str().to_owned() });
        }
    }
    Ok(())
}
