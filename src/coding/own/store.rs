//! Own rules as rows: queries only.

use crate::schema::{own_rule_switches, own_rule_trials, own_rule_versions, own_rules};
use base::db::WorkTx;
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, OwnRuleId, PersonId, QueueId, TrialId};

/// Versions, switches or trials of one rule that are shown: the latest.
pub(super) const HISTORY_MAX: i64 = 50;

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = own_rules, check_for_backend(diesel::pg::Pg))]
pub(super) struct RuleRow {
    pub facility_id: FacilityId,
    pub id: OwnRuleId,
    pub number: i32,
    pub active_version: Option<i32>,
    pub created_by: PersonId,
    pub created_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = own_rule_versions, check_for_backend(diesel::pg::Pg))]
pub(super) struct VersionRow {
    pub facility_id: FacilityId,
    pub rule_id: OwnRuleId,
    pub version: i32,
    pub queue_id: Option<QueueId>,
    pub entered: serde_json::Value,
    pub written_by: PersonId,
    pub written_at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = own_rule_switches, check_for_backend(diesel::pg::Pg))]
pub(super) struct SwitchRow {
    pub facility_id: FacilityId,
    pub rule_id: OwnRuleId,
    pub seq: i32,
    pub version: Option<i32>,
    pub person_id: PersonId,
    pub at: Instant,
}

#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = own_rule_trials, check_for_backend(diesel::pg::Pg))]
pub(super) struct TrialRow {
    pub facility_id: FacilityId,
    pub id: TrialId,
    pub rule_id: OwnRuleId,
    pub version: i32,
    pub asked_by: PersonId,
    pub asked_at: Instant,
    pub finished_at: Option<Instant>,
    pub charts: i32,
    pub charts_found: i32,
    pub findings: i32,
    pub found: Vec<ChartId>,
}

pub(super) async fn rules(
    tx: &mut WorkTx,
    facility: FacilityId,
    limit: i64,
) -> QueryResult<Vec<RuleRow>> {
    own_rules::table
        .filter(own_rules::facility_id.eq(facility))
        .order(own_rules::number)
        .limit(limit)
        .select(RuleRow::as_select())
        .load(tx.conn())
        .await
}

/// One rule, kept from other changes until the transaction ends.
pub(super) async fn rule_to_change(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
) -> QueryResult<RuleRow> {
    own_rules::table
        .find((facility, rule))
        .for_update()
        .select(RuleRow::as_select())
        .first(tx.conn())
        .await
}

pub(super) async fn rule(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
) -> QueryResult<RuleRow> {
    own_rules::table.find((facility, rule)).select(RuleRow::as_select()).first(tx.conn()).await
}

pub(super) async fn last_number(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<i32> {
    let last: Option<i32> = own_rules::table
        .filter(own_rules::facility_id.eq(facility))
        .select(max(own_rules::number))
        .first(tx.conn())
        .await?;
    Ok(last.unwrap_or_default())
}

/// Stores a rule unless its number is taken; answers how many rows that were.
pub(super) async fn insert_rule(tx: &mut WorkTx, row: &RuleRow) -> QueryResult<usize> {
    diesel::insert_into(own_rules::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await
}

pub(super) async fn insert_version(tx: &mut WorkTx, row: &VersionRow) -> QueryResult<usize> {
    diesel::insert_into(own_rule_versions::table).values(row).execute(tx.conn()).await
}

/// The newest version of each of a facility's rules.
pub(super) async fn newest(
    tx: &mut WorkTx,
    facility: FacilityId,
    limit: i64,
) -> QueryResult<Vec<VersionRow>> {
    own_rule_versions::table
        .filter(own_rule_versions::facility_id.eq(facility))
        .distinct_on(own_rule_versions::rule_id)
        .order((own_rule_versions::rule_id, own_rule_versions::version.desc()))
        .limit(limit)
        .select(VersionRow::as_select())
        .load(tx.conn())
        .await
}

/// The versions of one rule, the latest first.
pub(super) async fn versions(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
) -> QueryResult<Vec<VersionRow>> {
    own_rule_versions::table
        .filter(own_rule_versions::facility_id.eq(facility))
        .filter(own_rule_versions::rule_id.eq(rule))
        .order(own_rule_versions::version.desc())
        .limit(HISTORY_MAX)
        .select(VersionRow::as_select())
        .load(tx.conn())
        .await
}

pub(super) async fn version(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
    version: i32,
) -> QueryResult<VersionRow> {
    own_rule_versions::table
        .find((facility, rule, version))
        .select(VersionRow::as_select())
        .first(tx.conn())
        .await
}

/// The versions in force in a queue, each with its rule's number.
pub(super) async fn in_force(
    tx: &mut WorkTx,
    (facility, queue): (FacilityId, QueueId),
) -> QueryResult<Vec<(i32, i32, serde_json::Value)>> {
    let of_queue = own_rule_versions::queue_id.is_null().or(own_rule_versions::queue_id.eq(queue));
    own_rules::table
        .inner_join(
            own_rule_versions::table.on(own_rule_versions::facility_id
                .eq(own_rules::facility_id)
                .and(own_rule_versions::rule_id.eq(own_rules::id))
                .and(own_rule_versions::version.nullable().eq(own_rules::active_version))),
        )
        .filter(own_rules::facility_id.eq(facility))
        .filter(of_queue)
        .order(own_rules::number)
        .limit(super::RULES_ON_MAX)
        .select((own_rules::number, own_rule_versions::version, own_rule_versions::entered))
        .load(tx.conn())
        .await
}

pub(super) async fn count_on(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<i64> {
    own_rules::table
        .filter(own_rules::facility_id.eq(facility))
        .filter(own_rules::active_version.is_not_null())
        .count()
        .get_result(tx.conn())
        .await
}

/// Puts a version in force, or none, and writes down who did it.
pub(super) async fn switch(
    tx: &mut WorkTx,
    rule: &RuleRow,
    version: Option<i32>,
    person: PersonId,
) -> QueryResult<()> {
    diesel::update(own_rules::table.find((rule.facility_id, rule.id)))
        .set(own_rules::active_version.eq(version))
        .execute(tx.conn())
        .await?;
    let last: Option<i32> = own_rule_switches::table
        .filter(own_rule_switches::facility_id.eq(rule.facility_id))
        .filter(own_rule_switches::rule_id.eq(rule.id))
        .select(max(own_rule_switches::seq))
        .first(tx.conn())
        .await?;
    let row = SwitchRow {
        facility_id: rule.facility_id,
        rule_id: rule.id,
        seq: last.unwrap_or_default().saturating_add(1),
        version,
        person_id: person,
        at: tx.now(),
    };
    diesel::insert_into(own_rule_switches::table).values(&row).execute(tx.conn()).await?;
    Ok(())
}

/// When a rule was switched, the latest first.
pub(super) async fn switches(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
) -> QueryResult<Vec<SwitchRow>> {
    own_rule_switches::table
        .filter(own_rule_switches::facility_id.eq(facility))
        .filter(own_rule_switches::rule_id.eq(rule))
        .order(own_rule_switches::seq.desc())
        .limit(HISTORY_MAX)
        .select(SwitchRow::as_select())
        .load(tx.conn())
        .await
}

pub(super) async fn insert_trial(tx: &mut WorkTx, row: &TrialRow) -> QueryResult<usize> {
    diesel::insert_into(own_rule_trials::table).values(row).execute(tx.conn()).await
}

pub(super) async fn trial(
    tx: &mut WorkTx,
    (facility, trial): (FacilityId, TrialId),
) -> QueryResult<TrialRow> {
    own_rule_trials::table
        .find((facility, trial))
        .select(TrialRow::as_select())
        .first(tx.conn())
        .await
}

/// The trials of one rule, the latest first.
pub(super) async fn trials(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
) -> QueryResult<Vec<TrialRow>> {
    own_rule_trials::table
        .filter(own_rule_trials::facility_id.eq(facility))
        .filter(own_rule_trials::rule_id.eq(rule))
        .order(own_rule_trials::asked_at.desc())
        .limit(HISTORY_MAX)
        .select(TrialRow::as_select())
        .load(tx.conn())
        .await
}

/// Whether a version was tried to the end.
pub(super) async fn is_tried(
    tx: &mut WorkTx,
    (facility, rule): (FacilityId, OwnRuleId),
    version: i32,
) -> QueryResult<bool> {
    let done = own_rule_trials::table
        .filter(own_rule_trials::facility_id.eq(facility))
        .filter(own_rule_trials::rule_id.eq(rule))
        .filter(own_rule_trials::version.eq(version))
        .filter(own_rule_trials::finished_at.is_not_null());
    diesel::select(diesel::dsl::exists(done)).get_result(tx.conn()).await
}

/// Writes down what a trial found.
pub(super) async fn finish_trial(tx: &mut WorkTx, row: &TrialRow) -> QueryResult<usize> {
    diesel::update(own_rule_trials::table.find((row.facility_id, row.id)))
        .set((
            own_rule_trials::finished_at.eq(row.finished_at),
            own_rule_trials::charts.eq(row.charts),
            own_rule_trials::charts_found.eq(row.charts_found),
            own_rule_trials::findings.eq(row.findings),
            own_rule_trials::found.eq(&row.found),
        ))
        .execute(tx.conn())
        .await
}
