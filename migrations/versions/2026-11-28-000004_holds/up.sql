-- Holds that end by themselves and name the document they are about; documents that come later or belong to
-- somebody else; skips that say which skill was missing.

alter table app.holds
    add column release_on date,
    add column awaits text check (awaits in ('any','operative_report','pathology','imaging',
        'discharge_summary','history_and_physical','progress_note')),
    add column document_id uuid,
    add column page integer check (page between 1 and 10000),
    add column end_reason text check (end_reason in ('answered','date','document')),
    add constraint holds_reason_form check (reason ~ '^[a-z_]{3,40}$'),
    add constraint holds_document foreign key (facility_id, document_id)
        references app.documents (facility_id, id);
create index holds_by_owner on app.holds (facility_id, owner, opened_at) where closed_at is null;
create index holds_by_opener on app.holds (facility_id, opened_by, opened_at) where closed_at is null;

alter table app.documents
    add column kind text check (kind in ('operative_report','pathology','imaging','discharge_summary',
        'history_and_physical','progress_note')),
    -- Since when nobody at the desk reads it: a coder marked it as another patient's.
    add column quarantined_at timestamptz,
    add column quarantined_by uuid;

alter table app.exclusions add column skill text check (skill ~ '^[A-Za-z0-9_-]{2,40}$');
create index exclusions_at on app.exclusions (facility_id, at);

-- What is written about a hold that the coding company settles is not for the facility.
alter table app.notes drop constraint notes_about_check;
alter table app.notes
    add constraint notes_about_check
        check (about in ('chart','hold','advice','query','review','return','coding')),
    add column hold_id uuid,
    add constraint notes_hold foreign key (facility_id, hold_id) references app.holds (facility_id, id);
