-- A facility's providers by name, for whoever may ask them: the vendor's planes see no other people of a
-- facility, and no address of anybody.
create or replace function app.providers(p_facility uuid)
returns table (id uuid, name text, active boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp as $$
    select p.id, p.name, p.active from app.people p
        where p.home_facility_id = p_facility and 'provider' = any (p.roles)
            and p_facility = any ((select app.scope_facilities())::uuid[])
        order by p.name, p.id limit 500
$$;
revoke all on function app.providers(uuid) from public;
grant execute on function app.providers(uuid) to chartrelay_facility, chartrelay_desk;
