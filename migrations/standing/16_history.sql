-- What was returned of the same patient before, for whoever holds one of their charts: the same facility, the
-- same number, charts that went back, their lines and dates. It asks the lease and the queue's terms itself.

create or replace function app.patient_history(p_facility uuid, p_chart uuid)
returns table (chart_id uuid, work_type text, service_date date, discharge_date date,
    returned_at timestamptz, role text, system text, code text, modifiers text[], "position" integer)
language plpgsql volatile security definer
set search_path = pg_catalog, pg_temp as $$
declare
    charts_max constant integer := 20;
    reach uuid[] := coalesce(app.scope_facilities(), '{}');
begin
    if not (p_facility = any (reach) and p_chart = any (coalesce(app.scope_charts(), '{}'))) then
        raise exception 'chart outside the scope' using errcode = '42501';
    end if;
    perform set_config('app.reach', reach::text, true);
    if not exists (select from app.charts c
            join app.queues q on q.facility_id = c.facility_id and q.id = c.queue_id
            where c.facility_id = p_facility and c.id = p_chart and q.shows_history) then
        return;
    end if;
    return query
        with earlier as (
            select c.id, c.queue_id, other.service_date, other.discharge_date, c.returned_at,
                (select r.coding_version from app.returns r where r.facility_id = c.facility_id
                    and r.chart_id = c.id order by r.version desc limit 1) as version
            from app.encounters this
            join app.encounters other on other.facility_id = this.facility_id
                and other.mrn_hash = this.mrn_hash and other.chart_id <> this.chart_id
            join app.charts c on c.facility_id = other.facility_id and c.id = other.chart_id
            where this.facility_id = p_facility and this.chart_id = p_chart
                and c.state in ('returned', 'acknowledged')
            order by other.service_date desc, c.id limit charts_max)
        select e.id, q.work_type, e.service_date, e.discharge_date, e.returned_at, l.role, l.system,
            l.code, l.modifiers, l."position"
        from earlier e
        join app.queues q on q.facility_id = p_facility and q.id = e.queue_id
        join app.coding_lines l on l.facility_id = p_facility and l.chart_id = e.id
            and l.version = e.version
        order by e.service_date desc, e.id, l."position";
end $$;

revoke all on function app.patient_history from public;
grant execute on function app.patient_history to chartrelay_desk;
