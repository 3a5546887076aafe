-- What a facility asks of its coders, version by version, and who has read it; whether a queue shows a
-- patient's earlier codings.

create table app.guidelines (
    facility_id uuid not null,
    id uuid not null,
    -- None: for every queue of the facility.
    queue_id uuid,
    version integer not null check (version >= 1),
    text text not null check (length(text) <= 40000),
    written_by uuid not null,
    written_at timestamptz not null,
    primary key (facility_id, id),
    foreign key (facility_id, queue_id) references app.queues (facility_id, id)
);
create unique index guidelines_version on app.guidelines (facility_id, queue_id, version)
    nulls not distinct;

create table app.guideline_reads (
    facility_id uuid not null,
    guideline_id uuid not null,
    person_id uuid not null,
    at timestamptz not null,
    primary key (facility_id, guideline_id, person_id),
    foreign key (facility_id, guideline_id) references app.guidelines (facility_id, id)
);

alter table app.queues add column shows_history boolean not null default false;
