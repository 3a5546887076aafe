drop table app.revisions;
drop index app.charts_lane;
create index charts_lane on app.charts (facility_id, queue_id, waiting_for, priority, due_at, id)
    where waiting_for is not null;
