drop index app.charts_overflowing;
update app.charts set escalated = array_remove(escalated, 'overflow_team');
alter table app.charts drop constraint charts_escalated_check, add constraint charts_escalated_check
    check (escalated <@ array['widen_skills','raise_priority','tell_lead','tell_client']);
alter table app.charts drop column overflows;
alter table app.queues drop column overflow_at;
alter table app.allow_list drop column overflow;
