-- What each plane may do. Never TRUNCATE, REFERENCES or TRIGGER; DELETE only where rows are settings.

revoke all on all tables in schema app, audit, priv from
    chartrelay_facility, chartrelay_desk, chartrelay_ops, chartrelay_auth, chartrelay_jobs;
grant usage on schema app, audit to
    chartrelay_facility, chartrelay_desk, chartrelay_ops, chartrelay_auth, chartrelay_jobs;

-- facility: own tenant, work and patient data
grant select on app.facilities, app.facility_holidays, app.facility_keys, app.queues, app.chart_events,
    app.assignments, app.holds, app.reviews, app.codings, app.coding_lines, app.findings,
    app.sampling_draws, app.expectations
    to chartrelay_facility;
grant select, insert, update on app.charts, app.encounters, app.documents, app.people, app.api_keys,
    app.idempotency_keys, app.holds
    to chartrelay_facility;
-- A return never changes; all that is added to it is who took it.
grant select, insert on app.returns, app.return_packages to chartrelay_facility;
grant update (acknowledged_at, acknowledged_by) on app.returns to chartrelay_facility;
grant update on app.assignments to chartrelay_facility;
grant select, insert on app.notes, app.chart_events to chartrelay_facility;
grant insert on app.jobs to chartrelay_facility;
grant select, insert, delete on app.usual_codes to chartrelay_facility;
grant select on audit.events to chartrelay_facility;

-- desk: patient data of the charts at hand, metadata of the allow-listed facilities
grant select on app.facilities, app.facility_holidays, app.facility_keys, app.queues, app.people,
    app.encounters, app.documents, app.allow_list, app.person_skills, app.person_credentials,
    app.shifts, app.leave_days, app.returns, app.person_speeds, app.usual_codes
    to chartrelay_desk;
grant select, insert, update on app.charts, app.assignments, app.holds, app.reviews, app.drafts,
    app.idempotency_keys
    to chartrelay_desk;
grant select, insert on app.chart_events, app.codings, app.coding_lines, app.findings, app.notes,
    app.exclusions
    to chartrelay_desk;
grant delete on app.drafts to chartrelay_desk;
grant insert on app.jobs to chartrelay_desk;

-- ops: metadata of every facility in scope, no patient data at all
grant select, insert, update on app.facilities, app.queues, app.charts, app.assignments, app.holds,
    app.reviews, app.people, app.shifts, app.person_credentials, app.sampling_blocks,
    app.idempotency_keys, app.leaders, app.expectations, app.person_speeds, app.allow_list
    to chartrelay_ops;
grant select, insert on app.chart_events, app.exclusions, app.sampling_draws, app.facility_holidays,
    app.person_skills, app.leave_days
    to chartrelay_ops;
grant insert on app.facility_keys to chartrelay_ops;
grant delete on app.facility_holidays, app.allow_list, app.person_skills, app.person_credentials,
    app.shifts, app.leave_days, app.expectations, app.person_speeds
    to chartrelay_ops;
grant select on app.returns, app.revisions, audit.events to chartrelay_ops;
-- Code lists are loaded for the installation; their servers read them here and answer from memory.
grant select, insert, update, delete on app.code_lists to chartrelay_ops;
grant select, update on app.code_revision to chartrelay_ops;
grant insert on app.jobs to chartrelay_ops;
grant select (id, for_facility_id, kind, state, run_at, attempt, max_attempts, errors, created_at,
    finished_at) on app.jobs to chartrelay_ops;

-- auth: signing in
grant select, insert, update on app.people, app.passwords, app.sessions, app.tickets to chartrelay_auth;
grant select, update on app.api_keys to chartrelay_auth;
grant insert on app.jobs to chartrelay_auth;

-- jobs: the promises, and whom mail goes to
grant select, insert, update, delete on app.jobs to chartrelay_jobs;
grant select, update on app.tickets to chartrelay_jobs;
grant select on app.people to chartrelay_jobs;
grant select, delete on app.idempotency_keys to chartrelay_jobs;

-- Questions to providers. What an answer did to the codes is for the desk alone.
grant select on app.queries, app.query_texts, app.query_settings, app.query_templates
    to chartrelay_facility, chartrelay_desk;
grant update on app.queries to chartrelay_facility;
grant update (answer_sealed) on app.query_texts to chartrelay_facility;
grant insert, update on app.query_settings to chartrelay_facility;
grant insert on app.query_templates to chartrelay_facility;
grant select, insert on app.query_links to chartrelay_facility;
grant insert, update on app.queries to chartrelay_desk;
grant insert on app.query_texts to chartrelay_desk;
grant select, insert on app.query_effects to chartrelay_desk;
grant select, insert, update, delete on app.query_drafts to chartrelay_desk;
grant select, update on app.queries to chartrelay_ops;
grant select (facility_id, query_id, revoked_at), update (revoked_at) on app.query_links
    to chartrelay_facility, chartrelay_desk, chartrelay_ops;
grant select on app.query_links to chartrelay_auth;
-- guidelines: written by either side of the contract, read beside the chart, acknowledged by who codes
grant select, insert on app.guidelines to chartrelay_facility, chartrelay_ops;
grant select on app.guidelines to chartrelay_desk;
grant select, insert on app.guideline_reads to chartrelay_desk;
grant select on app.guideline_reads to chartrelay_facility, chartrelay_ops;
-- A facility's own rules: written and switched by leads, asked at the desk, tried out by the facility's own job,
-- which alone reads past codings and writes back no more than counts and charts.
grant select, insert on app.own_rules, app.own_rule_versions, app.own_rule_switches, app.own_rule_trials
    to chartrelay_ops;
grant update (active_version) on app.own_rules to chartrelay_ops;
grant select on app.own_rules, app.own_rule_versions to chartrelay_desk, chartrelay_facility;
grant select on app.own_rule_trials to chartrelay_facility;
grant update (finished_at, charts, charts_found, findings, found) on app.own_rule_trials
    to chartrelay_facility;
