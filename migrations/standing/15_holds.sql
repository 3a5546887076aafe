-- What a hold or a skip does beyond the row at hand. The functions act as the owner, within the signed scope
-- of whoever calls them.

-- The charts that a lead may write a word about and read nothing of: those with an open hold, at the
-- facilities that allow-list the lead.
create or replace function app.scope_led_charts() returns uuid[]
language plpgsql stable parallel restricted security definer
set search_path = pg_catalog, pg_temp as $$
declare
    c text[] := app.context();
begin
    if c is null or c[3] is null or not exists (select from app.people p where p.id = c[3]::uuid
            and p.active and p.roles && array['team_lead', 'qa_lead']) then
        return null;
    end if;
    return (select array_agg(distinct h.chart_id) from app.holds h
        where h.closed_at is null and h.facility_id = any (app.scope_facilities()));
end $$;

-- A coder who holds the chart marks one of its documents as another patient's. From now on the desk's policy
-- does not show it, which is why the desk itself could not write this down.
create or replace function app.quarantine_document(
    p_facility uuid, p_chart uuid, p_document uuid, p_at timestamptz)
returns boolean
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
begin
    if not (p_facility = any (coalesce(app.scope_facilities(), '{}'))
            and p_chart = any (coalesce(app.scope_charts(), '{}'))) then
        raise exception 'document outside the scope' using errcode = '42501';
    end if;
    update app.documents d set quarantined_at = p_at, quarantined_by = app.scope_person()
        where d.facility_id = p_facility and d.chart_id = p_chart and d.id = p_document
            and d.quarantined_at is null;
    return found;
end $$;

-- A coder who knows a patient gets none of that patient's open charts any more. Which and how many those are
-- is not told: the function answers nothing.
create or replace function app.exclude_from_patient(
    p_facility uuid, p_chart uuid, p_reason text, p_at timestamptz)
returns void
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
    reach uuid[] := coalesce(app.scope_facilities(), '{}');
begin
    if not (p_facility = any (reach) and p_chart = any (coalesce(app.scope_charts(), '{}'))) then
        raise exception 'chart outside the scope' using errcode = '42501';
    end if;
    perform set_config('app.reach', reach::text, true);
    insert into app.exclusions (facility_id, chart_id, person_id, reason, at)
        select other.facility_id, other.chart_id, app.scope_person(), p_reason, p_at
        from app.encounters this
        join app.encounters other
            on other.facility_id = this.facility_id and other.mrn_hash = this.mrn_hash
        join app.charts c on c.facility_id = other.facility_id and c.id = other.chart_id
        where this.facility_id = p_facility and this.chart_id = p_chart
            and c.state not in ('final', 'returned', 'acknowledged', 'rejected_to_facility', 'voided')
        on conflict do nothing;
end $$;

revoke all on function app.scope_led_charts, app.quarantine_document, app.exclude_from_patient from public;
grant execute on function app.scope_led_charts, app.quarantine_document, app.exclude_from_patient
    to chartrelay_desk;
