//! Charts that the same coders may do, and who those coders are.

use super::{ChartRow, CoderRow, File, Text};
use std::collections::{BTreeSet, HashMap, HashSet};

/// What makes charts alike: tenant, skills in order, onshore only.
type Key<'f> = (&'f str, Vec<&'f str>, bool);

/// The class of every chart, and for each class its coders' places, ascending.
pub(super) fn classes(file: &File<'_>) -> (Vec<usize>, Vec<Vec<usize>>) {
    let crew = Crew::of(file);
    let mut known: HashMap<Key<'_>, usize> = HashMap::new();
    let mut classes = Vec::new();
    let of_chart = file.charts.iter().map(|chart| {
        *known.entry(key(chart)).or_insert_with(|| {
            classes.push(crew.eligible(chart));
            classes.len() - 1
        })
    });
    let of_chart = of_chart.collect();
    (of_chart, classes)
}

fn key<'f>(chart: &'f ChartRow<'_>) -> Key<'f> {
    let mut skills: Vec<&str> = chart.skills.iter().map(Text::as_str).collect();
    skills.sort_unstable();
    skills.dedup();
    (chart.tenant.as_str(), skills, chart.onshore_only)
}

/// The coders, by what they may see.
struct Crew<'f> {
    skills: Vec<HashSet<&'f str>>,
    onshore: Vec<bool>,
    of_tenant: HashMap<&'f str, Vec<usize>>,
}

impl<'f> Crew<'f> {
    fn of(file: &'f File<'_>) -> Self {
        let onshore: HashSet<&str> =
            file.params.onshore_countries.iter().map(Text::as_str).collect();
        let skills = |coder: &'f CoderRow<'_>| coder.skills.iter().map(Text::as_str).collect();
        let mut of_tenant: HashMap<&str, Vec<usize>> = HashMap::new();
        for (place, coder) in file.coders.iter().enumerate() {
            let tenants: BTreeSet<&str> = coder.tenants.iter().map(Text::as_str).collect();
            for tenant in tenants {
                of_tenant.entry(tenant).or_default().push(place);
            }
        }
        Self {
            skills: file.coders.iter().map(skills).collect(),
            onshore: file.coders.iter().map(|it| onshore.contains(it.country.as_str())).collect(),
            of_tenant,
        }
    }

    fn eligible(&self, chart: &ChartRow<'_>) -> Vec<usize> {
        let allowed = self.of_tenant.get(chart.tenant.as_str()).map_or(&[][..], Vec::as_slice);
        let fits = |place: &usize| {
            let has = self.skills.get(*place);
            let onshore = self.onshore.get(*place).copied().unwrap_or(false);
            has.is_some_and(|has| chart.skills.iter().all(|skill| has.contains(skill.as_str())))
                && (onshore || !chart.onshore_only)
        };
        allowed.iter().copied().filter(fits).collect()
    }
}
