alter table app.people drop column speed_percent;
drop table app.person_speeds;
drop table app.expectations;
alter table app.charts drop column standard_seconds, drop column length_bucket;
