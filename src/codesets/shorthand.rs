//! What coders type: abbreviations and plain words, written out as the list words them.

use crate::search::QUERY_WORDS_MAX;
use crate::tokens;

/// Words of the longest phrase in the table.
const PHRASE_WORDS_MAX: usize = 3;

/// A phrase without filler words, and what the list says instead. An entry gives the usual meaning;
/// the letters as typed are searched as well when there is room for more hits.
const PHRASES: &[(&str, &str)] = &[
    // Writing
    ("l", "left"),
    ("lt", "left"),
    ("r", "right"),
    ("rt", "right"),
    ("bilat", "bilateral"),
    ("both", "bilateral"),
    ("b l", "bilateral"),
    ("init", "initial encounter"),
    ("subs", "subsequent encounter"),
    ("subseq", "subsequent encounter"),
    ("wo", "without"),
    ("hx", "history"),
    ("fhx", "family history"),
    ("fh", "family history"),
    ("unspec", "unspecified"),
    ("nos", "unspecified"),
    ("nec", "not elsewhere classified"),
    ("dz", "disease"),
    ("ca", "malignant neoplasm"),
    ("cancer", "malignant neoplasm"),
    ("inj", "injury"),
    ("lac", "laceration"),
    ("fb", "foreign body"),
    ("fx", "fracture"),
    ("fxs", "fracture"),
    ("broken", "fracture"),
    ("abd", "abdominal"),
    ("chr", "chronic"),
    ("ac", "acute"),
    ("preg", "pregnancy"),
    ("type i", "type 1"),
    ("type ii", "type 2"),
    ("t1", "type 1"),
    ("t2", "type 2"),
    // Endocrine
    ("dm", "diabetes mellitus"),
    ("dm1", "type 1 diabetes mellitus"),
    ("t1d", "type 1 diabetes mellitus"),
    ("t1dm", "type 1 diabetes mellitus"),
    ("iddm", "type 1 diabetes mellitus"),
    ("dm2", "type 2 diabetes mellitus"),
    ("dmii", "type 2 diabetes mellitus"),
    ("t2d", "type 2 diabetes mellitus"),
    ("t2dm", "type 2 diabetes mellitus"),
    ("niddm", "type 2 diabetes mellitus"),
    ("gdm", "gestational diabetes mellitus"),
    ("dka", "diabetes mellitus ketoacidosis"),
    ("hld", "hyperlipidemia"),
    ("high cholesterol", "hypercholesterolemia"),
    ("underactive thyroid", "hypothyroidism"),
    ("overactive thyroid", "thyrotoxicosis"),
    ("low potassium", "hypokalemia"),
    ("low sodium", "hyponatremia"),
    // Heart and vessels
    ("htn", "hypertension"),
    ("high blood pressure", "hypertension"),
    ("chf", "heart failure"),
    ("hf", "heart failure"),
    ("hfref", "systolic heart failure"),
    ("hfpef", "diastolic heart failure"),
    ("cad", "atherosclerotic heart disease coronary"),
    ("ashd", "atherosclerotic heart disease"),
    ("coronary artery disease", "atherosclerotic heart disease coronary"),
    ("afib", "atrial fibrillation"),
    ("af", "atrial fibrillation"),
    ("aflutter", "atrial flutter"),
    ("svt", "supraventricular tachycardia"),
    ("vt", "ventricular tachycardia"),
    ("mi", "myocardial infarction"),
    ("heart attack", "myocardial infarction"),
    ("stemi", "st elevation myocardial infarction"),
    ("nstemi", "non st elevation myocardial infarction"),
    ("pvd", "peripheral vascular disease"),
    ("pad", "peripheral vascular disease"),
    ("dvt", "embolism thrombosis deep vein"),
    ("deep vein thrombosis", "embolism thrombosis deep vein"),
    ("pe", "pulmonary embolism"),
    ("aaa", "abdominal aortic aneurysm"),
    ("cva", "cerebral infarction"),
    ("stroke", "cerebral infarction"),
    ("tia", "transient cerebral ischemic attack"),
    // Lungs, ear, nose, throat
    ("copd", "chronic obstructive pulmonary disease"),
    ("sob", "shortness breath"),
    ("uri", "upper respiratory infection"),
    ("cold", "nasopharyngitis"),
    ("osa", "obstructive sleep apnea"),
    ("pna", "pneumonia"),
    ("cap", "pneumonia"),
    ("flu", "influenza"),
    ("covid19", "covid 19"),
    ("ards", "acute respiratory distress syndrome"),
    ("strep throat", "streptococcal pharyngitis"),
    ("sore throat", "pharyngitis"),
    ("ear infection", "otitis media"),
    ("aom", "acute otitis media"),
    ("om", "otitis media"),
    ("ear wax", "impacted cerumen"),
    ("earwax", "impacted cerumen"),
    ("nosebleed", "epistaxis"),
    ("pink eye", "conjunctivitis"),
    // Digestion
    ("gerd", "gastro esophageal reflux disease"),
    ("acid reflux", "gastro esophageal reflux disease"),
    ("ibs", "irritable bowel syndrome"),
    ("gi bleed", "gastrointestinal hemorrhage"),
    ("gib", "gastrointestinal hemorrhage"),
    ("sbo", "intestinal obstruction"),
    ("gallstones", "calculus gallbladder"),
    ("n v", "nausea vomiting"),
    ("stomach pain", "abdominal pain"),
    ("belly pain", "abdominal pain"),
    ("piles", "hemorrhoids"),
    // Kidney and urine
    ("ckd", "chronic kidney disease"),
    ("aki", "acute kidney failure"),
    ("arf", "acute kidney failure"),
    ("esrd", "end stage renal disease"),
    ("uti", "urinary tract infection"),
    ("bph", "benign prostatic hyperplasia"),
    ("kidney stone", "calculus kidney"),
    ("kidney stones", "calculus kidney"),
    ("ed", "erectile dysfunction"),
    ("std", "sexually transmitted"),
    // Bones and joints
    ("oa", "osteoarthritis"),
    ("ra", "rheumatoid arthritis"),
    ("djd", "osteoarthritis"),
    ("ddd", "disc degeneration"),
    ("lbp", "low back pain"),
    ("back pain", "dorsalgia"),
    ("neck pain", "cervicalgia"),
    ("acl", "anterior cruciate ligament"),
    ("cts", "carpal tunnel syndrome"),
    ("tennis elbow", "lateral epicondylitis"),
    ("bunion", "hallux valgus"),
    ("distal", "lower end"),
    ("proximal", "upper end"),
    // Mind and nerves
    ("mdd", "major depressive disorder"),
    ("gad", "generalized anxiety disorder"),
    ("ptsd", "post traumatic stress disorder"),
    ("adhd", "attention deficit hyperactivity disorder"),
    ("add", "attention deficit hyperactivity disorder"),
    ("ocd", "obsessive compulsive disorder"),
    ("etoh", "alcohol"),
    ("ms", "multiple sclerosis"),
    ("ha", "headache"),
    ("loc", "loss consciousness"),
    ("tbi", "intracranial injury"),
    ("passing out", "syncope"),
    ("fainting", "syncope"),
    ("smoker", "nicotine dependence cigarettes"),
    ("suicidal thoughts", "suicidal ideations"),
    // Blood, infection, skin, the rest
    ("ida", "iron deficiency anemia"),
    ("hiv", "human immunodeficiency virus"),
    ("mrsa", "methicillin resistant staphylococcus aureus"),
    ("hep", "hepatitis"),
    ("shingles", "zoster"),
    ("hives", "urticaria"),
    ("eczema", "dermatitis"),
    ("bedsore", "pressure ulcer"),
    ("sle", "systemic lupus erythematosus"),
    ("cp", "chest pain"),
    ("ams", "altered mental status"),
    ("physical", "general adult medical examination"),
    ("annual physical", "general adult medical examination"),
    ("normal delivery", "full term uncomplicated delivery"),
    ("flu shot", "encounter immunization"),
    ("vaccination", "immunization"),
];

/// Words for which the list often says another: both are looked for.
const OTHER_WORDS: &[(&str, &str)] = &[
    ("arm", "limb"),
    ("bleeding", "hemorrhage"),
    ("cardiac", "heart"),
    ("diabetic", "diabetes"),
    ("heart", "cardiac"),
    ("hepatic", "liver"),
    ("kidney", "renal"),
    ("leg", "limb"),
    ("liver", "hepatic"),
    ("lung", "bronchus"),
    ("lung", "pulmonary"),
    ("rectal", "rectum"),
    ("renal", "kidney"),
    ("sacrum", "sacral"),
    ("skin", "cutaneous"),
    ("stone", "calculus"),
    ("stones", "calculus"),
];

/// The words that the list may say instead of one.
pub(crate) fn other_words(word: &str) -> impl Iterator<Item = &'static str> {
    OTHER_WORDS.iter().filter(move |(typed, _)| *typed == word).map(|(_, other)| *other)
}

/// The words of a query, fillers left out and shorthand written out.
pub(crate) fn written_out(query: &str) -> Vec<String> {
    let typed = as_typed(query);
    let mut words: Vec<String> = Vec::new();
    let mut rest = typed.as_slice();
    while let [first, after @ ..] = rest {
        if let Some((length, meaning)) = phrase_at(rest) {
            words.extend(meaning.split(' ').map(str::to_owned));
            rest = rest.get(length..).unwrap_or_default();
        } else {
            words.push(first.clone());
            rest = after;
        }
    }
    words.truncate(QUERY_WORDS_MAX);
    words
}

/// The words of a query as they stand, fillers left out.
pub(crate) fn as_typed(query: &str) -> Vec<String> {
    let plain = query
        .to_lowercase()
        .replace("w/o", " without ")
        .replace("w/", " ")
        .replace("h/o", " history ");
    let all = tokens::words(&plain);
    let last = all.len().saturating_sub(1);
    // "Hepatitis A": at the end the letter means something.
    let speaks =
        |place: usize, word: &str| !tokens::is_filler(word) || (place == last && word == "a");
    let mut kept: Vec<String> = all
        .iter()
        .enumerate()
        .filter(|(place, word)| speaks(*place, word))
        .map(|(_, word)| word.clone())
        .collect();
    if kept.is_empty() {
        kept = all;
    }
    kept.truncate(QUERY_WORDS_MAX);
    kept
}

/// The longest phrase of the table with which the words begin: its length in words, its meaning.
fn phrase_at(words: &[String]) -> Option<(usize, &'static str)> {
    (1..=PHRASE_WORDS_MAX).rev().find_map(|length| {
        let phrase = words.get(..length)?.join(" ");
        PHRASES.iter().find(|(short, _)| *short == phrase).map(|(_, meaning)| (length, *meaning))
    })
}

#[cfg(test)]
mod tests {
    use super::{PHRASE_WORDS_MAX, PHRASES, as_typed, written_out};

    #[test]
    fn shorthand_is_written_out_and_fillers_fall_away() {
        assert_eq!(
            written_out("T2DM w/ CKD"),
            "type 2 diabetes mellitus chronic kidney disease".split(' ').collect::<Vec<_>>()
        );
        assert_eq!(
            written_out("Fx of the L radius, init"),
            ["fracture", "left", "radius", "initial", "encounter"]
        );
        assert_eq!(written_out("high blood pressure"), ["hypertension"]);
        assert_eq!(as_typed("hx w/o mi"), ["hx", "without", "mi"]);
        assert_eq!(written_out("hepatitis a"), ["hepatitis", "a"]);
        assert_eq!(as_typed("of the"), ["of", "the"]);
        assert!(written_out("  ,. ").is_empty());
    }

    #[test]
    fn the_table_has_each_phrase_once_and_only_phrases_that_can_be_met() {
        for (place, (phrase, meaning)) in PHRASES.iter().enumerate() {
            assert!(
                PHRASES.iter().skip(place + 1).all(|(other, _)| other != phrase),
                "{phrase} comes twice"
            );
            assert!(phrase.split(' ').count() <= PHRASE_WORDS_MAX, "{phrase}");
            assert_eq!(as_typed(phrase).join(" "), *phrase);
            assert_eq!(as_typed(meaning).join(" "), *meaning);
        }
    }
}
