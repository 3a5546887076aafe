//! Other names for codes than the tabular list gives: lay words, eponyms, what coders call them, and
//! the tables of the official index.

use std::borrow::Cow;
use std::collections::HashMap;
use std::io::Read;
use std::sync::LazyLock;

use rules::words::CodeSystem;

use crate::load::LoadError;

/// `code <TAB> name | name`, without points: our own list; it feeds the search and nothing else.
const OURS: &str = include_str!("data/icd10cm-names.tsv");
/// The same form, packed by `script/pack-code-index` from the tables of drugs and of neoplasms and
/// the index of external causes.
const INDEX: &[u8] = include_bytes!("data/icd10cm-index.tsv.gz");
/// Bytes of the unpacked index; it has about 900,000.
const INDEX_BYTES_MAX: u64 = 8 << 20;

/// How the short titles of ICD-10-PCS are abbreviated: `abbreviation <TAB> word`.
const TITLES: &str = include_str!("data/icd10pcs-titles.tsv");

/// Abbreviations that mean something else beside another word.
const TITLE_PAIRS: &[([&str; 2], &str)] = &[
    (["Perc", "Endo"], "Percutaneous Endoscopic"),
    (["L", "Osm"], "Low Osmolar"),
    (["H", "Osm"], "High Osmolar"),
];

static TITLE_WORDS: LazyLock<HashMap<&'static str, &'static str>> =
    LazyLock::new(|| TITLES.lines().filter_map(|line| line.split_once('\t')).collect());

/// A description with the abbreviations of its system's titles written out, for the index.
pub(crate) fn spelt_out(system: CodeSystem, description: &str) -> Cow<'_, str> {
    match (system, description.split_once(';')) {
        (CodeSystem::Icd10Pcs, _) => titled(description),
        // What follows says how, how long and for whom: nobody types it.
        (CodeSystem::Hcpcs, Some((what, details))) => Cow::Owned(format!("{what} ({details})")),
        _ => Cow::Borrowed(description),
    }
}

fn titled(description: &str) -> Cow<'_, str> {
    let word = |word: &str| {
        let bare = word.trim_matches([',', '.', '(', ')']).to_lowercase();
        TITLE_WORDS.get(bare.as_str()).map_or_else(|| word.to_owned(), |long| (*long).to_owned())
    };
    let mut rest: Vec<&str> = description.split([' ', '/', '-']).collect();
    for (pair, long) in TITLE_PAIRS {
        while let Some(place) = rest
            .windows(2)
            .position(|two| two.iter().map(|word| word.trim_end_matches(',')).eq(*pair))
        {
            rest.splice(place..place + 2, [*long]);
        }
    }
    let words: Vec<String> = rest.into_iter().map(word).collect();
    Cow::Owned(words.join(" "))
}

/// Other names by code.
#[derive(Debug, Default)]
pub(crate) struct Names {
    ours: &'static str,
    unpacked: String,
}

impl Names {
    /// What comes with the program for a system.
    pub fn of(system: CodeSystem) -> Result<Self, LoadError> {
        if system != CodeSystem::Icd10Cm {
            return Ok(Self::default());
        }
        let mut unpacked = String::new();
        flate2::read::GzDecoder::new(INDEX)
            .take(INDEX_BYTES_MAX)
            .read_to_string(&mut unpacked)
            .map_err(|error| LoadError::Unpack("index".to_owned(), error))?;
        Ok(Self { ours: OURS, unpacked })
    }

    /// The names of each code, which may be a heading.
    pub fn by_code(&self) -> HashMap<&str, Vec<&str>> {
        let mut all: HashMap<&str, Vec<&str>> = HashMap::new();
        let lines = self.ours.lines().chain(self.unpacked.lines());
        for (code, names) in lines.filter_map(|line| line.split_once('\t')) {
            all.entry(code).or_default().extend(names.split('|'));
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, spelt_out};
    use rules::words::CodeSystem;

    #[test]
    fn short_titles_of_procedures_are_written_out() {
        let title = "Replace of R Knee Jt with Synth Sub, Cement, Open Approach";
        assert_eq!(
            spelt_out(CodeSystem::Icd10Pcs, title),
            "replacement of right Knee joint with synthetic substitute cemented Open Approach"
        );
        let two = spelt_out(CodeSystem::Icd10Pcs, "Inspection of R Knee Jt, Perc Endo Approach");
        assert_eq!(two, "Inspection of right Knee joint Percutaneous Endoscopic Approach");
        assert_eq!(spelt_out(CodeSystem::Icd10Cm, title), title);
    }

    #[test]
    fn lay_words_and_the_official_index_both_name_codes() {
        let names = Names::of(CodeSystem::Icd10Cm).unwrap();
        let by_code = names.by_code();
        assert!(by_code["I219"].contains(&"heart attack"));
        assert!(by_code["T3931"].contains(&"Ibuprofen"));
        assert!(by_code["W540"].iter().any(|name| name.contains("dog")));
        assert!(by_code["C189"].contains(&"malignant neoplasm colon"));
    }
}
