//! Who is in the demonstration: facilities with their queues, and people with what they do.

use super::templates::House;
use rules::access::Role;
use rules::words::WorkType;

/// A facility.
pub(super) struct Place {
    pub house: House,
    pub name: &'static str,
    pub code: &'static str,
    pub zone: &'static str,
    /// Opening hours on weekdays in minutes from midnight; none for a house that never closes.
    pub hours: Option<(u16, u16)>,
    /// Its share beside the others.
    pub weight: i32,
    pub queues: &'static [Stream],
}

/// A queue.
pub(super) struct Stream {
    pub name: &'static str,
    pub work_type: WorkType,
    pub skill: &'static str,
    pub credential: &'static str,
    pub onshore_only: bool,
    pub turnaround_minutes: i32,
    pub priority: i32,
    pub unit_price_cents: i64,
    pub sampling_percent: i32,
}

/// The three facilities.
pub(super) const PLACES: [Place; 3] = [
    Place {
        house: House::Buckeye,
        name: "Buckeye Valley Medical Center",
        code: "BUCKEYE",
        zone: "America/New_York",
        hours: None,
        weight: 3,
        queues: &[
            Stream {
                name: "Emergency department",
                work_type: WorkType::EdFacility,
                skill: "ed_coding",
                credential: "CPC",
                onshore_only: false,
                turnaround_minutes: 1_440,
                priority: 3,
                unit_price_cents: 650,
                sampling_percent: 10,
            },
            Stream {
                name: "Inpatient",
                work_type: WorkType::Inpatient,
                skill: "inpatient_coding",
                credential: "CCS",
                onshore_only: false,
                turnaround_minutes: 4_320,
                priority: 4,
                unit_price_cents: 2_850,
                sampling_percent: 20,
            },
            Stream {
                name: "Hospital outpatient",
                work_type: WorkType::Outpatient,
                skill: "outpatient_coding",
                credential: "CPC",
                onshore_only: false,
                turnaround_minutes: 2_880,
                priority: 5,
                unit_price_cents: 900,
                sampling_percent: 10,
            },
            Stream {
                name: "Radiology",
                work_type: WorkType::Radiology,
                skill: "radiology_coding",
                credential: "CPC",
                onshore_only: false,
                turnaround_minutes: 1_440,
                priority: 6,
                unit_price_cents: 240,
                sampling_percent: 5,
            },
        ],
    },
    Place {
        house: House::Cedar,
        name: "Cedar Point Family Clinics",
        code: "CEDAR",
        zone: "America/Chicago",
        hours: Some((480, 1_020)),
        weight: 2,
        queues: &[
            Stream {
                name: "Office visits",
                work_type: WorkType::ProFeeEm,
                skill: "em_coding",
                credential: "CPC",
                onshore_only: false,
                turnaround_minutes: 1_080,
                priority: 5,
                unit_price_cents: 420,
                sampling_percent: 10,
            },
            Stream {
                name: "Risk adjustment",
                work_type: WorkType::RiskAdjustment,
                skill: "risk_adjustment",
                credential: "CRC",
                onshore_only: false,
                turnaround_minutes: 2_700,
                priority: 7,
                unit_price_cents: 1_250,
                sampling_percent: 15,
            },
        ],
    },
    Place {
        house: House::Lakeshore,
        name: "Lakeshore Orthopedic Surgery Center",
        code: "LAKESHORE",
        zone: "America/New_York",
        hours: Some((420, 1_080)),
        weight: 1,
        queues: &[
            Stream {
                name: "Ambulatory surgery",
                work_type: WorkType::AmbulatorySurgery,
                skill: "surgery_coding",
                credential: "CPC",
                onshore_only: true,
                turnaround_minutes: 1_320,
                priority: 4,
                unit_price_cents: 1_800,
                sampling_percent: 15,
            },
            Stream {
                name: "Orthopedic visits",
                work_type: WorkType::ProFeeEm,
                skill: "em_coding",
                credential: "CPC",
                onshore_only: true,
                turnaround_minutes: 1_320,
                priority: 5,
                unit_price_cents: 520,
                sampling_percent: 10,
            },
        ],
    },
];

/// Where a team works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Team {
    /// Ohio.
    Columbus,
    /// Tamil Nadu.
    Chennai,
    /// Luzon.
    Manila,
}

impl Team {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Columbus => "Columbus",
            Self::Chennai => "Chennai",
            Self::Manila => "Manila",
        }
    }

    pub(super) const fn zone(self) -> &'static str {
        match self {
            Self::Columbus => "America/New_York",
            Self::Chennai => "Asia/Kolkata",
            Self::Manila => "Asia/Manila",
        }
    }

    pub(super) const fn country(self) -> &'static str {
        match self {
            Self::Columbus => "US",
            Self::Chennai => "IN",
            Self::Manila => "PH",
        }
    }

    /// When work begins and ends on weekdays, in minutes from midnight there.
    pub(super) const fn hours(self) -> (u16, u16) {
        match self {
            Self::Columbus => (480, 990),
            Self::Chennai => (420, 960),
            Self::Manila => (1_200, 1_740),
        }
    }

    /// Whom the team's people may work for.
    pub(super) const fn houses(self) -> &'static [House] {
        match self {
            Self::Columbus => &[House::Buckeye, House::Cedar, House::Lakeshore],
            Self::Chennai | Self::Manila => &[House::Buckeye, House::Cedar],
        }
    }
}

/// Someone of the coding company.
pub(super) struct Member {
    /// The part of the address before the @.
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub team: Team,
    pub skills: &'static [&'static str],
    pub credentials: &'static [&'static str],
    /// 125 does a quarter more in an hour than expected.
    pub speed_percent: i64,
    /// Charts in a hundred with a mistake.
    pub errs_percent: i64,
    /// What to look at when signed in as them; those who are told of are on shift day and night.
    pub hint: Option<&'static str>,
}

const ED: &str = "ed_coding";
const INPATIENT: &str = "inpatient_coding";
const OUTPATIENT: &str = "outpatient_coding";
const RADIOLOGY: &str = "radiology_coding";
const EM: &str = "em_coding";
const RISK: &str = "risk_adjustment";
const SURGERY: &str = "surgery_coding";
const EVERY_SKILL: &[&str] = &[ED, INPATIENT, OUTPATIENT, RADIOLOGY, EM, RISK, SURGERY];
const EVERY_CREDENTIAL: &[&str] = &["CPC", "CCS", "CRC"];

const fn coder(
    (login, name): (&'static str, &'static str),
    team: Team,
    skills: &'static [&'static str],
    credentials: &'static [&'static str],
    (speed_percent, errs_percent): (i64, i64),
) -> Member {
    let (role, hint) = (Role::Coder, None);
    Member { login, name, role, team, skills, credentials, speed_percent, errs_percent, hint }
}

const fn other(
    (login, name): (&'static str, &'static str),
    role: Role,
    team: Team,
    hint: Option<&'static str>,
) -> Member {
    Member {
        login,
        name,
        role,
        team,
        skills: EVERY_SKILL,
        credentials: EVERY_CREDENTIAL,
        speed_percent: 110,
        errs_percent: 0,
        hint,
    }
}

impl Member {
    const fn told(mut self, hint: &'static str) -> Self {
        self.hint = Some(hint);
        self
    }
}

/// Everyone of the coding company.
pub(super) const MEMBERS: [Member; 25] = [
    coder(("hannah", "Hannah Kowalski"), Team::Columbus, EVERY_SKILL, &["CPC", "CCS"], (104, 8))
        .told("onshore coder: press Next; Lakeshore's surgery is for her team alone"),
    coder(("marcus", "Marcus Bell"), Team::Columbus, &[EM, SURGERY, ED], &["CPC"], (96, 12)),
    coder(
        ("denise", "Denise Ortega"),
        Team::Columbus,
        &[INPATIENT, OUTPATIENT],
        &["CCS", "CPC"],
        (112, 5),
    ),
    coder(("owen", "Owen Prescott"), Team::Columbus, &[SURGERY, EM], &["CPC"], (88, 18)),
    coder(
        ("aaliyah", "Aaliyah Grant"),
        Team::Columbus,
        &[SURGERY, EM, OUTPATIENT],
        &["CPC"],
        (101, 9),
    ),
    coder(
        ("priya", "Priya Raman"),
        Team::Chennai,
        &[ED, EM, OUTPATIENT, RADIOLOGY, RISK],
        &["CPC", "CRC"],
        (118, 6),
    )
    .told("offshore coder: press Next, code at the desk; her own numbers"),
    coder(("arjun", "Arjun Iyer"), Team::Chennai, &[INPATIENT, ED], &["CCS", "CPC"], (107, 10)),
    coder(
        ("kavitha", "Kavitha Sundaram"),
        Team::Chennai,
        &[RADIOLOGY, OUTPATIENT, ED],
        &["CPC"],
        (125, 7),
    ),
    coder(("deepak", "Deepak Nair"), Team::Chennai, &[EM, RISK], &["CPC", "CRC"], (92, 20)),
    coder(
        ("meena", "Meena Krishnan"),
        Team::Chennai,
        &[ED, OUTPATIENT, RADIOLOGY],
        &["CPC"],
        (99, 14),
    ),
    coder(("ana", "Ana Reyes"), Team::Manila, &[ED, EM, OUTPATIENT], &["CPC"], (115, 9)),
    coder(
        ("jose", "Jose Manalo"),
        Team::Manila,
        &[INPATIENT, OUTPATIENT],
        &["CCS", "CPC"],
        (94, 11),
    ),
    coder(("liza", "Liza Santos"), Team::Manila, &[EM, RISK, RADIOLOGY], &["CPC", "CRC"], (108, 6)),
    coder(("paolo", "Paolo Cruz"), Team::Manila, &[ED, RADIOLOGY], &["CPC"], (85, 25)),
    other(
        ("grace", "Grace Whitfield"),
        Role::Reviewer,
        Team::Columbus,
        Some("reviewer: press Next, compare with the coder's lines, accept or send back"),
    ),
    other(("suresh", "Suresh Menon"), Role::Reviewer, Team::Chennai, None),
    other(("carmela", "Carmela Dizon"), Role::Reviewer, Team::Manila, None),
    other(
        ("ruth", "Ruth Callahan"),
        Role::QaLead,
        Team::Columbus,
        Some("QA lead: accuracy by coder and queue"),
    ),
    other(
        ("tom", "Tom Hale"),
        Role::TeamLead,
        Team::Columbus,
        Some("team lead: the board, what waits and why, reassignment, shifts"),
    ),
    other(("lakshmi", "Lakshmi Rao"), Role::TeamLead, Team::Chennai, None),
    other(("ramon", "Ramon Bautista"), Role::TeamLead, Team::Manila, None),
    other(
        ("elena", "Elena Fischer"),
        Role::AccountManager,
        Team::Columbus,
        Some("account manager: contracts, allow-lists, deadlines; no patient data"),
    ),
    other(
        ("victor", "Victor Lindqvist"),
        Role::Auditor,
        Team::Columbus,
        Some("auditor: who read and changed what, and the unbroken chain"),
    ),
    other(
        ("sam", "Sam Okafor"),
        Role::Operator,
        Team::Columbus,
        Some("operator: people, facilities, jobs, mail"),
    ),
    other(("nina", "Nina Takahashi"), Role::Operator, Team::Columbus, None),
];

/// Someone of a facility.
pub(super) struct Neighbour {
    pub house: House,
    pub login: &'static str,
    pub name: &'static str,
    pub role: Role,
    pub hint: Option<&'static str>,
}

const fn neighbour(
    house: House,
    (login, name): (&'static str, &'static str),
    role: Role,
    hint: Option<&'static str>,
) -> Neighbour {
    Neighbour { house, login, name, role, hint }
}

/// Everyone of the facilities.
pub(super) const NEIGHBOURS: [Neighbour; 8] = [
    neighbour(
        House::Buckeye,
        ("uploads", "Joyce Hammond"),
        Role::FacilityUploader,
        Some("hospital: upload charts, answer holds, collect returns"),
    ),
    neighbour(
        House::Buckeye,
        ("admin", "Walter Brandt"),
        Role::FacilityAdmin,
        Some("hospital: own users, API keys, turnaround and accuracy"),
    ),
    neighbour(
        House::Buckeye,
        ("provider", "Dr. Corinne Ashby"),
        Role::Provider,
        Some("provider: answer what a coder asks about the record"),
    ),
    neighbour(
        House::Cedar,
        ("uploads", "Theo Ramsey"),
        Role::FacilityUploader,
        Some("clinics: a second tenant; sees nothing of the others"),
    ),
    neighbour(House::Cedar, ("admin", "Margaret Dunn"), Role::FacilityAdmin, None),
    neighbour(House::Cedar, ("provider", "Dr. Samuel Oyelaran"), Role::Provider, None),
    neighbour(House::Lakeshore, ("uploads", "Bianca Moretti"), Role::FacilityUploader, None),
    neighbour(House::Lakeshore, ("admin", "Patrick Lowell"), Role::FacilityAdmin, None),
];

/// The facilities' part of the addresses.
pub(super) const fn domain(house: House) -> &'static str {
    match house {
        House::Buckeye => "buckeye.example.com",
        House::Cedar => "cedar.example.com",
        House::Lakeshore => "lakeshore.example.com",
    }
}

/// The coding company's part of the addresses.
pub(super) const COMPANY_DOMAIN: &str = "coders.example.com";
