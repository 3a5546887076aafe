//! A chart of the demonstration: a template with a patient, numbers and dates of its own.

use super::names::{FAMILIES, MEN, WOMEN};
use super::random::Random;
use super::templates::{House, Template, TemplateLine};
use charts::patient::{Encounter, Identity};
use coding::{Draft, DraftLine, Evidence, WordsEvidence};
use intake::{NewDocument, Submission};
use jiff::Span;
use jiff::civil::Date;
use rules::compare::LineRole;
use rules::details::{Detail, Details, Meat, drawn, drawn_for_all};
use rules::ids::{DocumentId, QueueId};
use rules::query::QueryIndicator;
use std::sync::Arc;

/// Coded charts reach the vendor a few days after the visit.
const DAYS_SINCE_VISIT_MAX: i64 = 3;

/// Discharged to home or self-care.
const HOME: &str = "01";

/// One chart.
#[derive(Clone)]
pub(super) struct Story {
    pub template: Arc<Template>,
    encounter: Encounter,
    /// Files' names and texts.
    texts: Vec<(String, String)>,
    /// The template's words and the patient's, to be put in their place.
    replaced: Vec<(String, String)>,
}

impl Story {
    /// Tells a template anew; `serial` makes its numbers unique.
    pub(super) fn tell(
        template: &Arc<Template>,
        random: &mut Random,
        serial: u32,
        today: Date,
    ) -> Self {
        let given = if template.sex == "F" { WOMEN } else { MEN };
        let given = random.pick(given).copied().unwrap_or("Robin");
        let family = random.pick(FAMILIES).copied().unwrap_or("Doe");
        let account = number(&template.account_number, serial);
        let mrn = number(&template.mrn, serial.wrapping_mul(7) % 900_000);
        let (old_family, old_given) =
            template.patient_name.split_once(", ").unwrap_or((&template.patient_name, ""));
        // The whole name first: a part of it may be a word of its own.
        let mut replaced = vec![
            (format!("{old_given} {old_family}"), format!("{given} {family}")),
            (old_family.to_owned(), family.to_owned()),
            (template.mrn.clone(), mrn.clone()),
            (template.account_number.clone(), account.clone()),
        ];
        if !old_given.is_empty() {
            replaced.push((old_given.to_owned(), given.to_owned()));
        }
        let texts = template.documents.iter().zip(&template.texts);
        let texts = texts.map(|(name, text)| (name.clone(), put_in(text, &replaced))).collect();
        let left = today.saturating_sub(Span::new().days(random.between(0, DAYS_SINCE_VISIT_MAX)));
        let came = left.saturating_sub(Span::new().days(i64::from(template.length_of_stay_days)));
        let encounter = Encounter {
            identity: Identity {
                patient_name: format!("{family}, {given}"),
                birth_date: another_day(template.birth_date, random),
                sex: template.sex.clone(),
                mrn,
                account_number: account,
            },
            service_date: came,
            discharge_date: template.work_type.coded_by_discharge().then_some(left),
        };
        Self { template: Arc::clone(template), encounter, texts, replaced }
    }

    /// Which facility it is of.
    pub(super) fn house(&self) -> House {
        self.template.facility
    }

    /// As its facility hands it in.
    pub(super) fn submission(&self, queue: QueueId) -> Submission {
        let document = |(name, text): &(String, String)| NewDocument {
            name: name.clone(),
            bytes: text.clone().into_bytes(),
        };
        Submission {
            queue,
            encounter: self.encounter.clone(),
            documents: self.texts.iter().map(document).chain(self.scans()).collect(),
        }
    }

    /// The template's scans, each with the account number after its end, where no reader of images
    /// looks: two charts with one scan would be taken for the same chart.
    fn scans(&self) -> impl Iterator<Item = NewDocument> {
        let number = self.encounter.identity.account_number.as_bytes();
        self.template.scans.iter().map(move |(name, bytes)| NewDocument {
            name: (*name).to_owned(),
            bytes: [*bytes, number].concat(),
        })
    }

    /// Lines as they are entered, with their evidence where it stands in the chart's documents.
    pub(super) fn draft(
        &self,
        lines: &[TemplateLine],
        documents: &[(DocumentId, String)],
    ) -> Draft {
        let entered = |line: &TemplateLine| DraftLine {
            role: line.role,
            system: line.system,
            code: line.code.clone(),
            modifiers: line.modifiers.clone(),
            units: line.units,
            poa: line.poa,
            pointers: line.pointers.clone(),
            details: self.details(line.role),
            evidence: line.evidence.as_deref().and_then(|words| self.place_of(words, documents)),
        };
        let of_stay = drawn_for_all(self.template.work_type).contains(&Detail::Disposition);
        Draft {
            lines: lines.iter().map(entered).collect(),
            disposition: of_stay.then(|| HOME.to_owned()),
            ..Draft::default()
        }
    }

    /// What is asked of a line in this kind of work.
    fn details(&self, role: LineRole) -> Details {
        let drawn = drawn(self.template.work_type, role);
        let asked = |detail| drawn.contains(&detail);
        Details {
            service_date: asked(Detail::ServiceDate).then_some(self.encounter.service_date),
            face_to_face: asked(Detail::FaceToFace).then_some(true),
            page: asked(Detail::Page).then_some(1),
            meat: if asked(Detail::Meat) {
                vec![Meat::Assessed, Meat::Treated]
            } else {
                Vec::new()
            },
            ..Details::default()
        }
    }

    /// Where words stand, counted in characters.
    fn place_of(&self, words: &str, documents: &[(DocumentId, String)]) -> Option<Evidence> {
        let words = put_in(words, &self.replaced);
        documents.iter().find_map(|(id, name)| {
            let (_, text) = self.texts.iter().find(|(file, _)| file == name)?;
            let (before, _) = text.split_once(&words)?;
            let start = i32::try_from(before.chars().count()).ok()?;
            let length = i32::try_from(words.chars().count()).ok()?;
            let end = start.checked_add(length)?;
            Some(Evidence::Words(WordsEvidence { document_id: *id, start, end }))
        })
    }

    /// The first words that a line rests on, as a question quotes them.
    pub(super) fn quotation(&self, documents: &[(DocumentId, String)]) -> Option<QueryIndicator> {
        self.template.lines.iter().find_map(|line| {
            let words = line.evidence.as_deref()?;
            let Some(Evidence::Words(place)) = self.place_of(words, documents) else { return None };
            let WordsEvidence { document_id, start, end } = place;
            let quote = put_in(words, &self.replaced);
            Some(QueryIndicator { document_id, start, end, quote })
        })
    }

    /// The lines as somebody enters them who errs: the template's own mistake, or a slip.
    pub(super) fn mistaken(&self, random: &mut Random) -> Vec<TemplateLine> {
        if !self.template.alternatives.is_empty() {
            return self.template.alternatives.clone();
        }
        let mut lines = self.template.lines.clone();
        let with_modifier = lines.iter_mut().find(|line| !line.modifiers.is_empty());
        match with_modifier {
            Some(line) if random.percent(50) => line.modifiers.clear(),
            _ => forget_last_diagnosis(&mut lines),
        }
        lines
    }
}

/// Leaves out the last diagnosis, as long as there is another and no service points at it.
fn forget_last_diagnosis(lines: &mut Vec<TemplateLine>) {
    let is_reported =
        |line: &TemplateLine| matches!(line.role, LineRole::Principal | LineRole::Secondary);
    let reported = lines.iter().filter(|line| is_reported(line)).count();
    let number = i32::try_from(reported).unwrap_or(i32::MAX);
    let is_needed = lines.iter().any(|line| line.pointers.contains(&number));
    let last = lines.iter().rposition(|line| line.role == LineRole::Secondary);
    if let (false, Some(last)) = (is_needed, last) {
        lines.remove(last);
    }
}

/// The same letters with another number, as long as the old one.
fn number(old: &str, serial: u32) -> String {
    let letters: String = old.chars().take_while(|c| !c.is_ascii_digit()).collect();
    let width = old.chars().count().saturating_sub(letters.chars().count());
    format!("{letters}{:0>width$}", 1_000_u32.saturating_add(serial))
}

fn put_in(text: &str, replaced: &[(String, String)]) -> String {
    replaced.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new))
}

/// Another day of the same year, so that what the text says of the age stays true.
fn another_day(birth: Date, random: &mut Random) -> Date {
    let month = i8::try_from(random.between(1, 12)).unwrap_or(1);
    let day = i8::try_from(random.between(1, 28)).unwrap_or(1);
    Date::new(birth.year(), month, day).unwrap_or(birth)
}
