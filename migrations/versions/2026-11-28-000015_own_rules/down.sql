drop table app.own_rule_trials;
drop table app.own_rule_switches;
alter table app.own_rules drop constraint own_rules_facility_id_id_active_version_fkey;
drop table app.own_rule_versions;
drop table app.own_rules;
