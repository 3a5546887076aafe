-- How long coding takes here, learned from what it took.

-- Length is metadata, like the number of documents: a scheduler may know that a chart is long.
alter table app.charts
    add column length_bucket text not null default 'any'
        check (length_bucket in ('any','short','medium','long','very_long')),
    -- What productivity is measured by: the queue's own standard, which no coder can move by being slow.
    -- None in charts from before; there it is what was expected.
    add column standard_seconds integer check (standard_seconds between 10 and 86400);

create table app.expectations (
    facility_id uuid not null,
    queue_id uuid not null,
    length_bucket text not null check (length_bucket in ('any','short','medium','long','very_long')),
    -- The queue's default that it was shrunk towards; another default makes it void.
    default_seconds integer not null,
    expected_seconds integer not null check (expected_seconds between 10 and 86400),
    observations integer not null check (observations >= 0),
    learned_at timestamptz not null,
    primary key (facility_id, queue_id, length_bucket),
    foreign key (facility_id, queue_id) references app.queues (facility_id, id)
);

create table app.person_speeds (
    person_id uuid primary key references app.people (id),
    percent integer not null check (percent between 50 and 200),
    observations integer not null check (observations >= 0),
    learned_at timestamptz not null
);
-- Set by a lead; none is what was learned.
alter table app.people add column speed_percent integer check (speed_percent between 50 and 200);
