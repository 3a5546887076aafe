//! Quotations are cut from the documents themselves, so that a question says what the record says.

use crate::ask::{AskedQuestion, Asking, KIND};
use base::Services;
use base::db::VendorScope;
use base::error::{Error, FieldError, Result};
use charts::documents::{self, Part, Permit};
use charts::held;
use rules::ids::{ChartId, DocumentId};
use rules::query::{INDICATORS_MAX, QUOTE_CHARACTERS_MAX, QueryIndicator};
use std::collections::{BTreeMap, BTreeSet};

/// The same questions, each quotation in the record's own words. That the documents were read is written
/// down.
///
/// # Errors
/// [`Error::Invalid`] for a place that lies in no text of this chart; [`Error::Conflict`] when the lease is
/// over.
pub(crate) async fn cut(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    asking: Asking<'_>,
) -> Result<Vec<AskedQuestion>> {
    let wanted: BTreeSet<DocumentId> = asking
        .questions
        .iter()
        .flat_map(|asked| asked.question.indicators.iter().take(INDICATORS_MAX))
        .map(|indicator| indicator.document_id)
        .collect();
    let permits = services
        .db
        .desk(scope, async |tx| {
            let held = held::to_write(tx, KIND, chart, asking.epoch).await?;
            held.require_started()?;
            let of_chart = documents::of_chart(tx, &services.keyring, held.chart.id).await?;
            let mut permits: BTreeMap<DocumentId, Permit> = BTreeMap::new();
            // A page image has no words that could be cut out.
            let texts = of_chart.iter().filter(|document| document.pages.is_none());
            for document in texts.filter(|document| wanted.contains(&document.id)) {
                let (keyring, what) = (&services.keyring, (document.id, Part::Text));
                let permit = documents::permit(tx, keyring, held.chart.id, what).await?;
                permits.insert(document.id, permit);
            }
            Ok(permits)
        })
        .await?;
    let mut texts: BTreeMap<DocumentId, Vec<char>> = BTreeMap::new();
    for (id, permit) in &permits {
        texts.insert(*id, permit.text(services).await?.chars().collect());
    }
    in_the_records_words(asking.questions, &texts)
}

fn in_the_records_words(
    questions: &[AskedQuestion],
    texts: &BTreeMap<DocumentId, Vec<char>>,
) -> Result<Vec<AskedQuestion>> {
    let mut fields = Vec::new();
    let mut quoted = questions.to_vec();
    for (place, asked) in quoted.iter_mut().enumerate() {
        for (number, indicator) in asked.question.indicators.iter_mut().enumerate() {
            match words_at(texts, indicator) {
                Some(words) => indicator.quote = words,
                None => fields.push(FieldError {
                    name: format!("questions.{place}.indicators.{number}"),
                    message: "This is not a text of the chart: select the words again.".into(),
                }),
            }
        }
    }
    if fields.is_empty() { Ok(quoted) } else { Err(Error::Invalid(fields)) }
}

/// The words at a place, but no more of them than a quotation may have and one, so that the rule on length
/// speaks.
fn words_at(texts: &BTreeMap<DocumentId, Vec<char>>, indicator: &QueryIndicator) -> Option<String> {
    let text = texts.get(&indicator.document_id)?;
    let (start, end) =
        (usize::try_from(indicator.start).ok()?, usize::try_from(indicator.end).ok()?);
    let words = text.get(start..end)?;
    Some(words.iter().take(QUOTE_CHARACTERS_MAX + 1).collect())
}
