-- People who help a facility out only when its charts come near their deadlines.

alter table app.allow_list add column overflow boolean not null default false;

-- Open to them while a chart that has taken the step waits.
alter table app.queues add column overflow_at timestamptz;

alter table app.charts
    drop constraint charts_escalated_check,
    add constraint charts_escalated_check check (escalated <@ array[
        'widen_skills','raise_priority','overflow_team','tell_lead','tell_client']),
    add column overflows boolean not null default false;
create index charts_overflowing on app.charts (facility_id, queue_id)
    where overflows and waiting_for is not null;
