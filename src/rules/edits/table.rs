//! The table of the rules: what each demands, what it weighs, where it looks and where it comes from.

use super::EditSeverity::{Advice, Error, Warning};
use super::case::{Case, Say};
use super::{
    EditSeverity, Rule, companions, details, diagnoses, exclusions, level, modifiers, pairs,
    patient, poa, pointers, procedures, sides, standing, units,
};

type Check = fn(&Case<'_>, &mut Say<'_>);

const fn rule(severity: EditSeverity, id: &'static str, field: &'static str, check: Check) -> Rule {
    Rule { id, severity, field, words: "", source: "", excuses: &[], check }
}

impl Rule {
    /// What it demands.
    const fn says(self, words: &'static str) -> Self {
        Self { words, ..self }
    }

    /// Where it comes from.
    const fn from(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// Reasons that usually hold for setting it aside.
    const fn unless(self, excuses: &'static [&'static str]) -> Self {
        Self { excuses, ..self }
    }
}

/// The rules about the lines, room by room.
pub const RULES: &[Rule] = &[
    // A single code.
    rule(Error, "code.system", "system", standing::system)
        .says("Diagnoses are in ICD-10-CM, procedures of a stay in ICD-10-PCS, others in CPT or HCPCS")
        .from("45 CFR 162.1002"),
    rule(Error, "code.form", "code", standing::form)
        .says("A code has the form of its system")
        .from("45 CFR 162.1002"),
    rule(Error, "code.leaf", "code", standing::leaf)
        .says("A code is reported with all the characters that it has")
        .from("ICD-10-CM Official Guidelines I.B.2"),
    rule(Error, "code.seventh_character", "code", standing::seventh_character)
        .says("Where a category has a 7th character, it is there, with X in the places before it")
        .from("ICD-10-CM Official Guidelines I.A.4, I.A.5"),
    rule(Error, "code.in_force", "code", standing::in_force)
        .says("A code is in force on the date of service, or of discharge for a stay")
        .from("45 CFR 162.1011"),
    rule(Error, "code.known", "code", standing::known)
        .says("A code is in the list of its system")
        .from("45 CFR 162.1002"),
    rule(Advice, "encounter.edition", "encounter", standing::edition)
        .says("The list of the date is loaded")
        .from("45 CFR 162.1011"),
    // The diagnoses together.
    rule(Error, "diagnosis.required", "lines", diagnoses::required)
        .says("There is a diagnosis")
        .from("ICD-10-CM Official Guidelines II, IV"),
    rule(Error, "diagnosis.principal", "role", diagnoses::one_principal)
        .says("Exactly one diagnosis is the principal or first-listed one")
        .from("ICD-10-CM Official Guidelines II, IV.A"),
    rule(Error, "diagnosis.count", "lines", diagnoses::count)
        .says("A professional claim carries 12 diagnoses at most, any other 25")
        .from("X12 837 segment HI"),
    rule(Error, "diagnosis.duplicate", "code", diagnoses::duplicate)
        .says("A diagnosis is reported once")
        .from("ICD-10-CM Official Guidelines I.B.8; CMS MCE: duplicate of PDX"),
    rule(Error, "diagnosis.external_cause_principal", "code", diagnoses::external_cause_principal)
        .says("An external cause (V00–Y99) is never the principal or first-listed diagnosis")
        .from("ICD-10-CM Official Guidelines I.C.20.a.6; CMS MCE: E-code as PDX"),
    rule(Error, "diagnosis.manifestation_principal", "code", diagnoses::manifestation_principal)
        .says("A manifestation is never the principal or first-listed diagnosis")
        .from("ICD-10-CM Official Guidelines I.A.13; CMS MCE: manifestation code as PDX"),
    rule(Error, "diagnosis.unacceptable_principal", "code", diagnoses::unacceptable_principal)
        .says("A circumstance is not the principal diagnosis of a stay")
        .from("CMS MCE: unacceptable PDX"),
    // Diagnosis and patient.
    rule(Error, "patient.age", "code", patient::age)
        .says("A diagnosis that is listed for an age is of a patient of that age")
        .from("CMS MCE: age conflict"),
    rule(Warning, "patient.sex", "code", patient::sex)
        .says("A diagnosis that is listed for a sex is of a patient registered with it")
        .from("CMS MCE: sex conflict")
        .unless(&["The registration does not tell the anatomy; the record supports the diagnosis."]),
    // Diagnoses with each other, by the notes of the tabular list.
    rule(Warning, "diagnosis.excludes1", "code", exclusions::excludes1)
        .says("Two diagnoses that an Excludes1 note keeps apart are not of the same condition")
        .from("ICD-10-CM Official Guidelines I.A.12.a")
        .unless(exclusions::UNRELATED),
    rule(Warning, "sequence.code_first", "code", companions::code_first_sequence)
        .says("A cause is coded before what it shows itself by")
        .from("ICD-10-CM Official Guidelines I.A.13, I.B.7")
        .unless(&["The sequence follows the circumstances of the admission."]),
    rule(Warning, "sequence.code_first_missing", "code", companions::code_first_missing)
        .says("A manifestation is coded with the disease that it belongs to")
        .from("ICD-10-CM Official Guidelines I.A.13")
        .unless(&["The disease is coded under another code of the list.", "It is not documented."]),
    rule(Advice, "sequence.code_first_advised", "code", companions::code_first_advised)
        .says("What a \"code first\" note names is coded, where it is known")
        .from("ICD-10-CM Official Guidelines I.A.17"),
    rule(Warning, "sequence.additional_first", "code", companions::additional_first)
        .says("An additional code is not the first")
        .from("ICD-10-CM Official Guidelines I.A.17, I.B.7")
        .unless(&["It is the reason for this encounter."]),
    rule(Advice, "sequence.additional_missing", "code", companions::additional_missing)
        .says("What a category's \"use additional code\" note names is coded, where it applies")
        .from("ICD-10-CM Official Guidelines I.A.17"),
    // Sides.
    rule(Warning, "laterality.conflict", "modifiers", sides::conflict)
        .says("A service is on the side of a diagnosis that it is for")
        .from("ICD-10-CM Official Guidelines I.B.13; CMS NCCI Policy Manual, ch. 1 §E")
        .unless(&["The service is for a condition without a side."]),
    rule(Advice, "laterality.one_of_both", "modifiers", sides::one_of_both)
        .says("A bilateral diagnosis is treated on both sides, or on one at a time")
        .from("ICD-10-CM Official Guidelines I.B.13"),
    rule(Warning, "laterality.unspecified", "code", sides::unspecified)
        .says("The side is coded where the code has one")
        .from("ICD-10-CM Official Guidelines I.B.13; CMS MCE: unspecified code")
        .unless(&["The record does not tell the side, and the provider could not be asked."]),
    // Present on admission.
    rule(Error, "poa.required", "poa", poa::required)
        .says("Each reported diagnosis of a stay says whether it was present on admission")
        .from("ICD-10-CM Official Guidelines, Appendix I"),
    rule(Error, "poa.exempt", "poa", poa::exempt)
        .says("An exempt diagnosis has the indicator 1 or none, as the facility reports it")
        .from("CMS POA exempt list"),
    rule(Error, "poa.not_exempt", "poa", poa::not_exempt)
        .says("Only an exempt diagnosis has the indicator 1")
        .from("CMS POA exempt list"),
    rule(Warning, "poa.undocumented", "poa", poa::undocumented)
        .says("U is left only after the provider was asked")
        .from("ICD-10-CM Official Guidelines, Appendix I")
        .unless(&["The provider was asked and could not say.", "The provider can't be reached."]),
    rule(Error, "poa.unexpected", "poa", poa::unexpected)
        .says("Nothing else has an indicator")
        .from("ICD-10-CM Official Guidelines, Appendix I"),
    // Procedures.
    rule(Error, "procedure.count", "lines", procedures::count)
        .says("A stay carries 25 procedures at most, any other claim 50 service lines")
        .from("X12 837 segments HI and LX"),
    rule(Warning, "procedure.duplicate", "code", procedures::duplicate)
        .says("The same service of a day is reported in units, or says why it is there again")
        .from("CMS NCCI Policy Manual, ch. 1 §V; Claims Processing Manual, ch. 1 §120")
        .unless(&["It was done again, and this payer wants it on lines of its own."]),
    rule(Error, "modifier.unexpected", "modifiers", modifiers::unexpected)
        .says("Only CPT and HCPCS codes have modifiers")
        .from("X12 837 SV1/SV2 modifiers"),
    rule(Error, "modifier.form", "modifiers", modifiers::form)
        .says("A modifier is two capital letters or digits")
        .from("X12 837 SV1/SV2 modifiers"),
    rule(Error, "modifier.count", "modifiers", modifiers::count)
        .says("A line has 4 modifiers at most")
        .from("X12 837 SV1/SV2 modifiers"),
    rule(Error, "modifier.repeated", "modifiers", modifiers::repeated)
        .says("A modifier is on a line once")
        .from("X12 837 SV1/SV2 modifiers"),
    rule(Error, "modifier.known", "modifiers", modifiers::known)
        .says("A modifier is in a loaded list and in force on the day")
        .from("CMS HCPCS file, record types 7 and 8"),
    rule(Error, "modifier.combination", "modifiers", modifiers::combination)
        .says("Modifiers of a line do not contradict each other")
        .from("CMS NCCI Policy Manual, ch. 1 §E; Claims Processing Manual, ch. 12"),
    rule(Warning, "modifier.of_evaluations", "modifiers", modifiers::of_evaluations)
        .says("24, 25 and 57 are on evaluation-and-management services")
        .from("CMS NCCI Policy Manual, ch. 1 §E"),
    rule(Error, "units.range", "units", units::range)
        .says("Units are a whole number from 1 to 9,999")
        .from("X12 837 SV1/SV2 service unit count"),
    rule(Error, "units.of_both_sides", "units", units::of_both_sides)
        .says("A line with 50 has 1 unit")
        .from("CMS Claims Processing Manual, ch. 12 §40.7"),
    rule(Error, "units.unlikely_line", "units", units::unlikely_line)
        .says("A line has no more units than its MUE (indicator 1)")
        .from("CMS NCCI MUE, adjudication indicator 1"),
    rule(Error, "units.unlikely_day", "units", units::unlikely_day)
        .says("A day has no more units of a code than its MUE (indicator 2)")
        .from("CMS NCCI MUE, adjudication indicator 2: policy"),
    rule(Warning, "units.unlikely_clinical", "units", units::unlikely_clinical)
        .says("A day has more units of a code than its MUE (indicator 3) only where documented")
        .from("CMS NCCI MUE, adjudication indicator 3: clinical")
        .unless(&["The record documents the units as medically necessary."]),
    rule(Error, "pair.never", "code", pairs::never)
        .says("Two services of an NCCI pair with indicator 0 are not reported together")
        .from("CMS NCCI PTP, modifier indicator 0"),
    rule(Error, "pair.without_modifier", "modifiers", pairs::without_modifier)
        .says("Two services of an NCCI pair with indicator 1 are reported together with a modifier only")
        .from("CMS NCCI PTP, modifier indicator 1"),
    rule(Warning, "pair.bypassed", "modifiers", pairs::bypassed)
        .says("A modifier that bypasses an NCCI pair rests on documentation")
        .from("CMS NCCI Policy Manual, ch. 1 §E")
        .unless(pairs::DOCUMENTED),
    rule(Error, "pointer.required", "pointers", pointers::required)
        .says("A line of a professional claim points at a diagnosis")
        .from("X12 837P SV107"),
    rule(Error, "pointer.count", "pointers", pointers::count)
        .says("A line points at 4 diagnoses at most")
        .from("X12 837P SV107"),
    rule(Error, "pointer.range", "pointers", pointers::range)
        .says("Every diagnosis that is pointed at is there")
        .from("X12 837P SV107"),
    rule(Error, "pointer.repeated", "pointers", pointers::repeated)
        .says("A line points at a diagnosis once")
        .from("X12 837P SV107"),
    // What a line says beside its code.
    rule(Error, "detail.required", "code", details::required)
        .says("What the queue asks for is said")
        .from("the queue's terms"),
    rule(Error, "detail.unexpected", "code", details::unexpected)
        .says("A line says what its kind of work has, and no more")
        .from("the queue's kind of work"),
    rule(Error, "date.encounter", "service_date", details::date)
        .says("A date lies in the encounter; a stay begins three days before admission")
        .from("X12 837 DTP, 42 CFR 412.2(c)(5)"),
    rule(Error, "place_of_service.known", "place_of_service", details::place_of_service)
        .says("A place of service is in CMS's list")
        .from("CMS Place of Service Code Set"),
    rule(Warning, "provider.npi", "provider", details::provider)
        .says("An NPI has a check digit that fits")
        .from("45 CFR 162.406: the NPI's check digit")
        .unless(&["It is the provider's number in another register."]),
    rule(Error, "revenue_code.form", "revenue_code", details::revenue_code)
        .says("A revenue code is four digits")
        .from("X12 837I SV201"),
    rule(Error, "minutes.range", "minutes", details::minutes)
        .says("Minutes are a whole number from 1 to 1,440")
        .from("X12 837P SV104"),
    rule(Warning, "em.time", "minutes", level::too_short)
        .says("A level by time has its least minutes")
        .from("CMS MLN006764, E/M services: levels by total time")
        .unless(&["The level rests on medical decision making after all."]),
    rule(Warning, "em.time_beyond", "minutes", level::too_long)
        .says("A level by time has no more minutes than it reaches")
        .from("CMS MLN006764, E/M services: levels by total time")
        .unless(&["Part of the time was for services reported apart."]),
    rule(Warning, "em.mdm", "code", level::decision_making)
        .says("A level by medical decision making is what two of its three elements are")
        .from("CMS MLN006764, E/M services: two of three elements of MDM")
        .unless(&["The level rests on an element that the note does not spell out."]),
    rule(Error, "em.ed_by_time", "em_basis", level::emergency_by_time)
        .says("An emergency department level is not chosen by time")
        .from("CMS MLN006764, E/M services: ED levels are not chosen by time"),
    rule(Warning, "em.without_level", "em_basis", level::without_level)
        .says("The visit without a physician has no basis")
        .from("CMS MLN006764, E/M services"),
    rule(Error, "risk.face_to_face", "face_to_face", details::face_to_face)
        .says("A diagnosis for risk adjustment was seen face to face")
        .from("CMS Medicare Managed Care Manual, ch. 7 §40"),
    rule(Warning, "risk.support", "meat", details::support)
        .says("A diagnosis for risk adjustment was monitored, evaluated, assessed or treated")
        .from("CMS RADV checklist: the record must support the diagnosis"),
];

/// The rules about the coding as a whole beside its lines: the discharge of a stay.
pub const OF_THE_WHOLE: &[Rule] = &[
    rule(Error, "disposition.required", "disposition", details::disposition_required)
        .says("A stay says where the patient went, where the queue asks")
        .from("the queue's terms"),
    rule(Error, "disposition.known", "disposition", details::disposition_known)
        .says("A discharge status is in the code editor's list")
        .from("CMS MCE: invalid discharge status"),
    rule(Error, "encounter.discharge", "encounter", standing::discharge)
        .says("A stay has ended before its coding is final")
        .from("ICD-10-CM editions are in force by date of discharge"),
];
