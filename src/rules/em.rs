//! Levels of evaluation and management: what medical decision making or total time amounts to, since 2021
//! for office visits and since 2023 elsewhere.

use crate::compare::Line;
use crate::details::{Details, EmBasis};
use crate::words::CodeSystem;

text_enum!(
    /// How much one element of medical decision making, or the whole of it, amounts to.
    MdmLevel {
        /// One self-limited problem, little to look at, hardly any risk.
        Straightforward = "straightforward",
        /// Low.
        Low = "low",
        /// Moderate.
        Moderate = "moderate",
        /// High.
        High = "high",
    }
);

/// A family of codes that differ in their level only.
struct Family {
    /// A code for each level of decision making; where two levels share a code it stands twice.
    codes: [&'static str; 4],
    /// The least total minutes on the date for each; none where time does not choose the level.
    minutes: Option<[i32; 4]>,
}

const fn family(codes: [&'static str; 4], minutes: [i32; 4]) -> Family {
    Family { codes, minutes: Some(minutes) }
}

/// New and established office patients; outpatient and inpatient consultations; first and later days in the
/// hospital; emergency department.
const FAMILIES: [Family; 7] = [
    family(["99202", "99203", "99204", "99205"], [15, 30, 45, 60]),
    family(["99212", "99213", "99214", "99215"], [10, 20, 30, 40]),
    family(["99242", "99243", "99244", "99245"], [20, 30, 40, 55]),
    family(["99252", "99253", "99254", "99255"], [35, 45, 60, 80]),
    family(["99221", "99221", "99222", "99223"], [40, 40, 55, 75]),
    family(["99231", "99231", "99232", "99233"], [25, 25, 35, 50]),
    Family { codes: ["99282", "99283", "99284", "99285"], minutes: None },
];

/// Two of the three elements must reach a level: the whole is the second highest. None until two are said.
#[must_use]
pub fn decision_making(details: &Details) -> Option<MdmLevel> {
    let said = [details.problems, details.data, details.risk];
    let mut places: Vec<usize> = said.iter().flatten().map(|level| place(*level)).collect();
    places.sort_unstable_by(|a, b| b.cmp(a));
    places.get(1).and_then(|place| MdmLevel::ALL.get(*place)).copied()
}

fn place(level: MdmLevel) -> usize {
    MdmLevel::ALL.iter().position(|it| *it == level).unwrap_or_default()
}

/// The least minutes of a level that may be chosen by time.
#[must_use]
pub fn least_minutes(code: &str) -> Option<i32> {
    let (family, place) = family_of(code)?;
    family.minutes?.get(place).copied()
}

fn family_of(code: &str) -> Option<(&'static Family, usize)> {
    FAMILIES.iter().find_map(|family| {
        family.codes.iter().position(|it| *it == code).map(|place| (family, place))
    })
}

/// The code of the same family to which a line's basis amounts. None where the line is no such service, or
/// its basis is not said.
#[must_use]
pub fn amounts_to(line: &Line) -> Option<&'static str> {
    if line.system != CodeSystem::Cpt {
        return None;
    }
    let (family, _) = family_of(&line.code)?;
    match line.details.em_basis? {
        EmBasis::Mdm => family.codes.get(place(decision_making(&line.details)?)).copied(),
        EmBasis::Time => {
            let minutes = line.details.minutes?;
            let mut levels = family.minutes?.into_iter().zip(family.codes);
            levels.rfind(|(least, _)| *least <= minutes).map(|(_, code)| code)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FAMILIES, MdmLevel, amounts_to, decision_making, least_minutes};
    use crate::compare::{Line, LineRole};
    use crate::details::{Details, EmBasis};
    use crate::words::CodeSystem;

    fn by_mdm(problems: MdmLevel, data: MdmLevel, risk: MdmLevel) -> Details {
        let (problems, data, risk) = (Some(problems), Some(data), Some(risk));
        Details { em_basis: Some(EmBasis::Mdm), problems, data, risk, ..Details::default() }
    }

    fn line(code: &str, details: Details) -> Line {
        Line {
            system: CodeSystem::Cpt,
            code: code.to_owned(),
            role: LineRole::Procedure,
            modifiers: Vec::new(),
            units: 1,
            poa: None,
            pointers: vec![1],
            details,
        }
    }

    #[test]
    fn two_of_three_elements_make_the_level() {
        use MdmLevel::{High, Low, Moderate, Straightforward};
        for (problems, data, risk, whole) in [
            (Moderate, Straightforward, Moderate, Moderate),
            (High, Low, Low, Low),
            (High, Low, Moderate, Moderate),
            (Straightforward, Straightforward, High, Straightforward),
            (High, High, Straightforward, High),
        ] {
            assert_eq!(decision_making(&by_mdm(problems, data, risk)), Some(whole));
        }
        let only_one = Details { risk: Some(High), ..Details::default() };
        assert_eq!(decision_making(&only_one), None);
        let two = Details { problems: Some(Low), ..only_one };
        assert_eq!(decision_making(&two), Some(Low));
    }

    #[test]
    fn the_level_stays_in_the_family_of_the_code() {
        use MdmLevel::{Low, Moderate};
        let moderate = by_mdm(Moderate, Low, Moderate);
        for (code, amounts) in [
            ("99212", "99214"),
            ("99205", "99204"),
            ("99231", "99232"),
            ("99285", "99284"),
            ("99244", "99244"),
        ] {
            assert_eq!(amounts_to(&line(code, moderate.clone())), Some(amounts), "{code}");
        }
        assert_eq!(amounts_to(&line("93000", moderate)), None);
    }

    #[test]
    fn time_chooses_the_highest_level_that_it_reaches_and_none_in_the_emergency_department() {
        let by_time = |code: &str, minutes| {
            let basis = Some(EmBasis::Time);
            let details = Details { em_basis: basis, minutes, ..Details::default() };
            amounts_to(&line(code, details))
        };
        assert_eq!(by_time("99213", Some(30)), Some("99214"));
        assert_eq!(by_time("99213", Some(29)), Some("99213"));
        assert_eq!(by_time("99213", Some(9)), None);
        assert_eq!(by_time("99223", Some(41)), Some("99221"));
        assert_eq!(by_time("99284", Some(60)), None);
        assert_eq!(by_time("99213", None), None);
        assert_eq!(least_minutes("99205"), Some(60));
        assert_eq!(least_minutes("99221"), Some(40));
    }

    #[test]
    fn a_higher_level_asks_for_no_less_time() {
        for family in &FAMILIES {
            let Some(minutes) = family.minutes else { continue };
            assert!(minutes.is_sorted() && family.codes.is_sorted(), "{:?}", family.codes);
        }
    }
}
