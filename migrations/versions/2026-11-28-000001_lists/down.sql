drop table app.code_revision;
drop table app.code_lists;
