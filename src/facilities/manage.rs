//! Making and changing facilities, queues and allow-lists.

use crate::ladder::StoredLadder;
use crate::store::{self, FacilityRow, QueueChange, QueueRow};
use base::Services;
use base::audit::{self, Entry};
use base::db::VendorScope;
use base::error::{Checks, Error, Result};
use rules::clock::Week;
use rules::details::Detail;
use rules::escalation::Ladder;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::time::Day;
use rules::words::WorkType;
use serde::{Deserialize, Serialize};

/// Names of facilities and queues.
const FACILITY_CHARACTERS_MAX: usize = 120;
const QUEUE_CHARACTERS_MAX: usize = 80;
/// Holidays that one facility keeps on record.
const HOLIDAYS_MAX: usize = 400;
/// Skills, credentials or countries that one queue names.
const REQUIRED_MAX: usize = 10;
/// Shares of people, against those of other facilities.
const WEIGHTS: std::ops::RangeInclusive<i32> = 1..=100;
/// A quarter of an hour to ninety days.
const TURNAROUND_MINUTES: std::ops::RangeInclusive<i32> = 15..=129_600;
/// Default: a day of business.
const TURNAROUND_MINUTES_DEFAULT: i32 = 24 * 60;

/// A facility to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewFacility {
    /// In full.
    pub name: String,
    /// In short: 2 to 12 capital letters and digits, unique.
    pub code: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Opening intervals in minutes for each weekday, Monday first; always open when absent.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Vec<Vec<u16>>>>)]
    pub week: Option<Week>,
    /// Days that are no business days.
    #[serde(default)]
    pub holidays: Vec<Day>,
    /// Its share beside other facilities of equal urgency, 1 to 100.
    #[serde(default = "one")]
    pub weight: i32,
}

const fn one() -> i32 {
    1
}

impl Default for NewFacility {
    fn default() -> Self {
        Self {
            name: String::new(),
            code: String::new(),
            time_zone: "UTC".into(),
            week: None,
            holidays: Vec::new(),
            weight: 1,
        }
    }
}

/// A queue's terms, new or changed.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewQueue {
    /// Unique in the facility.
    pub name: String,
    /// The kind of work; never changes.
    pub work_type: WorkType,
    /// Skills that its people need.
    #[serde(default)]
    pub required_skills: Vec<String>,
    /// Skills that its people need, too, until a waiting chart has taken the step `widen_skills`.
    #[serde(default)]
    pub preferred_skills: Vec<String>,
    /// What is done as a deadline comes nearer: each step with its mark, `75%` of the turnaround used, `-60`
    /// business minutes before the deadline, or `+30` after it. The usual ladder when absent.
    #[serde(default)]
    #[schema(value_type = Option<std::collections::BTreeMap<rules::escalation::Step, Option<String>>>)]
    pub escalation: Ladder,
    /// Credentials that its people need, unexpired.
    #[serde(default)]
    pub required_credentials: Vec<String>,
    /// Whether only people in the United States may see its charts.
    #[serde(default)]
    pub onshore_only: bool,
    /// Countries from which its charts may be seen, two letters each; empty for any.
    #[serde(default)]
    pub allowed_countries: Vec<String>,
    /// Business minutes until returned.
    pub turnaround_minutes: i32,
    /// 1 is most urgent, 9 least.
    pub priority: i32,
    /// Price of one chart.
    #[serde(default)]
    pub unit_price_cents: i64,
    /// Share of codings that are reviewed.
    pub sampling_percent: i32,
    /// Share of lines that are to be right.
    pub accuracy_target_percent: i32,
    /// Expected seconds of coding; the work type's standard when absent.
    #[serde(default)]
    pub expected_seconds: Option<i32>,
    /// What is asked to be said beside the codes; what is usual for the kind of work when absent.
    #[serde(default)]
    pub required_details: Option<Vec<Detail>>,
    /// Whether its coders see what was coded of the patient before, in this facility.
    #[serde(default)]
    pub shows_history: bool,
    /// Whether it takes charts.
    #[serde(default = "yes")]
    pub active: bool,
}

const fn yes() -> bool {
    true
}

impl NewQueue {
    /// A queue with the usual terms for its kind of work.
    #[must_use]
    pub fn of(name: impl Into<String>, work_type: WorkType) -> Self {
        Self {
            name: name.into(),
            work_type,
            required_skills: Vec::new(),
            preferred_skills: Vec::new(),
            escalation: Ladder::default(),
            required_credentials: Vec::new(),
            onshore_only: false,
            allowed_countries: Vec::new(),
            turnaround_minutes: TURNAROUND_MINUTES_DEFAULT,
            priority: 5,
            unit_price_cents: 0,
            sampling_percent: 10,
            accuracy_target_percent: 95,
            expected_seconds: None,
            required_details: None,
            shows_history: false,
            active: true,
        }
    }

    fn check(&self) -> Result<()> {
        let mut checks = Checks::default();
        let named = |text: &str, most: usize| (1..=most).contains(&text.trim().chars().count());
        let word = |text: &String| {
            text.len() >= 2
                && text.len() <= 40
                && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '-')
        };
        let country =
            |text: &String| text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
        let few = |list: &[String]| list.len() <= REQUIRED_MAX;
        checks
            .require(named(&self.name, QUEUE_CHARACTERS_MAX), "name", "1 to 80 characters")
            .require(
                few(&self.required_skills) && self.required_skills.iter().all(word),
                "required_skills",
                "at most 10 words of letters, digits and underscores",
            )
            .require(
                few(&self.preferred_skills) && self.preferred_skills.iter().all(word),
                "preferred_skills",
                "at most 10 words of letters, digits and underscores",
            )
            .require(
                few(&self.required_credentials) && self.required_credentials.iter().all(word),
                "required_credentials",
                "at most 10, such as CPC or CIC",
            )
            .require(
                few(&self.allowed_countries) && self.allowed_countries.iter().all(country),
                "allowed_countries",
                "at most 10 two-letter codes, such as US or IN",
            )
            .require(
                TURNAROUND_MINUTES.contains(&self.turnaround_minutes),
                "turnaround_minutes",
                "15 minutes to 90 days",
            )
            .require((1..=9).contains(&self.priority), "priority", "1 to 9")
            .require(
                (0..=10_000_000).contains(&self.unit_price_cents),
                "unit_price_cents",
                "0 to 100,000 dollars",
            )
            .require((0..=100).contains(&self.sampling_percent), "sampling_percent", "0 to 100")
            .require(
                (50..=100).contains(&self.accuracy_target_percent),
                "accuracy_target_percent",
                "50 to 100",
            )
            .require(
                self.expected_seconds.is_none_or(|seconds| (10..=86_400).contains(&seconds)),
                "expected_seconds",
                "10 seconds to a day",
            );
        checks.done()
    }

    fn expected(&self) -> i32 {
        self.expected_seconds.unwrap_or_else(|| self.work_type.standard_seconds())
    }
}

/// Makes a facility with its key and calendar.
///
/// # Errors
/// `Invalid` with every entry to correct; `Conflict` when the code is taken.
pub async fn create(
    services: &Services,
    scope: &VendorScope,
    new: NewFacility,
) -> Result<FacilityId> {
    check_facility(&new)?;
    let id = FacilityId::new();
    let week = serde_json::to_value(new.week.clone().unwrap_or_else(Week::always))?;
    services
        .db
        .ops(scope, async |tx| {
            let now = tx.now();
            let taken = crate::names(tx).await?.values().any(|name| name.code == new.code);
            if taken {
                return Err(Error::invalid("code", "another facility has this code"));
            }
            let row = FacilityRow {
                id,
                name: new.name.trim().to_owned(),
                code: new.code.clone(),
                time_zone: new.time_zone.clone(),
                week,
                weight: new.weight,
                created_at: now,
            };
            store::insert_facility(tx, &row).await?;
            services.keyring.create(tx, id, now).await?;
            store::set_holidays(tx, id, &new.holidays).await?;
            audit::append(tx, Entry::of(id, "facility.created", "facility", id.uuid())).await?;
            Ok(id)
        })
        .await
}

fn check_facility(new: &NewFacility) -> Result<()> {
    let mut checks = Checks::default();
    let code = new.code.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    let name = (1..=FACILITY_CHARACTERS_MAX).contains(&new.name.trim().chars().count());
    checks
        .require(name, "name", "1 to 120 characters")
        .require(
            code && (2..=12).contains(&new.code.len()),
            "code",
            "2 to 12 capital letters and digits",
        )
        .require(WEIGHTS.contains(&new.weight), "weight", "1 to 100")
        .require(new.holidays.len() <= HOLIDAYS_MAX, "holidays", "at most 400 days")
        .require(
            new.week.as_ref().is_none_or(|week| !week.is_never_open()),
            "week",
            "at least one interval, or no deadline could ever be met",
        );
    checks.take("time_zone", rules::clock::zone(&new.time_zone));
    checks.done()
}

/// Sets a facility's calendar; deadlines of charts that come later follow it.
///
/// # Errors
/// `Invalid` with every entry to correct; `NotFound` outside the scope.
pub async fn set_calendar(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    calendar: (&str, &Week, &[Day]),
) -> Result<()> {
    let (time_zone, week, holidays) = calendar;
    let as_new = NewFacility {
        name: "-".into(),
        code: "OK".into(),
        time_zone: time_zone.to_owned(),
        week: Some(week.clone()),
        holidays: holidays.to_vec(),
        weight: 1,
    };
    check_facility(&as_new)?;
    let week = serde_json::to_value(week)?;
    services
        .db
        .ops(scope, async |tx| {
            if store::set_calendar(tx, facility, time_zone, &week).await? == 0 {
                return Err(Error::NotFound);
            }
            store::set_holidays(tx, facility, holidays).await?;
            let entry = Entry::of(facility, "facility.calendar", "facility", facility.uuid());
            audit::append(tx, entry).await?;
            Ok(())
        })
        .await
}

fn named(details: Option<&[Detail]>) -> Option<Vec<String>> {
    details.map(|details| details.iter().map(ToString::to_string).collect())
}

/// Makes a queue.
///
/// # Errors
/// `Invalid` with every entry to correct; `NotFound` for a facility outside the scope.
pub async fn create_queue(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    new: NewQueue,
) -> Result<QueueId> {
    new.check()?;
    let id = QueueId::new();
    services
        .db
        .ops(scope, async |tx| {
            if !crate::names(tx).await?.contains_key(&facility) {
                return Err(Error::NotFound);
            }
            let row = QueueRow {
                facility_id: facility,
                id,
                expected_seconds: new.expected(),
                name: new.name.trim().to_owned(),
                work_type: new.work_type,
                required_skills: new.required_skills,
                required_credentials: new.required_credentials,
                onshore_only: new.onshore_only,
                allowed_countries: new.allowed_countries,
                turnaround_minutes: new.turnaround_minutes,
                priority: new.priority,
                unit_price_cents: new.unit_price_cents,
                sampling_percent: new.sampling_percent,
                accuracy_target_percent: new.accuracy_target_percent,
                active: new.active,
                created_at: tx.now(),
                preferred_skills: new.preferred_skills,
                escalation: StoredLadder(new.escalation),
                required_details: named(new.required_details.as_deref()),
                shows_history: new.shows_history,
            };
            if store::insert_queue(tx, &row).await? == 0 {
                return Err(Error::invalid("name", "this facility has a queue of that name"));
            }
            audit::append(tx, Entry::of(facility, "queue.created", "queue", id.uuid())).await?;
            Ok(id)
        })
        .await
}

/// Changes a queue's terms if nobody has since `version`.
///
/// # Errors
/// `Invalid`, `NotFound`, or `Conflict` when somebody changed it meanwhile.
pub async fn change_queue(
    services: &Services,
    scope: &VendorScope,
    (facility, queue): (FacilityId, QueueId),
    version: i32,
    terms: NewQueue,
) -> Result<()> {
    terms.check()?;
    let change = QueueChange {
        expected_seconds: terms.expected(),
        name: terms.name.trim().to_owned(),
        required_skills: terms.required_skills,
        required_credentials: terms.required_credentials,
        onshore_only: terms.onshore_only,
        allowed_countries: terms.allowed_countries,
        turnaround_minutes: terms.turnaround_minutes,
        priority: terms.priority,
        unit_price_cents: terms.unit_price_cents,
        sampling_percent: terms.sampling_percent,
        accuracy_target_percent: terms.accuracy_target_percent,
        active: terms.active,
        preferred_skills: terms.preferred_skills,
        escalation: StoredLadder(terms.escalation),
        required_details: named(terms.required_details.as_deref()),
        shows_history: terms.shows_history,
    };
    services
        .db
        .ops(scope, async |tx| {
            let before = crate::terms(tx, facility, queue).await?;
            if before.work_type != terms.work_type {
                return Err(Error::invalid("work_type", "stays as it is; make another queue"));
            }
            if store::change_queue(tx, (facility, queue), version, &change).await? == 0 {
                return Err(Error::Conflict("somebody changed this queue; reload it".into()));
            }
            audit::append(tx, Entry::of(facility, "queue.changed", "queue", queue.uuid())).await?;
            Ok(())
        })
        .await
}

/// Sets a facility's weight: of two whose charts are equally urgent, twice the weight is twice the people.
///
/// # Errors
/// `Invalid` outside 1 to 100; `NotFound` outside the scope.
pub async fn set_weight(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    weight: i32,
) -> Result<()> {
    if !WEIGHTS.contains(&weight) {
        return Err(Error::invalid("weight", "1 to 100"));
    }
    services
        .db
        .ops(scope, async |tx| {
            if store::set_weight(tx, facility, weight).await? == 0 {
                return Err(Error::NotFound);
            }
            let entry = Entry::of(facility, "facility.weight", "facility", facility.uuid());
            audit::append(tx, entry.with(format!("weight {weight}"))).await?;
            Ok(())
        })
        .await
}

/// Lets a person work for a facility, always.
///
/// # Errors
/// `NotFound` for a facility or person outside the scope.
pub async fn allow(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    person: PersonId,
) -> Result<()> {
    allow_as(services, scope, facility, (person, false)).await
}

/// Lets a person work for a facility: always, or only to help out when a queue asks for it.
///
/// # Errors
/// `NotFound` for a facility or person outside the scope.
pub async fn allow_as(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    (person, overflow): (PersonId, bool),
) -> Result<()> {
    services
        .db
        .ops(scope, async |tx| {
            let known = people::names(tx, &[person]).await?.contains_key(&person);
            if !known || !crate::names(tx).await?.contains_key(&facility) {
                return Err(Error::NotFound);
            }
            store::allow(tx, facility, person, overflow).await?;
            let entry = Entry::of(facility, "allow_list.added", "person", person.uuid());
            let how = if overflow { "to help out" } else { "always" };
            audit::append(tx, entry.with(how.to_owned())).await?;
            Ok(())
        })
        .await
}

/// Lets a person work for a facility no longer; what they hold is taken back by the next sweep.
///
/// # Errors
/// `NotFound` when they were not allowed.
pub async fn disallow(
    services: &Services,
    scope: &VendorScope,
    facility: FacilityId,
    person: PersonId,
) -> Result<()> {
    services
        .db
        .ops(scope, async |tx| {
            if store::disallow(tx, facility, person).await? == 0 {
                return Err(Error::NotFound);
            }
            let entry = Entry::of(facility, "allow_list.removed", "person", person.uuid());
            audit::append(tx, entry).await?;
            Ok(())
        })
        .await
}
