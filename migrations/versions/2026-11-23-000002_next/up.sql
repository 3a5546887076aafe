-- Next in one call: lanes whose head needs no search, and a count of what eligibility was decided from.

-- A tier is what waits in a lane with one priority and one expected length. Within a tier the order of
-- deadlines is the order of urgency at every moment, so its head is found by one look into the index, and a
-- tier that is too long for somebody's shift is passed as a whole.
drop index app.charts_lane;
create index charts_lane on app.charts
    (facility_id, queue_id, waiting_for, priority, expected_seconds, due_at, ready_at, id)
    where waiting_for is not null;

-- Counts the changes of what decides which lanes are open to a person: the person's own, and (nil) those of
-- all queues. Written by triggers alone.
create table app.revisions (
    subject uuid primary key,
    revision bigint not null
);
