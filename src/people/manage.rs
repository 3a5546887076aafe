//! Making and changing people: the same functions for pages, API, command line and demonstration.

use crate::guesses;
use crate::jobs::SendTicket;
use crate::setup::WIP_LIMITS;
use crate::store::{self, Person, PersonChange};
use base::Services;
use base::audit::{self, Entry};
use base::db::{PlaneTx, VendorScope};
use base::error::{Checks, Error, Result};
use rules::access::{Role, Side};
use rules::ids::{FacilityId, PersonId};
use rules::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use web::live::{Topic, tell};
use web::sessions;

const NAME_CHARACTERS_MAX: usize = 120;
const EMAIL_CHARACTERS_MAX: usize = 254;
const TEAM_CHARACTERS_MAX: usize = 60;
/// Roles of one person.
const ROLES: std::ops::RangeInclusive<usize> = 1..=6;

/// Somebody to be made.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPerson {
    /// The address they sign in with.
    pub email: String,
    /// Their name.
    pub name: String,
    /// Their facility; set by the door, never read from a body.
    #[serde(skip)]
    pub home: Option<FacilityId>,
    /// What they are here to do.
    pub roles: Vec<Role>,
    /// Where they work from, in words.
    #[serde(default)]
    pub team: String,
    /// IANA time zone.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The country they work from, two letters.
    #[serde(default)]
    pub country: Option<String>,
    /// Until when that is attested.
    #[serde(default)]
    pub attested_until: Option<Day>,
    /// Charts that they may hold at once.
    #[serde(default = "three")]
    pub wip_limit: i32,
    /// A password hash made elsewhere; without one an invitation goes out.
    #[serde(skip)]
    pub password_hash: Option<String>,
}

fn utc() -> String {
    "UTC".to_owned()
}

const fn three() -> i32 {
    3
}

impl Default for NewPerson {
    fn default() -> Self {
        Self {
            email: String::new(),
            name: String::new(),
            home: None,
            roles: Vec::new(),
            team: String::new(),
            time_zone: utc(),
            country: None,
            attested_until: None,
            wip_limit: three(),
            password_hash: None,
        }
    }
}

/// What becomes of a person.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePerson {
    /// The version that is changed.
    pub version: i32,
    /// Their name.
    pub name: String,
    /// What they are here to do.
    pub roles: Vec<Role>,
    /// Where they work from, in words.
    #[serde(default)]
    pub team: String,
    /// IANA time zone.
    #[serde(default = "utc")]
    pub time_zone: String,
    /// The country they work from, two letters.
    #[serde(default)]
    pub country: Option<String>,
    /// Until when that is attested.
    #[serde(default)]
    pub attested_until: Option<Day>,
    /// Whether they may sign in and work.
    pub active: bool,
    /// Whether they get no new work for now.
    #[serde(default)]
    pub paused: bool,
    /// Charts that they may hold at once.
    #[serde(default = "three")]
    pub wip_limit: i32,
}

/// What is checked alike for new and changed people.
struct Facts<'a> {
    name: &'a str,
    roles: &'a [Role],
    team: &'a str,
    time_zone: &'a str,
    country: Option<&'a str>,
    wip_limit: i32,
}

fn check(checks: &mut Checks, side: Side, facts: &Facts<'_>) {
    // One line each: they go into mails and pages.
    let plain = |text: &str| !text.chars().any(char::is_control);
    let named = (1..=NAME_CHARACTERS_MAX).contains(&facts.name.trim().chars().count());
    let country = |text: &str| text.len() == 2 && text.chars().all(|c| c.is_ascii_uppercase());
    let fitting = facts.roles.iter().all(|role| role.belongs_to(side) && *role != Role::ApiKey);
    checks
        .require(named && plain(facts.name), "name", "1 to 120 characters on one line")
        .require(
            ROLES.contains(&facts.roles.len()) && fitting,
            "roles",
            "at least one role that fits this side of the contract",
        )
        .require(
            facts.team.chars().count() <= TEAM_CHARACTERS_MAX && plain(facts.team),
            "team",
            "at most 60 characters on one line",
        )
        .require(
            facts.country.is_none_or(country),
            "country",
            "two capital letters, such as US, IN or PH",
        )
        .require(WIP_LIMITS.contains(&facts.wip_limit), "wip_limit", "1 to 50");
    checks.take("time_zone", rules::clock::zone(facts.time_zone));
}

fn email(checks: &mut Checks, text: &str) -> String {
    let email = guesses::address(text);
    let parts: Vec<&str> = email.split('@').collect();
    let formed = matches!(parts.as_slice(), [name, host]
        if !name.is_empty() && host.contains('.') && !email.chars().any(char::is_whitespace));
    checks.require(
        formed && email.len() <= EMAIL_CHARACTERS_MAX,
        "email",
        "an address such as name@example.com",
    );
    email
}

const fn side(home: Option<FacilityId>) -> Side {
    if home.is_some() { Side::Facility } else { Side::Vendor }
}

/// Each role once, in the table's order, as they are stored.
fn stored(roles: &[Role]) -> Vec<String> {
    let roles: BTreeSet<Role> = roles.iter().copied().collect();
    roles.into_iter().map(|role| role.as_str().to_owned()).collect()
}

/// The row of a new person, checked.
///
/// # Errors
/// [`Error::Invalid`] with every entry to correct.
pub(crate) fn row(new: &NewPerson, at: rules::Instant) -> Result<Person> {
    let mut checks = Checks::default();
    let email = email(&mut checks, &new.email);
    let facts = Facts {
        name: &new.name,
        roles: &new.roles,
        team: &new.team,
        time_zone: &new.time_zone,
        country: new.country.as_deref(),
        wip_limit: new.wip_limit,
    };
    check(&mut checks, side(new.home), &facts);
    checks.done()?;
    Ok(Person {
        id: PersonId::new(),
        home_facility_id: new.home,
        email,
        name: new.name.trim().to_owned(),
        roles: stored(&new.roles),
        team: new.team.trim().to_owned(),
        time_zone: new.time_zone.clone(),
        country: new.country.clone(),
        attested_until: new.attested_until,
        active: true,
        paused: false,
        wip_limit: new.wip_limit,
        created_at: at,
        version: 1,
        speed_percent: None,
    })
}

/// Stores a person and promises their invitation unless they have a password already.
pub(crate) async fn insert(tx: &mut PlaneTx, person: &Person, invited: bool) -> Result<()> {
    if store::insert(tx, person).await? == 0 {
        return Err(Error::invalid("email", "somebody has this address already"));
    }
    if invited {
        base::jobs::enqueue(tx, &SendTicket::invitation(person))?;
    }
    let entry = Entry {
        facility: person.home_facility_id,
        action: "person.created",
        object: "person",
        id: Some(person.id.uuid()),
        detail: person.roles.join(" "),
    };
    audit::append(tx, entry).await?;
    Ok(())
}

/// Makes a person as the vendor: one of its own, or someone of a facility.
///
/// # Errors
/// [`Error::Invalid`] with every entry to correct; [`Error::NotFound`] for a facility that is not in
/// the scope.
pub async fn create(services: &Services, scope: &VendorScope, new: NewPerson) -> Result<PersonId> {
    let person = row(&new, services.clock().now())?;
    let invited = new.password_hash.is_none();
    services
        .db
        .ops(scope, async |tx| {
            if let Some(home) = new.home
                && !store::is_in_scope(tx, home).await?
            {
                return Err(Error::NotFound);
            }
            insert(tx, &person, invited).await
        })
        .await?;
    if let Some(hash) = &new.password_hash {
        let nobody = services.authority.nobody(None, None);
        services
            .db
            .auth(&nobody, async |tx| Ok(store::set_password(tx, person.id, hash).await?))
            .await?;
    }
    Ok(person.id)
}

/// What a change of a person means for whoever is signed in as them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sessions {
    /// They were disabled or their roles changed.
    End,
    /// They have another name or time zone.
    Refresh,
}

/// Changes a person on whichever plane shows them. What they hold is not touched here: the
/// scheduler's sweep takes back what they may no longer have.
pub(crate) async fn change(
    tx: &mut PlaneTx,
    id: PersonId,
    wanted: &ChangePerson,
) -> Result<Sessions> {
    let before = store::find(tx, id).await?;
    let mut checks = Checks::default();
    let facts = Facts {
        name: &wanted.name,
        roles: &wanted.roles,
        team: &wanted.team,
        time_zone: &wanted.time_zone,
        country: wanted.country.as_deref(),
        wip_limit: wanted.wip_limit,
    };
    check(&mut checks, side(before.home_facility_id), &facts);
    checks.done()?;
    let roles = stored(&wanted.roles);
    keep_the_last(tx, &before, &roles, wanted.active).await?;
    let change = PersonChange {
        name: wanted.name.trim().to_owned(),
        roles: roles.clone(),
        team: wanted.team.trim().to_owned(),
        time_zone: wanted.time_zone.clone(),
        country: wanted.country.clone(),
        attested_until: wanted.attested_until,
        active: wanted.active,
        paused: wanted.paused,
        wip_limit: wanted.wip_limit,
    };
    if store::change(tx, id, wanted.version, &change).await? == 0 {
        return Err(Error::Conflict("somebody changed this person; reload the page".into()));
    }
    if before.home_facility_id.is_none() {
        tell(tx, Topic::Board)?;
    }
    let mut before_roles = before.roles.clone();
    before_roles.sort_unstable();
    let mut after_roles = roles;
    after_roles.sort_unstable();
    let (action, detail) = told(&before, wanted, (&before_roles, &after_roles));
    let entry = Entry {
        facility: before.home_facility_id,
        action,
        object: "person",
        id: Some(id.uuid()),
        detail,
    };
    audit::append(tx, entry).await?;
    let ends = before_roles != after_roles || (before.active && !wanted.active);
    Ok(if ends { Sessions::End } else { Sessions::Refresh })
}

/// The trail's words for a change: its weightiest part, with roles where they changed.
fn told(
    before: &Person,
    wanted: &ChangePerson,
    (old, new): (&[String], &[String]),
) -> (&'static str, String) {
    let roles = if old == new {
        String::new()
    } else {
        format!("roles {} to {}", old.join(" "), new.join(" "))
    };
    let action = match (before.active, wanted.active) {
        (true, false) => "person.disabled",
        (false, true) => "person.enabled",
        _ if old != new => "person.roles",
        _ => "person.changed",
    };
    (action, roles)
}

/// Does with a person's sessions what a committed change asks for.
pub(crate) async fn settle(services: &Services, id: PersonId, with: Sessions) -> Result<()> {
    match with {
        Sessions::End => sessions::close_all(services, id, "roles changed").await,
        Sessions::Refresh => sessions::refresh(services, id).await,
    }
}

/// Nobody locks everybody out: the last operator, or a facility's last administrator, stays.
async fn keep_the_last(
    tx: &mut PlaneTx,
    before: &Person,
    roles: &[String],
    active: bool,
) -> Result<()> {
    let keeper = match side(before.home_facility_id) {
        Side::Facility => Role::FacilityAdmin,
        Side::Vendor => Role::Operator,
    };
    let holds = |roles: &[String]| roles.iter().any(|role| role == keeper.as_str());
    let was = before.active && holds(&before.roles);
    if !was || (active && holds(roles)) {
        return Ok(());
    }
    // Locked, so that two of them cannot remove each other at the same moment.
    let keepers = store::lock_holders(tx, keeper).await?;
    if keepers.iter().any(|id| *id != before.id) {
        return Ok(());
    }
    let field = if active { "roles" } else { "active" };
    Err(Error::invalid(field, "the last one who can manage people must stay"))
}

/// Promises another invitation to somebody who may sign in.
///
/// # Errors
/// [`Error::NotFound`]; [`Error::Conflict`] for somebody who is disabled.
pub(crate) async fn invite_again(tx: &mut PlaneTx, id: PersonId) -> Result<()> {
    let person = store::find(tx, id).await?;
    if !person.active {
        return Err(Error::Conflict("they are disabled; let them sign in first".into()));
    }
    base::jobs::enqueue(tx, &SendTicket::invitation(&person))?;
    let entry = Entry {
        facility: person.home_facility_id,
        action: "person.invited",
        object: "person",
        id: Some(id.uuid()),
        detail: String::new(),
    };
    audit::append(tx, entry).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{NewPerson, row};
    use base::error::Error;
    use rules::access::Role;
    use rules::ids::FacilityId;

    fn new(roles: &[Role]) -> NewPerson {
        NewPerson {
            email: " Ada@Example.COM ".into(),
            name: " Ada Byron ".into(),
            roles: roles.to_vec(),
            ..NewPerson::default()
        }
    }

    fn faults(new: &NewPerson) -> Vec<String> {
        match row(new, "2026-03-01T10:00:00Z".parse().unwrap()) {
            Err(Error::Invalid(fields)) => fields.into_iter().map(|field| field.name).collect(),
            Err(other) => panic!("{other}"),
            Ok(_) => Vec::new(),
        }
    }

    #[test]
    fn a_new_person_is_stored_as_they_will_be_looked_for() {
        let at = "2026-03-01T10:00:00Z".parse().unwrap();
        let person = row(&new(&[Role::Reviewer, Role::Coder, Role::Coder]), at).unwrap();
        assert_eq!(person.email, "ada@example.com");
        assert_eq!(person.name, "Ada Byron");
        assert_eq!(person.roles, ["coder", "reviewer"], "each role once");
    }

    #[test]
    fn a_role_belongs_to_one_side_and_nobody_is_an_api_key() {
        assert_eq!(faults(&new(&[Role::FacilityAdmin])), ["roles"]);
        let staff = NewPerson { home: Some(FacilityId::new()), ..new(&[Role::FacilityAdmin]) };
        assert!(faults(&staff).is_empty());
        assert_eq!(faults(&NewPerson { roles: vec![Role::ApiKey], ..staff.clone() }), ["roles"]);
        assert_eq!(faults(&NewPerson { roles: vec![Role::Coder], ..staff }), ["roles"]);
    }

    #[test]
    fn all_that_is_wrong_is_told_at_once() {
        let wrong = NewPerson {
            email: "nowhere".into(),
            name: "two\nlines".into(),
            time_zone: "Mars/Olympus".into(),
            country: Some("usa".into()),
            wip_limit: 0,
            ..new(&[])
        };
        let told = faults(&wrong);
        assert_eq!(told, ["email", "name", "roles", "country", "wip_limit", "time_zone"]);
    }
}
