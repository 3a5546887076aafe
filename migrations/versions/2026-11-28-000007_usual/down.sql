drop index app.codings_by_time;
drop table app.usual_codes;
