//! Two small code sets of CMS: places of service, and patient discharge status.

/// CMS Place of Service Code Set, in order.
pub const PLACES_OF_SERVICE: &[(&str, &str)] = &[
    ("01", "Pharmacy"),
    ("02", "Telehealth, not at home"),
    ("03", "School"),
    ("04", "Homeless shelter"),
    ("05", "Indian Health Service, free-standing"),
    ("06", "Indian Health Service, provider-based"),
    ("07", "Tribal 638, free-standing"),
    ("08", "Tribal 638, provider-based"),
    ("09", "Prison or correctional facility"),
    ("10", "Telehealth, at home"),
    ("11", "Office"),
    ("12", "Home"),
    ("13", "Assisted living facility"),
    ("14", "Group home"),
    ("15", "Mobile unit"),
    ("16", "Temporary lodging"),
    ("17", "Walk-in retail health clinic"),
    ("18", "Place of employment, worksite"),
    ("19", "Off-campus outpatient hospital"),
    ("20", "Urgent care facility"),
    ("21", "Inpatient hospital"),
    ("22", "On-campus outpatient hospital"),
    ("23", "Emergency room, hospital"),
    ("24", "Ambulatory surgical center"),
    ("25", "Birthing center"),
    ("26", "Military treatment facility"),
    ("27", "Outreach site, street"),
    ("31", "Skilled nursing facility"),
    ("32", "Nursing facility"),
    ("33", "Custodial care facility"),
    ("34", "Hospice"),
    ("41", "Ambulance, land"),
    ("42", "Ambulance, air or water"),
    ("49", "Independent clinic"),
    ("50", "Federally qualified health center"),
    ("51", "Inpatient psychiatric facility"),
    ("52", "Psychiatric facility, partial hospitalization"),
    ("53", "Community mental health center"),
    ("54", "Intermediate care facility"),
    ("55", "Residential substance abuse treatment"),
    ("56", "Psychiatric residential treatment"),
    ("57", "Non-residential substance abuse treatment"),
    ("58", "Non-residential opioid treatment"),
    ("60", "Mass immunization center"),
    ("61", "Comprehensive inpatient rehabilitation"),
    ("62", "Comprehensive outpatient rehabilitation"),
    ("65", "End-stage renal disease treatment"),
    ("66", "PACE center"),
    ("71", "Public health clinic"),
    ("72", "Rural health clinic"),
    ("81", "Independent laboratory"),
    ("99", "Other"),
];

/// Patient discharge status, as the Medicare Code Editor takes it, in order.
pub const DISPOSITIONS: &[(&str, &str)] = &[
    ("01", "Home or self-care"),
    ("02", "Short-term general hospital"),
    ("03", "Skilled nursing facility"),
    ("04", "Intermediate or custodial care"),
    ("05", "Cancer center or children's hospital"),
    ("06", "Home health service"),
    ("07", "Left against medical advice"),
    ("09", "Admitted as an inpatient to this hospital"),
    ("20", "Expired"),
    ("21", "Court or law enforcement"),
    ("30", "Still a patient"),
    ("40", "Expired at home (hospice)"),
    ("41", "Expired in a medical facility (hospice)"),
    ("42", "Expired, place unknown (hospice)"),
    ("43", "Federal health care facility"),
    ("50", "Hospice, home"),
    ("51", "Hospice, medical facility"),
    ("61", "Swing bed in this hospital"),
    ("62", "Inpatient rehabilitation"),
    ("63", "Long-term care hospital"),
    ("64", "Nursing facility certified under Medicaid only"),
    ("65", "Psychiatric hospital"),
    ("66", "Critical access hospital"),
    ("69", "Disaster alternative care site"),
    ("70", "Other institution"),
    ("81", "Home, planned readmission"),
    ("82", "Short-term hospital, planned readmission"),
    ("83", "Skilled nursing facility, planned readmission"),
    ("84", "Custodial care, planned readmission"),
    ("85", "Cancer center or children's hospital, planned readmission"),
    ("86", "Home health service, planned readmission"),
    ("87", "Law enforcement, planned readmission"),
    ("88", "Federal facility, planned readmission"),
    ("89", "Swing bed, planned readmission"),
    ("90", "Inpatient rehabilitation, planned readmission"),
    ("91", "Long-term care hospital, planned readmission"),
    ("92", "Nursing facility under Medicaid only, planned readmission"),
    ("93", "Psychiatric hospital, planned readmission"),
    ("94", "Critical access hospital, planned readmission"),
    ("95", "Other institution, planned readmission"),
];

pub(super) fn is_place_of_service(code: &str) -> bool {
    is_among(PLACES_OF_SERVICE, code)
}

pub(super) fn is_disposition(code: &str) -> bool {
    is_among(DISPOSITIONS, code)
}

fn is_among(list: &[(&str, &str)], code: &str) -> bool {
    list.binary_search_by_key(&code, |(known, _)| known).is_ok()
}

#[cfg(test)]
mod tests {
    use super::{DISPOSITIONS, PLACES_OF_SERVICE};

    #[test]
    fn the_lists_are_sorted_for_the_search_in_them() {
        for list in [PLACES_OF_SERVICE, DISPOSITIONS] {
            assert!(list.is_sorted_by(|one, next| one.0 < next.0));
        }
    }
}
