-- The signed context: `scope|facility|person.mac`, set once per transaction by `base::db`.
-- The mac covers the backend's pid, so that a context can be used only on the connection it was made
-- for, and injected SQL cannot make another: the pads are readable by the owner alone.

create or replace function app.context() returns text[]
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
declare
    ctx text := current_setting('app.ctx', true);
    i bytea;
    o bytea;
    cut int;
begin
    if ctx is null or ctx = '' then
        return null;
    end if;
    cut := position('.' in ctx);
    select inner_pad, outer_pad into strict i, o from priv.context_key;
    if sha256(o || sha256(i || convert_to(left(ctx, cut - 1) || '|' || pg_backend_pid(), 'UTF8')))
        is distinct from decode(substr(ctx, cut + 1), 'hex') then
        raise exception 'bad scope' using errcode = '42501';
    end if;
    return string_to_array(left(ctx, cut - 1), '|', '');
end $$;

-- The one facility of a facility scope; null otherwise.
create or replace function app.scope_facility() returns uuid
language sql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
    select case when c[1] = 'one' then c[2]::uuid end from (select app.context() as c) s
$$;

create or replace function app.scope_person() returns uuid
language sql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
    select c[3]::uuid from (select app.context() as c) s
$$;

-- Every facility of the scope: `one`, those that allow-list the person (`mine`), or `all`.
create or replace function app.scope_facilities() returns uuid[]
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
declare
    c text[] := app.context();
begin
    if c is null then
        return null;
    end if;
    case c[1]
        when 'one' then return array[c[2]::uuid];
        when 'mine' then return (
            select array_agg(l.facility_id)
            from app.allow_list l join app.facilities f on f.id = l.facility_id and f.active
            where l.person_id = c[3]::uuid);
        when 'all' then return (select array_agg(f.id) from app.facilities f);
        else return null;
    end case;
end $$;

-- The charts whose patient data the person may see on the desk: those with a live lease of theirs.
-- Access ends the instant the lease ends, because the lease itself is what is asked.
create or replace function app.scope_charts() returns uuid[]
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
declare
    c text[] := app.context();
begin
    if c is null or c[3] is null then
        return null;
    end if;
    return (select array_agg(a.chart_id) from app.assignments a
        where a.person_id = c[3]::uuid and a.state in ('offered', 'active'));
end $$;

-- The trail is written by this function alone. Tenant and actor come from the signed context, never from the caller.
create or replace function audit.append(
    p_facility uuid, p_action text, p_object_kind text, p_object_id uuid, p_detail text)
returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp as $$
declare
    nil constant uuid := '00000000-0000-0000-0000-000000000000';
    chain uuid := coalesce(p_facility, nil);
    who uuid := app.scope_person();
    allowed uuid[] := app.scope_facilities();
    t timestamptz := clock_timestamp();
    s bigint;
    before bytea;
    now_hash bytea;
begin
    if chain <> nil and not (chain = any (coalesce(allowed, '{}'))) then
        raise exception 'audit chain outside the scope' using errcode = '42501';
    end if;
    insert into audit.heads values (chain, 0, '\x00') on conflict do nothing;
    select h.seq + 1, h.hash into s, before from audit.heads h where h.facility_id = chain for update;
    now_hash := audit.link(before, chain, s, t, who, session_user::text,
        array[p_action, p_object_kind, p_object_id::text, p_detail]);
    insert into audit.events values (chain, s, t, who, session_user::text, p_action, p_object_kind,
        p_object_id, p_detail, before, now_hash);
    update audit.heads set seq = s, hash = now_hash where facility_id = chain;
    return s;
end $$;

-- One link: every field with its length before it, so that no two different events read alike.
create or replace function audit.link(
    p_before bytea, p_chain uuid, p_seq bigint, p_at timestamptz, p_actor uuid, p_plane text,
    p_rest text[])
returns bytea
language sql stable
set search_path = pg_catalog, pg_temp as $$
    select sha256(p_before || convert_to(string_agg(
        coalesce(length(field)::text || ':' || field, '-'), ',' order by place), 'UTF8'))
    from unnest(array[
        p_chain::text, p_seq::text, ((extract(epoch from p_at) * 1000000)::bigint)::text,
        p_actor::text, p_plane] || p_rest) with ordinality as fields (field, place)
$$;

-- The first broken link of a chain; null when the chain is whole.
create or replace function audit.first_broken(p_facility uuid) returns bigint
language plpgsql stable security definer
set search_path = pg_catalog, pg_temp as $$
declare
    nil constant uuid := '00000000-0000-0000-0000-000000000000';
    allowed uuid[] := app.scope_facilities();
    e record;
    before bytea := '\x00';
    expected bigint := 1;
    head record;
begin
    if p_facility <> nil and not (p_facility = any (coalesce(allowed, '{}'))) then
        raise exception 'audit chain outside the scope' using errcode = '42501';
    end if;
    for e in select * from audit.events where facility_id = p_facility order by seq loop
        if e.seq <> expected or e.previous <> before or e.hash <> audit.link(before, e.facility_id,
            e.seq, e.at, e.actor_id, e.plane,
            array[e.action, e.object_kind, e.object_id::text, e.detail]) then
            return expected;
        end if;
        before := e.hash;
        expected := expected + 1;
    end loop;
    select * into head from audit.heads where facility_id = p_facility;
    if found and (head.seq <> expected - 1 or head.hash <> before) then
        return expected;
    end if;
    return null;
end $$;

revoke all on all functions in schema app from public;
revoke all on all functions in schema audit from public;
grant execute on function app.context(), app.scope_facility(), app.scope_person(),
    app.scope_facilities(), app.scope_charts()
    to chartrelay_facility, chartrelay_desk, chartrelay_ops, chartrelay_auth, chartrelay_jobs;
grant execute on function audit.append(uuid, text, text, uuid, text)
    to chartrelay_facility, chartrelay_desk, chartrelay_ops, chartrelay_auth, chartrelay_jobs;
grant execute on function audit.first_broken(uuid) to chartrelay_facility, chartrelay_ops;
