-- Row security, enabled and forced. Dropped and made again on every migrate.
-- `work` tables: metadata; facility, desk and ops see the facilities of their scope.
-- `clinical` tables: patient data; the facility sees its own, the desk sees charts it holds a lease on,
-- ops has no policy and no grant.

do $$
declare
    t text;
    p record;
    work constant text[] := array['queues','charts','chart_events','exclusions','assignments','holds',
        'reviews','returns','facility_holidays','facility_keys','allow_list','sampling_blocks',
        'sampling_draws','expectations','queries','query_links','query_settings','query_templates',
        'guidelines','guideline_reads','own_rules','own_rule_versions','own_rule_switches',
        'own_rule_trials'];
    clinical constant text[] := array['encounters','documents','codings','coding_lines','drafts',
        'findings','notes','query_texts','query_effects','query_drafts'];
begin
    for p in select schemaname, tablename, policyname from pg_policies
        where schemaname in ('app', 'audit', 'priv') loop
        execute format('drop policy %I on %I.%I', p.policyname, p.schemaname, p.tablename);
    end loop;

    foreach t in array work || clinical || array['return_packages','facilities','people','api_keys',
        'jobs','idempotency_keys','usual_codes'] loop
        execute format('alter table app.%I enable row level security', t);
        execute format('alter table app.%I force row level security', t);
    end loop;

    foreach t in array work loop
        execute format('create policy facility on app.%I to chartrelay_facility '
            'using (facility_id = (select app.scope_facility())) '
            'with check (facility_id = (select app.scope_facility()))', t);
        execute format('create policy vendor on app.%I to chartrelay_desk, chartrelay_ops '
            'using (facility_id = any ((select app.scope_facilities())::uuid[])) '
            'with check (facility_id = any ((select app.scope_facilities())::uuid[]))', t);
    end loop;

    foreach t in array clinical loop
        execute format('create policy facility on app.%I to chartrelay_facility '
            'using (facility_id = (select app.scope_facility())) '
            'with check (facility_id = (select app.scope_facility()))', t);
        execute format('create policy holder on app.%I to chartrelay_desk '
            'using (facility_id = any ((select app.scope_facilities())::uuid[]) '
            'and chart_id = any ((select app.scope_charts())::uuid[])) '
            'with check (facility_id = any ((select app.scope_facilities())::uuid[]) '
            'and chart_id = any ((select app.scope_charts())::uuid[]))', t);
    end loop;
end $$;

-- A document that a coder marked as another patient's is the facility's to settle; no one at the desk reads on.
drop policy holder on app.documents;
create policy holder on app.documents to chartrelay_desk
    using (facility_id = any ((select app.scope_facilities())::uuid[])
        and chart_id = any ((select app.scope_charts())::uuid[]) and quarantined_at is null)
    with check (facility_id = any ((select app.scope_facilities())::uuid[])
        and chart_id = any ((select app.scope_charts())::uuid[]));
-- Leads answer what the coding company has to settle, and read none of what is written about it.
create policy led on app.notes for insert to chartrelay_desk
    with check (facility_id = any ((select app.scope_facilities())::uuid[])
        and about in ('hold', 'advice') and author_id = (select app.scope_person())
        and chart_id = any ((select app.scope_led_charts())::uuid[]));

create policy facility on app.return_packages to chartrelay_facility
    using (facility_id = (select app.scope_facility()))
    with check (facility_id = (select app.scope_facility()));

-- Counted by the facility's own job; the desk only reads, and only of facilities that allow-list the person.
create policy facility on app.usual_codes to chartrelay_facility
    using (facility_id = (select app.scope_facility()))
    with check (facility_id = (select app.scope_facility()));
create policy vendor on app.usual_codes for select to chartrelay_desk
    using (facility_id = any ((select app.scope_facilities())::uuid[]));

-- The tenant root itself.
create policy facility on app.facilities to chartrelay_facility
    using (id = (select app.scope_facility()));
create policy vendor on app.facilities to chartrelay_desk, chartrelay_ops
    using (id = any ((select app.scope_facilities())::uuid[]));
-- A new facility is not in the scope before it exists; only an `all` scope may make one.
create policy create_facility on app.facilities for insert to chartrelay_ops
    with check ((select (app.context())[1]) = 'all');
create policy create_key on app.facility_keys for insert to chartrelay_ops
    with check ((select (app.context())[1]) = 'all');

-- People: the auth plane signs them in; a facility manages its own; the vendor's planes see the vendor's.
create policy auth on app.people to chartrelay_auth using (true) with check (true);
create policy facility on app.people to chartrelay_facility
    using (home_facility_id = (select app.scope_facility()))
    with check (home_facility_id = (select app.scope_facility()));
create policy vendor on app.people to chartrelay_desk, chartrelay_ops
    using (home_facility_id is null) with check (home_facility_id is null);
create policy operator_invites on app.people for insert to chartrelay_ops
    with check (home_facility_id = any ((select app.scope_facilities())::uuid[]));
create policy jobs on app.people for select to chartrelay_jobs using (true);

-- Whose link it is, asked before anybody is known: within the facility that it names, by the token's hash.
create policy auth on app.query_links for select to chartrelay_auth
    using (facility_id = (select app.scope_facility()));
-- `app.providers` names a facility's providers to whoever asks them.
create policy providers on app.people for select to chartrelay_owner
    using ('provider' = any (roles));

create policy auth on app.api_keys to chartrelay_auth using (true) with check (true);
create policy facility on app.api_keys to chartrelay_facility
    using (home_facility_id = (select app.scope_facility()))
    with check (home_facility_id = (select app.scope_facility()));

-- Anyone may promise work within the scope; only the jobs plane sees and does it.
-- Two kinds concern nobody's data: "look again", and "somebody should plan".
create policy enqueue_facility on app.jobs for insert to chartrelay_facility
    with check (for_facility_id = (select app.scope_facility())
        or (for_facility_id is null and kind in ('web.tell', 'work.waiting')));
create policy enqueue_vendor on app.jobs for insert to chartrelay_desk, chartrelay_ops
    with check (for_facility_id is null
        or for_facility_id = any ((select app.scope_facilities())::uuid[]));
create policy enqueue_auth on app.jobs for insert to chartrelay_auth with check (true);
create policy run on app.jobs to chartrelay_jobs using (true) with check (true);
create policy watch on app.jobs for select to chartrelay_ops
    using ((select (app.context())[1]) = 'all');

create policy own on app.idempotency_keys to chartrelay_facility, chartrelay_desk, chartrelay_ops
    using (principal_id = (select app.scope_person()))
    with check (principal_id = (select app.scope_person()));
create policy sweep on app.idempotency_keys to chartrelay_jobs using (true);

-- The owner's own functions read these under forced row security; the owner cannot log in.
create policy owner on app.allow_list for select to chartrelay_owner using (true);
create policy owner on app.facilities for select to chartrelay_owner using (true);
create policy owner on app.assignments for select to chartrelay_owner using (true);
create policy owner on app.holds for select to chartrelay_owner using (true);
-- What `app.patient_history` reads.
do $$
declare
    t text;
begin
    foreach t in array array['queues','returns','coding_lines'] loop
        execute format('create policy history on app.%I for select to chartrelay_owner '
            'using (facility_id = any ((select app.scope_facilities())::uuid[]))', t);
    end loop;
end $$;
create policy owner on app.encounters for select to chartrelay_owner
    using (facility_id = any ((select app.scope_facilities())::uuid[]));
create policy owner on app.documents to chartrelay_owner
    using (facility_id = any ((select app.scope_facilities())::uuid[])
        and chart_id = any ((select app.scope_charts())::uuid[]));
-- `app.take_next` asks the signed scope once and writes down what it reaches; nobody else acts as the owner.
do $$
declare
    t text;
begin
    foreach t in array array['charts','assignments','chart_events','exclusions'] loop
        execute format('create policy reach on app.%I to chartrelay_owner '
            'using (facility_id = any ((select current_setting(''app.reach'', true))::uuid[])) '
            'with check (facility_id = any ((select current_setting(''app.reach'', true))::uuid[]))', t);
    end loop;
end $$;
create policy reach on app.people to chartrelay_owner using (home_facility_id is null);
create policy reach on app.idempotency_keys to chartrelay_owner
    using (principal_id = (select app.scope_person()))
    with check (principal_id = (select app.scope_person()));

alter table audit.heads enable row level security;
alter table audit.heads force row level security;
alter table audit.events enable row level security;
alter table audit.events force row level security;
create policy owner on audit.heads to chartrelay_owner using (true) with check (true);
create policy owner on audit.events to chartrelay_owner using (true) with check (true);
create policy facility on audit.events for select to chartrelay_facility
    using (facility_id = (select app.scope_facility()));
create policy vendor on audit.events for select to chartrelay_ops
    using (facility_id = any ((select app.scope_facilities())::uuid[])
        or (facility_id = '00000000-0000-0000-0000-000000000000'
            and (select (app.context())[1]) = 'all'));
