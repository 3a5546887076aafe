//! People and what is known of their work, as rows.

use crate::schema::{
    facilities, leave_days, passwords, people, person_credentials, person_skills, shifts, tickets,
};
use base::db::{AuthTx, PlaneTx, WorkTx};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::access::Role;
use rules::clock::ShiftInterval;
use rules::ids::{FacilityId, PersonId, TicketId};
use rules::time::Day;

/// A person as stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, serde::Serialize, utoipa::ToSchema)]
#[diesel(table_name = people, check_for_backend(diesel::pg::Pg))]
pub struct Person {
    /// The person.
    pub id: PersonId,
    /// Their facility; none for the vendor's people.
    pub home_facility_id: Option<FacilityId>,
    /// The address they sign in with, in lower case.
    pub email: String,
    /// Their name.
    pub name: String,
    /// What they are here to do.
    #[schema(value_type = Vec<Role>)]
    pub roles: Vec<String>,
    /// Where they work from, in words.
    pub team: String,
    /// Their IANA time zone.
    pub time_zone: String,
    /// The country they work from, two letters.
    pub country: Option<String>,
    /// Until when that is attested.
    pub attested_until: Option<Day>,
    /// Whether they may sign in and work.
    pub active: bool,
    /// Whether they get no new work for now.
    pub paused: bool,
    /// Charts that they may hold at once.
    pub wip_limit: i32,
    /// Since when they are here.
    pub created_at: Instant,
    /// Counts changes.
    pub version: i32,
    /// How fast they work, where a lead set it; else what was learned counts.
    pub speed_percent: Option<i32>,
}

/// What about a person can be changed.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = people, treat_none_as_null = true)]
pub(crate) struct PersonChange {
    pub name: String,
    pub roles: Vec<String>,
    pub team: String,
    pub time_zone: String,
    pub country: Option<String>,
    pub attested_until: Option<Day>,
    pub active: bool,
    pub paused: bool,
    pub wip_limit: i32,
}

/// People listed at once, at most.
const PEOPLE_MAX: i64 = 5_000;

/// Answers 0 when the address is taken.
pub(crate) async fn insert(tx: &mut PlaneTx, person: &Person) -> QueryResult<usize> {
    diesel::insert_into(people::table)
        .values(person)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await
}

pub(crate) async fn find(tx: &mut PlaneTx, id: PersonId) -> QueryResult<Person> {
    people::table.find(id).select(Person::as_select()).first(tx.conn()).await
}

pub(crate) async fn find_by_email(tx: &mut AuthTx, email: &str) -> QueryResult<Option<Person>> {
    people::table
        .filter(people::email.eq(email))
        .select(Person::as_select())
        .first(tx.conn())
        .await
        .optional()
}

/// Everybody the plane shows: the vendor's people, or those of the facility.
pub(crate) async fn list(tx: &mut PlaneTx) -> QueryResult<Vec<Person>> {
    people::table
        .order((people::name, people::id))
        .limit(PEOPLE_MAX)
        .select(Person::as_select())
        .load(tx.conn())
        .await
}

/// The active people with this role whom the plane shows, locked until the transaction ends.
pub(crate) async fn lock_holders(tx: &mut PlaneTx, role: Role) -> QueryResult<Vec<PersonId>> {
    people::table
        .filter(people::active)
        .filter(people::roles.contains(vec![role.as_str().to_owned()]))
        .order(people::id)
        .select(people::id)
        .for_update()
        .load(tx.conn())
        .await
}

/// Whether the transaction's scope has this facility.
pub(crate) async fn is_in_scope(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<bool> {
    let found: Option<FacilityId> = facilities::table
        .find(facility)
        .select(facilities::id)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found.is_some())
}

/// Changes a person if nobody has since `version`; answers how many rows that were.
pub(crate) async fn change(
    tx: &mut PlaneTx,
    id: PersonId,
    version: i32,
    change: &PersonChange,
) -> QueryResult<usize> {
    diesel::update(people::table.find(id).filter(people::version.eq(version)))
        .set((change, people::version.eq(version.saturating_add(1))))
        .execute(tx.conn())
        .await
}

/// Changes how much a person gets if nobody has changed them since `version`.
pub(crate) async fn set_limits(
    tx: &mut WorkTx,
    id: PersonId,
    version: i32,
    (wip_limit, paused, speed_percent): (i32, bool, Option<i32>),
) -> QueryResult<usize> {
    diesel::update(people::table.find(id).filter(people::version.eq(version)))
        .set((
            people::wip_limit.eq(wip_limit),
            people::paused.eq(paused),
            people::speed_percent.eq(speed_percent),
            people::version.eq(version.saturating_add(1)),
        ))
        .execute(tx.conn())
        .await
}

pub(crate) async fn set_name(tx: &mut AuthTx, id: PersonId, name: &str) -> QueryResult<usize> {
    diesel::update(people::table.find(id))
        .set((people::name.eq(name), people::version.eq(people::version + 1)))
        .execute(tx.conn())
        .await
}

pub(crate) async fn password_hash(tx: &mut AuthTx, id: PersonId) -> QueryResult<Option<String>> {
    passwords::table.find(id).select(passwords::hash).first(tx.conn()).await.optional()
}

pub(crate) async fn set_password(tx: &mut AuthTx, id: PersonId, hash: &str) -> QueryResult<usize> {
    let now = tx.now();
    diesel::insert_into(passwords::table)
        .values((
            passwords::person_id.eq(id),
            passwords::hash.eq(hash),
            passwords::changed_at.eq(now),
        ))
        .on_conflict(passwords::person_id)
        .do_update()
        .set((passwords::hash.eq(hash), passwords::changed_at.eq(now)))
        .execute(tx.conn())
        .await
}

#[derive(Insertable)]
#[diesel(table_name = tickets)]
pub(crate) struct NewTicket {
    pub id: TicketId,
    pub person_id: PersonId,
    pub purpose: String,
    pub token_hash: Vec<u8>,
    pub created_at: Instant,
    pub expires_at: Instant,
}

pub(crate) async fn insert_ticket(tx: &mut AuthTx, ticket: &NewTicket) -> QueryResult<usize> {
    diesel::insert_into(tickets::table).values(ticket).execute(tx.conn()).await
}

/// Makes every other ticket of a person useless: the password they were for is set.
pub(crate) async fn use_up_tickets(tx: &mut AuthTx, person: PersonId) -> QueryResult<usize> {
    let now = tx.now();
    diesel::update(
        tickets::table.filter(tickets::person_id.eq(person)).filter(tickets::used_at.is_null()),
    )
    .set(tickets::used_at.eq(now))
    .execute(tx.conn())
    .await
}

/// Uses up the living ticket of this token; answers whose it was.
pub(crate) async fn redeem(tx: &mut AuthTx, token_hash: &[u8]) -> QueryResult<Option<PersonId>> {
    let now = tx.now();
    diesel::update(
        tickets::table
            .filter(tickets::token_hash.eq(token_hash))
            .filter(tickets::used_at.is_null())
            .filter(tickets::expires_at.gt(now)),
    )
    .set(tickets::used_at.eq(now))
    .returning(tickets::person_id)
    .get_result(tx.conn())
    .await
    .optional()
}

/// Whose living ticket this is, without using it up.
pub(crate) async fn ticket_of(tx: &mut AuthTx, token_hash: &[u8]) -> QueryResult<Option<PersonId>> {
    let now = tx.now();
    tickets::table
        .filter(tickets::token_hash.eq(token_hash))
        .filter(tickets::used_at.is_null())
        .filter(tickets::expires_at.gt(now))
        .select(tickets::person_id)
        .first(tx.conn())
        .await
        .optional()
}

pub(crate) async fn skills(tx: &mut WorkTx, id: PersonId) -> QueryResult<Vec<String>> {
    person_skills::table
        .filter(person_skills::person_id.eq(id))
        .order(person_skills::skill)
        .select(person_skills::skill)
        .load(tx.conn())
        .await
}

pub(crate) async fn set_skills(
    tx: &mut WorkTx,
    id: PersonId,
    skills: &[String],
) -> QueryResult<usize> {
    diesel::delete(person_skills::table.filter(person_skills::person_id.eq(id)))
        .execute(tx.conn())
        .await?;
    let rows: Vec<_> = skills
        .iter()
        .map(|skill| (person_skills::person_id.eq(id), person_skills::skill.eq(skill)))
        .collect();
    diesel::insert_into(person_skills::table).values(rows).execute(tx.conn()).await
}

pub(crate) async fn credentials(
    tx: &mut WorkTx,
    id: PersonId,
) -> QueryResult<Vec<(String, Option<Day>)>> {
    person_credentials::table
        .filter(person_credentials::person_id.eq(id))
        .order(person_credentials::credential)
        .select((person_credentials::credential, person_credentials::expires_on))
        .load(tx.conn())
        .await
}

pub(crate) async fn set_credentials(
    tx: &mut WorkTx,
    id: PersonId,
    credentials: &[(String, Option<Day>)],
) -> QueryResult<usize> {
    diesel::delete(person_credentials::table.filter(person_credentials::person_id.eq(id)))
        .execute(tx.conn())
        .await?;
    let rows: Vec<_> = credentials
        .iter()
        .map(|(credential, expires_on)| {
            (
                person_credentials::person_id.eq(id),
                person_credentials::credential.eq(credential),
                person_credentials::expires_on.eq(*expires_on),
            )
        })
        .collect();
    diesel::insert_into(person_credentials::table).values(rows).execute(tx.conn()).await
}

pub(crate) async fn shifts_of(tx: &mut WorkTx, id: PersonId) -> QueryResult<Vec<(i32, i32, i32)>> {
    shifts::table
        .filter(shifts::person_id.eq(id))
        .order((shifts::weekday, shifts::from_minute))
        .select((shifts::weekday, shifts::from_minute, shifts::to_minute))
        .load(tx.conn())
        .await
}

pub(crate) async fn set_shifts(
    tx: &mut WorkTx,
    id: PersonId,
    intervals: &[ShiftInterval],
) -> QueryResult<usize> {
    diesel::delete(shifts::table.filter(shifts::person_id.eq(id))).execute(tx.conn()).await?;
    let rows: Vec<_> = intervals
        .iter()
        .map(|interval| {
            (
                shifts::person_id.eq(id),
                shifts::weekday.eq(i32::from(interval.weekday())),
                shifts::from_minute.eq(i32::from(interval.from_minute())),
                shifts::to_minute.eq(i32::from(interval.to_minute())),
            )
        })
        .collect();
    diesel::insert_into(shifts::table).values(rows).execute(tx.conn()).await
}

pub(crate) async fn leave(
    tx: &mut WorkTx,
    id: PersonId,
) -> QueryResult<Vec<(uuid::Uuid, Day, Day)>> {
    leave_days::table
        .filter(leave_days::person_id.eq(id))
        .order(leave_days::first_day)
        .select((leave_days::id, leave_days::first_day, leave_days::last_day))
        .load(tx.conn())
        .await
}

pub(crate) async fn add_leave(
    tx: &mut WorkTx,
    id: PersonId,
    first: Day,
    last: Day,
) -> QueryResult<usize> {
    diesel::insert_into(leave_days::table)
        .values((
            leave_days::id.eq(uuid::Uuid::now_v7()),
            leave_days::person_id.eq(id),
            leave_days::first_day.eq(first),
            leave_days::last_day.eq(last),
        ))
        .execute(tx.conn())
        .await
}

pub(crate) async fn remove_leave(
    tx: &mut WorkTx,
    person: PersonId,
    id: uuid::Uuid,
) -> QueryResult<usize> {
    diesel::delete(leave_days::table.find(id).filter(leave_days::person_id.eq(person)))
        .execute(tx.conn())
        .await
}
