-- Which lanes are open to a person is decided by `rules::eligibility` and remembered by the servers;
-- these triggers count whatever that was decided from, so that nothing remembered outlives a change.

create or replace function app.count_revision() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    -- The person whose row it is; nil for what concerns everybody.
    of_whom uuid := case when tg_nargs = 0 then '00000000-0000-0000-0000-000000000000'
        else (to_jsonb(coalesce(new, old)) ->> tg_argv[0])::uuid end;
begin
    insert into app.revisions values (of_whom, 1)
        on conflict (subject) do update set revision = revisions.revision + 1;
    return null;
end $$;

create or replace trigger count_revision after update on app.people
    for each row execute function app.count_revision('id');
create or replace trigger count_revision after insert or update or delete on app.person_skills
    for each row execute function app.count_revision('person_id');
create or replace trigger count_revision after insert or update or delete on app.person_credentials
    for each row execute function app.count_revision('person_id');
create or replace trigger count_revision after insert or update or delete on app.shifts
    for each row execute function app.count_revision('person_id');
create or replace trigger count_revision after insert or update or delete on app.leave_days
    for each row execute function app.count_revision('person_id');
create or replace trigger count_revision after insert or update or delete on app.allow_list
    for each row execute function app.count_revision('person_id');
-- For each row: a statement that changes no queue, such as a look whether one is to be widened, counts
-- nothing.
create or replace trigger count_revision after insert or update or delete on app.queues
    for each row execute function app.count_revision();
create or replace trigger count_revision after update on app.facilities
    for each row execute function app.count_revision();

revoke all on function app.count_revision() from public;
