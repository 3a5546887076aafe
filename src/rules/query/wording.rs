//! Words that a question must not use, found at the borders of words whatever their case.

/// The words of a text in lower case; an apostrophe belongs to its word and is left out.
pub(super) fn words(text: &str) -> Vec<String> {
    let kept: String = text.chars().filter(|letter| !matches!(letter, '\'' | '’')).collect();
    kept.split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_lowercase)
        .collect()
}

/// Where a phrase begins; a word of it that ends in `*` fits every word that begins like it.
pub(super) fn find(text: &[String], phrase: &str) -> Option<usize> {
    let wanted: Vec<&str> = phrase.split(' ').collect();
    text.windows(wanted.len()).position(|window| {
        window.iter().zip(&wanted).all(|(word, wanted)| match wanted.strip_suffix('*') {
            Some(stem) => word.starts_with(stem),
            None => word == wanted,
        })
    })
}

/// The first of the phrases that the text has.
pub(super) fn first(text: &[String], phrases: &[&'static str]) -> Option<&'static str> {
    phrases.iter().find(|phrase| find(text, phrase).is_some()).copied()
}

/// Whether all of `part` stands in `text`, as one run of words.
pub(super) fn contains(text: &[String], part: &[String]) -> bool {
    !part.is_empty() && text.windows(part.len()).any(|window| window == part)
}

/// What tells the provider which answer is wanted.
pub(super) const LEADING: &[&str] = &[
    "agree that",
    "do you agree",
    "would you agree",
    "please agree",
    "dont you",
    "wouldnt you",
    "cant you",
    "doesnt this",
    "isnt it",
    "isnt this",
    "is it not",
    "please add",
    "please change your",
    "please amend",
    "please document that",
    "kindly document",
    "document a diagnosis of",
    "document the diagnosis of",
    "consider documenting",
    "consider adding",
    "consider a diagnosis of",
    "can you document",
    "could you document",
    "should be documented",
    "must be documented",
    "needs to be documented",
    "should have been documented",
    "we recommend",
    "i recommend",
    "we suggest",
    "i suggest",
    "we believe",
    "i believe",
    "we think",
    "i think",
    "in our opinion",
    "in my opinion",
    "it appears that",
    "it seems that",
    "appears to have",
    "seems to have",
    "clearly",
    "obviously",
    "undoubtedly",
    "surely",
    "you should",
    "you must",
    "you need to",
    "you forgot",
    "you failed",
    "you omitted",
    "confirm that the patient has",
    "correct diagnosis",
    "the right answer",
    "expected answer",
    "can we say",
];

/// What a coder concludes, where only the record should speak.
pub(super) const CONCLUDING: &[&str] = &[
    "consistent with",
    "suggestive of",
    "indicative of",
    "diagnostic of",
    "meets criteria",
    "meets the criteria",
    "meet criteria",
    "meet the criteria",
    "points to",
];

/// Money, in all its names.
pub(super) const PAYMENT: &[&str] = &[
    "pay",
    "pays",
    "paid",
    "payment*",
    "payable",
    "payer*",
    "payor*",
    "reimburs*",
    "revenue*",
    "bill",
    "bills",
    "billing",
    "billed",
    "billable",
    "claim",
    "claims data",
    "claims submission",
    "denials",
    "claim denial",
    "denial risk",
    "avoid a denial",
    "insurance",
    "insurer*",
    "medicare",
    "medicaid",
    "cost",
    "costs",
    "money",
    "dollar*",
    "financial*",
    "profit*",
    "incentive*",
    "drg*",
    "mcc*",
    "hcc*",
    "raf",
    "cmi",
    "case mix",
    "rvu*",
    "relative weight*",
    "higher weight*",
    "risk adjust*",
    "risk score*",
    "value based",
    "upcod*",
];

/// How ill a patient counts as, in statistics.
pub(super) const SEVERITY: &[&str] = &["severity", "soi", "risk of mortality", "rom score"];

/// How good a hospital counts as.
pub(super) const QUALITY: &[&str] = &[
    "quality score*",
    "quality measure*",
    "quality metric*",
    "quality indicator*",
    "quality rating*",
    "quality report*",
    "quality program*",
    "quality data",
    "quality profile*",
    "core measure*",
    "patient safety indicator*",
    "psi 90",
    "hac",
    "hacs",
    "star rating*",
    "readmission rate*",
    "mortality rate*",
    "mortality index",
    "observed to expected",
    "benchmark*",
    "report card*",
    "publicly report*",
    "scorecard*",
];

/// What the answer would do.
pub(super) const IMPACT: &[&str] = &[
    "impact",
    "impacts",
    "affect the code*",
    "affects the code*",
    "affect coding",
    "affects coding",
    "change the code*",
    "changes the code*",
    "higher code",
    "better code",
    "more specific code",
    "optimiz*",
    "optimis*",
    "maximiz*",
    "maximis*",
];

/// Talk of coding, which is not the provider's matter.
pub(super) const CODING: &[&str] = &[
    "coding purposes",
    "for coding",
    "order to code",
    "to code this",
    "code this as",
    "code assignment",
    "assign a code",
    "assign the code",
    "codable",
    "codeable",
];

/// What makes one choice louder than the others.
pub(super) const STEERING: &[&str] = &[
    "recommended",
    "preferred",
    "preferable",
    "best choice",
    "best answer",
    "correct answer",
    "most likely",
    "please choose",
    "please select",
    "suggested",
];

/// Choices that say what the two that are always there say.
pub(super) const ALWAYS_THERE: &[&str] = &[
    "other",
    "others",
    "other please specify",
    "other specify",
    "unable to determine",
    "undetermined",
    "clinically undetermined",
    "clinically unable to determine",
    "unknown",
    "cannot be determined",
    "cannot determine",
];

/// Words that carry no condition.
const SMALL: &[&str] = &["the", "and", "with", "due", "for", "not", "from", "without", "other"];

/// The words of a condition that must stand in the record.
pub(super) fn carrying(condition: &str) -> Vec<String> {
    let carries = |word: &String| word.chars().count() > 1 && !SMALL.contains(&word.as_str());
    words(condition).into_iter().filter(carries).collect()
}
