//! Small lists of codes for the rules to look in. Services are numbers without words.

use jiff::civil::{Date, date};

use crate::edits::{
    CodeRange, CodeStanding, DiagnosisFacts, LongerCode, ModifierStanding, NcciSetting, NoteKind,
    PairBypass, PairEdit, Reference, Sex, TabularNote, UnlikelyBasis, UnlikelyEdit, Validity,
};
use crate::words::CodeSystem;

/// The lists on a day.
pub(super) struct Lists {
    pub on: Date,
}

const TURN: Date = date(2025, 10, 1);

/// Codes below headings, with their wordings.
const LONGER: &[(&str, &[(&str, &str)])] = &[
    (
        "J18",
        &[
            ("J180", "Bronchopneumonia, unspecified organism"),
            ("J181", "Lobar pneumonia, unspecified organism"),
            ("J182", "Hypostatic pneumonia, unspecified organism"),
            ("J188", "Other pneumonia, unspecified organism"),
            ("J189", "Pneumonia, unspecified organism"),
        ],
    ),
    (
        "T148",
        &[
            ("T148XXA", "Other injury of unspecified body region, initial encounter"),
            ("T148XXD", "Other injury of unspecified body region, subsequent encounter"),
            ("T148XXS", "Other injury of unspecified body region, sequela"),
        ],
    ),
];

/// Wordings of diagnoses that a rule reads.
const TITLES: &[(&str, &str)] = &[
    ("M1711", "Unilateral primary osteoarthritis, right knee"),
    ("M1712", "Unilateral primary osteoarthritis, left knee"),
    ("M1710", "Unilateral primary osteoarthritis, unspecified knee"),
    ("M170", "Bilateral primary osteoarthritis of knee"),
    ("H60331", "Swimmer's ear, right ear"),
    ("H60339", "Swimmer's ear, unspecified ear"),
    ("J189", "Pneumonia, unspecified organism"),
];

/// Notes: where, of which kind, in which words, naming which codes.
type Note = (&'static str, NoteKind, &'static str, &'static [(&'static str, &'static str)]);
const NOTES: &[Note] = &[
    ("I10", NoteKind::Excludes1, "hypertensive kidney disease (I12.-)", &[("I12", "I12")]),
    ("J44", NoteKind::Excludes1, "bronchiectasis (J47.-)", &[("J47", "J47")]),
    ("J40-J4A", NoteKind::Excludes1, "detergent asthma (J69.8), asthma (J45.-)", &[("J45", "J45")]),
    ("J44", NoteKind::CodeAlso, "type of asthma, if applicable (J45.-)", &[("J45", "J45")]),
    ("R65", NoteKind::Excludes1, "septic shock (R57.2)", &[("R572", "R572")]),
    ("R57", NoteKind::Excludes2, "shock with inflammation (R65.-)", &[("R65", "R65")]),
    ("R50-R69", NoteKind::Excludes1, "signs of the chest (R07)", &[("R07", "R07")]),
    ("R50", NoteKind::Excludes2, "chest pain (R07)", &[("R07", "R07")]),
    ("D63", NoteKind::CodeFirst, "neoplasm (C00-D49)", &[("C00", "D49")]),
    (
        "H42",
        NoteKind::CodeFirst,
        "underlying condition, such as: amyloidosis (E85.-)",
        &[("E85", "E85")],
    ),
    ("I50", NoteKind::CodeFirst, "heart failure due to hypertension (I11.0)", &[("I110", "I110")]),
    (
        "A41",
        NoteKind::CodeFirst,
        "if applicable, postprocedural sepsis (T81.44-)",
        &[("T8144", "T8144")],
    ),
    ("N39", NoteKind::UseAdditional, "to identify infectious agent (B95-B97)", &[("B95", "B97")]),
    ("E11", NoteKind::UseAdditional, "insulin, if applicable (Z79.4)", &[("Z794", "Z794")]),
];

/// The pair edits: column one, column two, window, indicator.
const PAIRS: &[(&str, &str, Date, Date, PairBypass)] = &[
    ("11042", "97597", date(2020, 1, 1), Date::MAX, PairBypass::WithModifier),
    ("80053", "80048", date(2020, 1, 1), Date::MAX, PairBypass::Never),
    ("29881", "29877", date(2020, 1, 1), date(2025, 12, 31), PairBypass::Never),
];

/// The unlikely edits: code, units, indicator.
const UNLIKELY: &[(&str, i32, UnlikelyBasis)] = &[
    ("96372", 2, UnlikelyBasis::Line),
    ("20610", 2, UnlikelyBasis::DatePolicy),
    ("97110", 6, UnlikelyBasis::DateClinical),
];

impl Reference for Lists {
    fn standing(&self, system: CodeSystem, code: &str) -> CodeStanding {
        let validity = match (system, code) {
            (CodeSystem::Cpt | CodeSystem::Hcpcs, _) => Validity::FormOnly,
            (_, "J18" | "T148" | "E11") => Validity::Header,
            (_, "Q9999" | "T148A" | "E119A") => Validity::Unknown,
            (_, "C50A0") if self.on < TURN => Validity::NotInForce { from: TURN, until: None },
            (_, "D71") if self.on >= TURN => {
                Validity::NotInForce { from: date(2024, 10, 1), until: Some(date(2025, 9, 30)) }
            }
            _ => Validity::Billable,
        };
        let edition_in_doubt = (self.on > date(2026, 9, 30)).then(|| "FY2026".to_owned());
        CodeStanding { validity, edition_in_doubt }
    }

    fn longer(&self, _: CodeSystem, code: &str) -> Vec<LongerCode> {
        let below = LONGER.iter().find(|(heading, _)| *heading == code).map_or(&[][..], |it| it.1);
        let longer = |(code, title): &(&str, &str)| LongerCode {
            code: (*code).to_owned(),
            title: (*title).to_owned(),
        };
        below.iter().map(longer).collect()
    }

    fn diagnosis(&self, code: &str) -> DiagnosisFacts {
        let title = TITLES.iter().find(|(known, _)| *known == code);
        DiagnosisFacts {
            manifestation: matches!(code, "D630" | "H42"),
            unacceptable_principal: code == "Z794",
            poa_exempt: Some(code.starts_with('Z')),
            years: match code {
                "P0700" => Some((0, 0)),
                "Z00129" => Some((0, 17)),
                "O80" => Some((9, 64)),
                "F5222" => Some((15, 124)),
                _ => None,
            },
            sex: match code {
                "O80" => Some(Sex::Female),
                "N401" => Some(Sex::Male),
                _ => None,
            },
            hcc: None,
            description: title.map(|(_, title)| (*title).to_owned()),
        }
    }

    fn notes(&self, code: &str) -> Vec<TabularNote> {
        let above = |at: &str| {
            let (from, to) = at.split_once('-').unwrap_or((at, at));
            CodeRange { from: from.to_owned(), to: to.to_owned() }.covers(code)
        };
        let mut notes: Vec<TabularNote> = NOTES
            .iter()
            .filter(|(at, ..)| above(at))
            .map(|(at, kind, text, codes)| {
                let range = |(from, to): &(&str, &str)| CodeRange {
                    from: (*from).to_owned(),
                    to: (*to).to_owned(),
                };
                let codes = codes.iter().map(range).collect();
                TabularNote { kind: *kind, at: (*at).to_owned(), text: (*text).to_owned(), codes }
            })
            .collect();
        notes.sort_by_key(|note| (note.at.contains('-'), usize::MAX - note.at.len()));
        notes
    }

    fn pair(&self, _: NcciSetting, one: &str, two: &str, on: Date) -> Option<PairEdit> {
        let (.., bypass) = PAIRS.iter().find(|(first, second, from, until, _)| {
            (*first, *second) == (one, two) && (*from..=*until).contains(&on)
        })?;
        Some(PairEdit { bypass: *bypass, rationale: "standards of practice".to_owned() })
    }

    fn unlikely(&self, _: NcciSetting, code: &str, _: Date) -> Option<UnlikelyEdit> {
        let (_, units, basis) = UNLIKELY.iter().find(|(known, ..)| *known == code)?;
        Some(UnlikelyEdit { units: *units, basis: *basis })
    }

    fn modifier(&self, modifier: &str, _: Date) -> ModifierStanding {
        match modifier {
            "LT" | "RT" | "XS" | "XE" | "TC" | "FA" | "F5" => ModifierStanding::InForce,
            "ZZ" => ModifierStanding::NotInForce,
            other if other.starts_with(|c: char| c.is_ascii_digit()) => ModifierStanding::NoList,
            _ => ModifierStanding::Unknown,
        }
    }
}
