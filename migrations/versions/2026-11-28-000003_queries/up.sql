-- Questions to providers. What is asked and answered is patient data, and stands apart from where the
-- question stands, which the vendor's leads may know.

create table app.queries (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    status text not null check (status in ('open','answered','cancelled','closed')),
    provider_id uuid,
    -- Since when this provider is asked; the reminder counts from here.
    named_at timestamptz,
    asked_by uuid not null,
    asked_at timestamptz not null,
    reminded_at timestamptz,
    escalated_at timestamptz,
    answered_at timestamptz,
    answered_by uuid,
    answered_through text check (answered_through in ('link','sign_in')),
    ended_at timestamptz,
    ended_by uuid,
    end_reason text check (length(end_reason) <= 60),
    outcome text check (outcome in ('agreed','disagreed','no_opinion','no_response')),
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id),
    check ((provider_id is null) = (named_at is null)),
    check ((answered_at is null) = (answered_by is null)),
    check ((answered_at is null) = (answered_through is null)),
    check (status <> 'open' or (answered_at is null and ended_at is null)),
    check (status <> 'answered' or (answered_at is not null and ended_at is null)),
    check ((status = 'closed') = (outcome is not null)),
    check ((status in ('cancelled','closed')) = (ended_at is not null))
);
create index queries_of_chart on app.queries (facility_id, chart_id, asked_at);
create index queries_open on app.queries (facility_id, asked_at) where status = 'open';
create index queries_of_provider on app.queries (facility_id, provider_id, asked_at)
    where provider_id is not null;
create index queries_of_coder on app.queries (facility_id, asked_by, asked_at);

create table app.query_texts (
    facility_id uuid not null,
    query_id uuid not null,
    chart_id uuid not null,
    question_sealed bytea not null,
    answer_sealed bytea,
    primary key (facility_id, query_id),
    foreign key (facility_id, query_id) references app.queries (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);

-- What the answer did to the codes: the facility's plane, on which providers read, has no grant on it.
create table app.query_effects (
    facility_id uuid not null,
    query_id uuid not null,
    chart_id uuid not null,
    effect text not null check (effect in ('unchanged','added','changed','removed')),
    note_sealed bytea,
    at timestamptz not null,
    by uuid not null,
    primary key (facility_id, query_id),
    foreign key (facility_id, query_id) references app.queries (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);

-- Questions that are being written: one draft for a chart.
create table app.query_drafts (
    facility_id uuid not null,
    chart_id uuid not null,
    revision integer not null,
    sealed bytea not null,
    author_id uuid not null,
    saved_at timestamptz not null,
    primary key (facility_id, chart_id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);

-- Links that were mailed; the token itself is known to the mail alone.
create table app.query_links (
    facility_id uuid not null,
    id uuid not null,
    query_id uuid not null,
    provider_id uuid not null,
    token_hash bytea not null check (octet_length(token_hash) = 32),
    made_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    primary key (facility_id, id),
    unique (facility_id, token_hash),
    foreign key (facility_id, query_id) references app.queries (facility_id, id)
);
create index query_links_of_query on app.query_links (facility_id, query_id) where revoked_at is null;

create table app.query_settings (
    facility_id uuid not null references app.facilities (id),
    answer_by text not null check (answer_by in ('link','sign_in')),
    changed_at timestamptz not null,
    changed_by uuid not null,
    primary key (facility_id)
);

-- A facility's own wordings. Each change is a further version; none is changed.
create table app.query_templates (
    facility_id uuid not null references app.facilities (id),
    id uuid not null,
    version integer not null,
    active boolean not null,
    name text not null check (length(name) between 1 and 80),
    work_type text check (work_type in ('pro_fee_em','ed_facility','ed_pro_fee','outpatient',
        'ambulatory_surgery','observation','inpatient','risk_adjustment','radiology','pathology',
        'anaesthesia')),
    kind text not null check (kind in ('multiple_choice','yes_no','open_ended')),
    about text check (about in ('present_on_admission','documented_elsewhere','cause_and_effect')),
    title text not null check (length(title) between 1 and 120),
    question text not null check (length(question) between 1 and 2000),
    options text[] not null default '{}' check (cardinality(options) <= 8),
    made_at timestamptz not null,
    made_by uuid not null,
    primary key (facility_id, id, version),
    check ((about is not null) = (kind = 'yes_no'))
);
