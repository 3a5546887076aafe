-- A facility's own rules: what leads put together from conditions. Versions never change; which one is in
-- force, and since when, is told by the switches. A trial counts what a version says of past charts, and
-- keeps no more than counts and charts.

create table app.own_rules (
    facility_id uuid not null references app.facilities (id),
    id uuid not null,
    -- What coders know it by: `own.7`.
    number integer not null check (number >= 1),
    -- The version in force; none while it is off.
    active_version integer,
    created_by uuid not null,
    created_at timestamptz not null,
    primary key (facility_id, id)
);
create unique index own_rules_number on app.own_rules (facility_id, number);

create table app.own_rule_versions (
    facility_id uuid not null,
    rule_id uuid not null,
    version integer not null check (version >= 1),
    -- None: for every queue of the facility.
    queue_id uuid,
    -- As it was entered.
    entered jsonb not null check (pg_column_size(entered) <= 65536),
    written_by uuid not null,
    written_at timestamptz not null,
    primary key (facility_id, rule_id, version),
    foreign key (facility_id, rule_id) references app.own_rules (facility_id, id),
    foreign key (facility_id, queue_id) references app.queues (facility_id, id)
);
alter table app.own_rules add foreign key (facility_id, id, active_version)
    references app.own_rule_versions (facility_id, rule_id, version);

create table app.own_rule_switches (
    facility_id uuid not null,
    rule_id uuid not null,
    seq integer not null check (seq >= 1),
    -- The version that was switched on; none: it was switched off.
    version integer,
    person_id uuid not null,
    at timestamptz not null,
    primary key (facility_id, rule_id, seq),
    foreign key (facility_id, rule_id) references app.own_rules (facility_id, id),
    foreign key (facility_id, rule_id, version)
        references app.own_rule_versions (facility_id, rule_id, version)
);

create table app.own_rule_trials (
    facility_id uuid not null,
    id uuid not null,
    rule_id uuid not null,
    version integer not null,
    asked_by uuid not null,
    asked_at timestamptz not null,
    -- None until it is done.
    finished_at timestamptz,
    charts integer not null default 0,
    charts_found integer not null default 0,
    findings integer not null default 0,
    -- Some of the charts in which it found something, the latest first.
    found uuid[] not null default '{}' check (cardinality(found) <= 50),
    primary key (facility_id, id),
    foreign key (facility_id, rule_id, version)
        references app.own_rule_versions (facility_id, rule_id, version)
);
create index own_rule_trials_of_rule on app.own_rule_trials (facility_id, rule_id, asked_at desc);
