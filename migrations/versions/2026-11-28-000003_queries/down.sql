drop function if exists app.providers(uuid);
drop table app.query_templates;
drop table app.query_settings;
drop table app.query_links;
drop table app.query_drafts;
drop table app.query_effects;
drop table app.query_texts;
drop table app.queries;
