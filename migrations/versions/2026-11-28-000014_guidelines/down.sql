alter table app.queues drop column shows_history;
drop table app.guideline_reads;
drop table app.guidelines;
