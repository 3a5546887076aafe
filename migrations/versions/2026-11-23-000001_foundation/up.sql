-- The foundation: people, facilities, charts and everything that hangs on a chart.
-- Text with CHECK instead of enums, bigint cents, no numerics: enum and numeric comparisons are not
-- leakproof, so row security would keep them from using an index.

create schema app;
create schema audit;
create schema priv;

-- ── the signed context ──────────────────────────────────────────────────────────────────────────
create table priv.context_key (
    only_row boolean primary key default true check (only_row),
    inner_pad bytea not null check (octet_length(inner_pad) = 64),
    outer_pad bytea not null check (octet_length(outer_pad) = 64)
);

-- ── people ──────────────────────────────────────────────────────────────────────────────────────
create table app.people (
    id uuid primary key,
    home_facility_id uuid,
    email text not null check (email = lower(email) and length(email) between 3 and 254),
    name text not null check (length(name) between 1 and 120),
    roles text[] not null check (cardinality(roles) between 1 and 6 and roles <@ array[
        'facility_uploader','facility_admin','provider','coder','reviewer','qa_lead','team_lead',
        'account_manager','auditor','operator']),
    team text not null default '' check (length(team) <= 60),
    time_zone text not null default 'UTC',
    country text check (country ~ '^[A-Z]{2}$'),
    attested_until date,
    active boolean not null default true,
    paused boolean not null default false,
    wip_limit integer not null default 3 check (wip_limit between 1 and 50),
    created_at timestamptz not null,
    version integer not null default 1
);
create unique index people_email on app.people (email);
create index people_home on app.people (home_facility_id) where home_facility_id is not null;

create table app.passwords (
    person_id uuid primary key references app.people (id),
    hash text not null,
    changed_at timestamptz not null
);

create table app.sessions (
    id uuid primary key,
    person_id uuid not null references app.people (id),
    token_hash bytea not null unique,
    created_at timestamptz not null,
    last_seen_at timestamptz not null,
    expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text,
    user_agent text not null default '' check (length(user_agent) <= 200)
);
create index sessions_person on app.sessions (person_id) where ended_at is null;

create table app.tickets (
    id uuid primary key,
    person_id uuid not null references app.people (id),
    purpose text not null check (purpose in ('invitation', 'reset')),
    token_hash bytea unique,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    used_at timestamptz
);

create table app.api_keys (
    id uuid primary key,
    home_facility_id uuid not null,
    name text not null check (length(name) between 1 and 80),
    prefix text not null unique check (length(prefix) = 12),
    secret_hash bytea not null,
    created_by uuid not null,
    created_at timestamptz not null,
    expires_at timestamptz not null,
    revoked_at timestamptz,
    last_used_at timestamptz
);
create index api_keys_home on app.api_keys (home_facility_id);

create table app.person_skills (
    person_id uuid not null references app.people (id),
    skill text not null check (skill ~ '^[a-z0-9_]{2,40}$'),
    primary key (person_id, skill)
);
create table app.person_credentials (
    person_id uuid not null references app.people (id),
    credential text not null check (credential ~ '^[A-Z0-9-]{2,20}$'),
    expires_on date,
    primary key (person_id, credential)
);
create table app.shifts (
    person_id uuid not null references app.people (id),
    weekday integer not null check (weekday between 0 and 6),
    from_minute integer not null check (from_minute between 0 and 1439),
    to_minute integer not null check (to_minute > from_minute and to_minute <= 2879),
    primary key (person_id, weekday, from_minute)
);
create table app.leave_days (
    id uuid primary key,
    person_id uuid not null references app.people (id),
    first_day date not null,
    last_day date not null check (last_day >= first_day and last_day - first_day <= 366)
);
create index leave_person on app.leave_days (person_id, last_day);

-- ── facilities ──────────────────────────────────────────────────────────────────────────────────
create table app.facilities (
    id uuid primary key,
    name text not null check (length(name) between 1 and 120),
    code text not null unique check (code ~ '^[A-Z0-9]{2,12}$'),
    time_zone text not null,
    week jsonb not null,
    weight integer not null default 1 check (weight between 1 and 100),
    active boolean not null default true,
    created_at timestamptz not null,
    version integer not null default 1
);
create table app.facility_holidays (
    facility_id uuid not null references app.facilities (id),
    day date not null,
    primary key (facility_id, day)
);
create table app.facility_keys (
    facility_id uuid not null references app.facilities (id),
    key_version integer not null,
    wrapped bytea,
    created_at timestamptz not null,
    destroyed_at timestamptz,
    primary key (facility_id, key_version),
    check ((wrapped is null) = (destroyed_at is not null))
);
create table app.allow_list (
    facility_id uuid not null references app.facilities (id),
    person_id uuid not null references app.people (id),
    added_by uuid,
    added_at timestamptz not null,
    primary key (facility_id, person_id)
);
create index allow_list_person on app.allow_list (person_id);

create table app.queues (
    facility_id uuid not null references app.facilities (id),
    id uuid not null,
    name text not null check (length(name) between 1 and 80),
    work_type text not null check (work_type in ('pro_fee_em','ed_facility','ed_pro_fee','outpatient',
        'ambulatory_surgery','observation','inpatient','risk_adjustment','radiology','pathology',
        'anaesthesia')),
    required_skills text[] not null default '{}' check (cardinality(required_skills) <= 20),
    required_credentials text[] not null default '{}' check (cardinality(required_credentials) <= 10),
    onshore_only boolean not null default false,
    allowed_countries text[] not null default '{}' check (cardinality(allowed_countries) <= 60),
    turnaround_minutes integer not null check (turnaround_minutes between 15 and 129600),
    priority integer not null default 5 check (priority between 1 and 9),
    unit_price_cents bigint not null default 0 check (unit_price_cents between 0 and 10000000),
    sampling_percent integer not null default 10 check (sampling_percent between 0 and 100),
    accuracy_target_percent integer not null default 95
        check (accuracy_target_percent between 50 and 100),
    expected_seconds integer not null check (expected_seconds between 10 and 86400),
    active boolean not null default true,
    created_at timestamptz not null,
    version integer not null default 1,
    primary key (facility_id, id),
    unique (facility_id, name)
);

-- ── charts: metadata that every plane may see; no patient data ───────────────────────────────────
create table app.charts (
    facility_id uuid not null,
    id uuid not null,
    queue_id uuid not null,
    state text not null check (state in ('received','ready','assigned','in_progress','on_hold',
        'query_open','coded','in_review','findings_open','final','returned','acknowledged',
        'intake_exception','duplicate','rejected_to_facility','voided')),
    version integer not null default 1,
    round integer not null default 0,
    waiting_for text check (waiting_for in ('coding','review','arbitration')),
    priority integer not null check (priority between 1 and 9),
    expected_seconds integer not null,
    document_count integer not null default 0,
    coding_version integer not null default 0,
    return_version integer not null default 0,
    received_at timestamptz not null,
    ready_at timestamptz,
    due_at timestamptz,
    paused_at timestamptz,
    paused_seconds bigint not null default 0,
    coded_at timestamptz,
    returned_at timestamptz,
    coder_id uuid,
    reviewer_id uuid,
    sticky_person_id uuid,
    sticky_until timestamptz,
    duplicate_of uuid,
    received_by uuid not null,
    primary key (facility_id, id),
    foreign key (facility_id, queue_id) references app.queues (facility_id, id),
    foreign key (facility_id, duplicate_of) references app.charts (facility_id, id),
    check (waiting_for is null or state in ('ready','findings_open','in_review'))
);
-- A lane: the waiting charts of one queue for one kind of work, most urgent first.
create index charts_lane on app.charts (facility_id, queue_id, waiting_for, priority, due_at, id)
    where waiting_for is not null;
create index charts_by_state on app.charts (facility_id, state, received_at, id);
create index charts_by_age on app.charts (facility_id, received_at, id);
create index charts_sticky on app.charts (facility_id, sticky_person_id)
    where sticky_person_id is not null and waiting_for is not null;

create table app.chart_events (
    facility_id uuid not null,
    chart_id uuid not null,
    seq integer not null,
    at timestamptz not null,
    action text not null,
    from_state text not null,
    to_state text not null,
    actor_kind text not null check (actor_kind in ('facility','coder','reviewer','lead','system')),
    actor_id uuid,
    reason text check (length(reason) <= 200),
    primary key (facility_id, chart_id, seq),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index chart_events_at on app.chart_events (facility_id, at);

create table app.exclusions (
    facility_id uuid not null,
    chart_id uuid not null,
    person_id uuid not null,
    reason text not null check (length(reason) <= 60),
    at timestamptz not null,
    primary key (facility_id, chart_id, person_id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);

create table app.assignments (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    queue_id uuid not null,
    kind text not null check (kind in ('coding','review','arbitration')),
    person_id uuid not null,
    state text not null check (state in ('offered','active','submitted','released','expired','revoked')),
    epoch integer not null,
    expected_seconds integer not null,
    offered_at timestamptz not null,
    started_at timestamptz,
    last_seen_at timestamptz,
    lease_expires_at timestamptz not null,
    ended_at timestamptz,
    end_reason text check (length(end_reason) <= 60),
    active_seconds integer not null default 0,
    explanation jsonb not null default '{}',
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
-- The database itself refuses a second live lease for one chart and kind.
create unique index assignments_live on app.assignments (facility_id, chart_id, kind)
    where state in ('offered', 'active');
create index assignments_of_person on app.assignments (person_id, facility_id)
    where state in ('offered', 'active');
create index assignments_expiry on app.assignments (facility_id, lease_expires_at)
    where state in ('offered', 'active');
create index assignments_of_chart on app.assignments (facility_id, chart_id, offered_at);
create index assignments_ended on app.assignments (facility_id, ended_at) where ended_at is not null;

create table app.holds (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    reason text not null,
    owner text not null check (owner in ('facility','provider','vendor')),
    stops_clock boolean not null,
    opened_at timestamptz not null,
    opened_by uuid not null,
    closed_at timestamptz,
    closed_by uuid,
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index holds_open on app.holds (facility_id, chart_id) where closed_at is null;

create table app.reviews (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    queue_id uuid not null,
    coding_version integer not null,
    coder_id uuid not null,
    reviewer_id uuid,
    drawn_at timestamptz not null,
    drawn_because text not null check (drawn_because in ('routine','ramp','requested','revised')),
    decided_at timestamptz,
    outcome text check (outcome in ('accepted','fixed_and_accepted','sent_back')),
    correct_lines integer,
    reviewer_lines integer,
    coder_lines integer,
    error_count integer,
    finding_count integer,
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id),
    check ((decided_at is null) = (outcome is null))
);
create unique index reviews_open on app.reviews (facility_id, chart_id) where decided_at is null;
create index reviews_decided on app.reviews (facility_id, decided_at) where decided_at is not null;
create index reviews_of_coder on app.reviews (facility_id, coder_id, queue_id, decided_at);

-- Which positions of a coder's block are drawn; the seed stays, so that the draw can be proven.
create table app.sampling_blocks (
    facility_id uuid not null,
    queue_id uuid not null,
    coder_id uuid not null,
    block integer not null,
    rate_percent integer not null check (rate_percent between 0 and 100),
    block_size integer not null check (block_size between 1 and 100),
    next_position integer not null default 0,
    seed bytea not null check (octet_length(seed) = 32),
    opened_at timestamptz not null,
    primary key (facility_id, queue_id, coder_id, block),
    foreign key (facility_id, queue_id) references app.queues (facility_id, id)
);
create table app.sampling_draws (
    facility_id uuid not null,
    chart_id uuid not null,
    coding_version integer not null,
    queue_id uuid not null,
    coder_id uuid not null,
    block integer,
    position integer,
    rate_percent integer not null,
    reason text not null check (reason in ('routine','ramp')),
    drawn boolean not null,
    at timestamptz not null,
    primary key (facility_id, chart_id, coding_version),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);

create table app.returns (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    version integer not null,
    coding_version integer not null,
    line_count integer not null,
    on_time boolean not null,
    made_at timestamptz not null,
    acknowledged_at timestamptz,
    acknowledged_by uuid,
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create unique index returns_version on app.returns (facility_id, chart_id, version);
create index returns_by_time on app.returns (facility_id, made_at, id);

-- ── patient data: sealed, on the facility and desk planes only ───────────────────────────────────
create table app.encounters (
    facility_id uuid not null,
    chart_id uuid not null,
    identity_sealed bytea not null,
    account_hash bytea not null,
    mrn_hash bytea not null,
    service_date date not null,
    discharge_date date check (discharge_date >= service_date),
    primary key (facility_id, chart_id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index encounters_account on app.encounters (facility_id, account_hash, service_date);
create index encounters_mrn on app.encounters (facility_id, mrn_hash);

create table app.documents (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    position integer not null,
    name_sealed bytea not null,
    media_type text not null check (media_type in ('text/plain')),
    size_bytes bigint not null check (size_bytes > 0),
    content_hash bytea not null,
    received_at timestamptz not null,
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index documents_chart on app.documents (facility_id, chart_id, position);
create index documents_content on app.documents (facility_id, content_hash);

create table app.codings (
    facility_id uuid not null,
    chart_id uuid not null,
    version integer not null,
    author_id uuid not null,
    author_kind text not null check (author_kind in ('coder','reviewer')),
    submitted_at timestamptz not null,
    active_seconds integer not null default 0,
    dismissals_sealed bytea,
    primary key (facility_id, chart_id, version),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create table app.coding_lines (
    facility_id uuid not null,
    chart_id uuid not null,
    version integer not null,
    position integer not null,
    role text not null check (role in ('admitting','principal','secondary','procedure')),
    system text not null check (system in ('icd10cm','icd10pcs','cpt','hcpcs')),
    code text not null check (length(code) between 3 and 8),
    modifiers text[] not null default '{}',
    units integer not null default 1,
    poa text check (poa in ('Y','N','U','W','1')),
    pointers integer[] not null default '{}',
    evidence_document_id uuid,
    evidence_start integer,
    evidence_end integer,
    primary key (facility_id, chart_id, version, position),
    foreign key (facility_id, chart_id, version)
        references app.codings (facility_id, chart_id, version)
);
create table app.drafts (
    facility_id uuid not null,
    chart_id uuid not null,
    kind text not null check (kind in ('coding','review','arbitration')),
    revision integer not null,
    sealed bytea not null,
    author_id uuid not null,
    epoch integer not null,
    saved_at timestamptz not null,
    primary key (facility_id, chart_id, kind),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create table app.findings (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    review_id uuid not null,
    position integer not null,
    category text not null,
    severity text not null check (severity in ('critical','major','minor')),
    system text check (system in ('icd10cm','icd10pcs','cpt','hcpcs')),
    coder_code text,
    reviewer_code text,
    rationale_sealed bytea,
    primary key (facility_id, id),
    foreign key (facility_id, review_id) references app.reviews (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index findings_review on app.findings (facility_id, review_id, position);
create table app.notes (
    facility_id uuid not null,
    id uuid not null,
    chart_id uuid not null,
    about text not null check (about in ('chart','hold','review','return','coding')),
    author_id uuid not null,
    at timestamptz not null,
    sealed bytea not null,
    primary key (facility_id, id),
    foreign key (facility_id, chart_id) references app.charts (facility_id, id)
);
create index notes_chart on app.notes (facility_id, chart_id, at);
create table app.return_packages (
    facility_id uuid not null,
    return_id uuid not null,
    sealed bytea not null,
    sha256 bytea not null,
    primary key (facility_id, return_id),
    foreign key (facility_id, return_id) references app.returns (facility_id, id)
);

-- ── running things ──────────────────────────────────────────────────────────────────────────────
create table app.jobs (
    id uuid primary key,
    for_facility_id uuid,
    kind text not null check (kind ~ '^[a-z_.]{3,60}$'),
    args jsonb not null,
    state text not null default 'ready' check (state in ('ready','running','done','dead')),
    priority integer not null default 5,
    run_at timestamptz not null,
    attempt integer not null default 0,
    max_attempts integer not null default 10,
    locked_until timestamptz,
    unique_key text,
    errors jsonb not null default '[]',
    created_at timestamptz not null,
    finished_at timestamptz
);
create index jobs_due on app.jobs (priority, run_at, id) where state = 'ready';
create index jobs_running on app.jobs (locked_until) where state = 'running';
create unique index jobs_unique on app.jobs (unique_key) where state = 'ready';

create table app.leaders (
    name text primary key,
    holder uuid not null,
    epoch bigint not null,
    expires_at timestamptz not null
);

create table app.idempotency_keys (
    principal_id uuid not null,
    key text not null check (length(key) between 8 and 100),
    route text not null,
    fingerprint bytea not null,
    status integer not null,
    answer jsonb not null,
    at timestamptz not null,
    primary key (principal_id, key)
);

-- ── the audit trail: one chain for each facility, one (nil) for the installation ─────────────────
create table audit.heads (
    facility_id uuid primary key,
    seq bigint not null,
    hash bytea not null
);
create table audit.events (
    facility_id uuid not null,
    seq bigint not null,
    at timestamptz not null,
    actor_id uuid,
    plane text not null,
    action text not null,
    object_kind text not null,
    object_id uuid,
    detail text not null,
    previous bytea not null,
    hash bytea not null,
    primary key (facility_id, seq)
);
