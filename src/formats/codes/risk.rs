//! What is said of risk-adjustment categories: which replace which, and what they are called.

use super::facts::{line_of, malformed};
use super::{CODES_MAX, Fault, Label, PREAMBLE_LINES_MAX, Replacing, wording};
use csv::StringRecord;
use rules::hcc::Model;

/// Rows of `cc_parent, cc_child, model_domain, model_version`.
pub(super) fn hierarchies(text: &str) -> Result<Vec<Replacing>, Fault> {
    const NAMES: [&str; 4] = ["cc_parent", "cc_child", "model_domain", "model_version"];
    let mut all = rows(text, NAMES, |model, [heavier, lighter]| {
        let (heavier, lighter) = (number(heavier)?, number(lighter)?);
        (heavier != lighter).then_some(Replacing { model, heavier, lighter })
    })?;
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// Rows of `cc, label, model_domain, model_version`.
pub(super) fn labels(text: &str) -> Result<Vec<Label>, Fault> {
    const NAMES: [&str; 4] = ["cc", "label", "model_domain", "model_version"];
    let mut all = rows(text, NAMES, |model, [category, label]| {
        let (category, text) = (number(category)?, wording(label));
        (!text.is_empty()).then_some(Label { model, category, text })
    })?;
    all.sort_unstable();
    all.dedup();
    Ok(all)
}

/// The models of other domains (ESRD, `RxHCC`) and older versions are passed over.
fn model(domain: &str, version: &str) -> Option<Model> {
    version.parse().ok().filter(|_| domain == "CMS-HCC")
}

/// `37` or `HCC37`.
fn number(text: &str) -> Option<u16> {
    text.strip_prefix("HCC").unwrap_or(text).parse().ok().filter(|number| *number > 0)
}

/// The rows below a heading with these names, of which the last two are the model's; `read` answers none for
/// what is wrong in the first two.
fn rows<T>(
    text: &str,
    names: [&str; 4],
    read: impl Fn(Model, [&str; 2]) -> Option<T>,
) -> Result<Vec<T>, Fault> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut places: Option<[usize; 4]> = None;
    let mut all = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| malformed(&error))?;
        let line = line_of(&record);
        match places {
            None => {
                places = heading(&record, names);
                if places.is_none() && place >= PREAMBLE_LINES_MAX {
                    break;
                }
            }
            Some(places) => {
                let [one, other, domain, version] =
                    places.map(|place| record.get(place).unwrap_or_default().trim());
                let Some(model) = model(domain, version) else { continue };
                let wrong = "a category, a model and what is said of it expected";
                all.push(read(model, [one, other]).ok_or_else(|| Fault::at(line, wrong))?);
            }
        }
        if all.len() > CODES_MAX {
            return Err(Fault::at(line, format!("more than {CODES_MAX} rows")));
        }
    }
    match places {
        None => Err(Fault::at(0, format!("no heading with {}", names.join(", ")))),
        Some(_) if all.is_empty() => Err(Fault::at(0, "nothing of CMS-HCC V24 or V28 was found")),
        Some(_) => Ok(all),
    }
}

fn heading(record: &StringRecord, names: [&str; 4]) -> Option<[usize; 4]> {
    let found = names.map(|name| record.iter().position(|cell| cell.trim() == name));
    match found {
        [Some(a), Some(b), Some(c), Some(d)] => Some([a, b, c, d]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::{hierarchies, labels};
    use rules::hcc::Model;

    #[test]
    fn hierarchies_and_labels_of_the_two_models_are_kept() {
        let text = "cc_parent,cc_child,model_domain,model_version,model_fullname\n\
                    17,18,CMS-HCC,V28,x\n8,9,CMS-HCC,V24,x\n8,9,ESRD,V24,x\n8,9,CMS-HCC,V20,x\n";
        let all = hierarchies(text).unwrap();
        let seen: Vec<_> = all.iter().map(|it| (it.model, it.heavier, it.lighter)).collect();
        assert_eq!(seen.len(), 2);
        assert!(seen.contains(&(Model::V28, 17, 18)) && seen.contains(&(Model::V24, 8, 9)));
        let text = "cc,label,model_domain,model_version\nHCC37,\"Diabetes, chronic\",CMS-HCC,V28\n";
        let all = labels(text).unwrap();
        assert_eq!((all[0].category, all[0].text.as_str()), (37, "Diabetes, chronic"));
    }

    #[test]
    fn a_wrong_row_is_named_and_an_empty_file_is_refused() {
        let heading = "cc_parent,cc_child,model_domain,model_version\n";
        let wrong = hierarchies(&format!("{heading}17,18,CMS-HCC,V28\n17,x,CMS-HCC,V28\n"));
        assert_eq!(wrong.unwrap_err().line, 3);
        assert!(hierarchies(&format!("{heading}17,17,CMS-HCC,V28\n")).is_err());
        assert!(hierarchies(heading).is_err());
        assert!(labels("something else").is_err());
    }
}
