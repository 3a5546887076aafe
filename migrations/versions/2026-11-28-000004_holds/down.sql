alter table app.notes drop column hold_id;
alter table app.notes drop constraint notes_about_check;
alter table app.notes add constraint notes_about_check
    check (about in ('chart','hold','review','return','coding')) not valid;
drop index app.exclusions_at;
alter table app.exclusions drop column skill;
alter table app.documents drop column kind, drop column quarantined_at, drop column quarantined_by;
drop index app.holds_by_opener;
drop index app.holds_by_owner;
alter table app.holds
    drop constraint holds_reason_form, drop column release_on, drop column awaits, drop column document_id,
    drop column page, drop column end_reason;
