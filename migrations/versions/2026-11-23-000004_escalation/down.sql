drop index app.charts_widening;
drop index app.charts_due;
alter table app.charts drop column widens, drop column escalated;
alter table app.queues drop column widened_at, drop column escalation, drop column preferred_skills;
