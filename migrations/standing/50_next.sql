-- Next: gives a person their next piece of work, in one statement that is a transaction of its own.
--
-- What is decided in Rust comes in with the call: the lanes open to the person (`rules::eligibility`), the
-- revisions they were decided from, and the moves that begin work (`rules::lifecycle`). Decided here is only
-- what must be looked at under a lock: what the person holds, and which chart is first.
--
-- It runs as the owner, who is bound by row security like everyone: the signed scope is asked once, and its
-- facilities are the reach (`app.reach`) that the owner's policies let this function see and write.

-- The heads of the tiers of some lanes (see `charts_lane`), found by skipping from tier to tier in the index:
-- the price follows how many tiers have something waiting, never how much waits.
create or replace function app.tier_heads(p_facilities uuid[], p_queues uuid[], p_kinds text[])
returns table (facility uuid, queue uuid, kind text, priority integer, expected integer,
    due_at timestamptz, ready_at timestamptz, id uuid)
language sql stable security invoker as $$
    with recursive tiers as (
        select l.facility, l.queue, l.kind, 0 as priority, 0 as expected, null::timestamptz as due_at,
            null::timestamptz as ready_at, null::uuid as id
        from unnest(p_facilities, p_queues, p_kinds) as l (facility, queue, kind)
        union all
        select t.facility, t.queue, t.kind, head.*
        from tiers t, lateral (
            select c.priority, c.expected_seconds, c.due_at, c.ready_at, c.id from app.charts c
            where c.facility_id = t.facility and c.queue_id = t.queue and c.waiting_for = t.kind
                and (c.priority, c.expected_seconds) > (t.priority, t.expected)
            order by c.priority, c.expected_seconds, c.due_at, c.ready_at, c.id limit 1) head)
    select t.* from tiers t where t.id is not null
$$;

-- Its parameters are those of the servers of the same release; another release's are not kept beside them.
do $$
declare
    earlier regprocedure;
begin
    for earlier in select oid from pg_proc
        where pronamespace = 'app'::regnamespace and proname = 'take_next'
    loop
        execute 'drop function ' || earlier;
    end loop;
end $$;

create function app.take_next(
    p_context text, p_person uuid, p_now timestamptz, p_assignment uuid,
    -- The person's revision and the queues'.
    p_revisions bigint[],
    -- The lanes in which the person may hold work, as columns; from the first `p_open` new work is given.
    p_facilities uuid[], p_queues uuid[], p_kinds text[], p_open integer,
    -- Whose turn it is between facilities (`rules::planner::fairness`): a start for each of some; the
    -- smallest is first, and who is not among them begins at 0.
    p_share_of uuid[], p_share_starts bigint[],
    -- Seconds left of the shift (null when nothing new is taken), the limit of open work, speed in percent.
    p_shift_seconds bigint, p_wip_limit integer, p_speed bigint,
    -- A chart that must be begun before the first presses; before the second, belongs into this shift.
    p_begin_by timestamptz[],
    -- A lease's seconds, or that many times the expected length, but of this at most so many seconds.
    p_lease bigint[],
    -- The moves that begin work: `kind:state` before; state, lane, action and kind of actor after.
    p_moves_from text[], p_moves_to text[], p_moves_lane text[], p_moves_action text[], p_moves_by text[],
    -- The kind that is asked for; null for any.
    p_kind text,
    -- The request's idempotency key (or null), its route and its fingerprint.
    p_key text, p_route text, p_fingerprint bytea,
    out outcome text, out taken_facility uuid, out taken_chart uuid, out taken_kind text,
    out taken_epoch integer, out taken_seconds integer, out earlier_route text, out earlier_fingerprint bytea,
    out earlier_answer jsonb)
language plpgsql volatile security definer
-- The plan of a nearly empty table must not be one that reads all of a full one.
set search_path = pg_catalog, pg_temp set plan_cache_mode = force_generic_plan set enable_seqscan = off
as $$
declare
    nil constant uuid := '00000000-0000-0000-0000-000000000000';
    reach uuid[];
    revisions bigint[];
    open_work bigint;
    queued_seconds bigint;
    offers bigint;
    seconds_max bigint;
    tier record;
    lease record;
    chart app.charts;
    pick app.charts;
    pick_band integer;
    pick_share bigint;
    move integer;
    ends timestamptz;
    because text;
begin
    perform set_config('app.ctx', p_context, true);
    reach := coalesce(app.scope_facilities(), '{}');
    perform set_config('app.reach', reach::text, true);

    -- Two requests of one person wait for each other here, so that neither limit nor reserve is passed.
    perform from app.people where id = p_person for no key update;
    if not found then
        outcome := 'unknown';
        return;
    end if;
    if p_key is not null then
        select k.route, k.fingerprint, k.answer into earlier_route, earlier_fingerprint, earlier_answer
            from app.idempotency_keys k where k.principal_id = app.scope_person() and k.key = p_key;
        if found then
            outcome := 'earlier';
            return;
        end if;
    end if;
    revisions := array[
        coalesce((select r.revision from app.revisions r where r.subject = p_person), 0),
        coalesce((select r.revision from app.revisions r where r.subject = nil), 0)];
    if revisions <> p_revisions then
        outcome := 'stale';
        return;
    end if;
    outcome := 'nothing';

    -- Everything that they hold counts, also at a facility that allow-lists them no more.
    select count(*), coalesce(sum(greatest(a.expected_seconds
            - case a.state when 'active' then a.active_seconds else 0 end, 0)), 0),
            count(*) filter (where a.state = 'offered')
        into open_work, queued_seconds, offers
        from app.assignments a where a.person_id = p_person and a.state in ('offered', 'active');

    -- What is offered already, the nearest deadline first. One that may not be opened any more is passed;
    -- the sweep takes it away.
    if offers > 0 then
        for lease in
            select a.facility_id, a.id, a.chart_id, a.kind, a.epoch
                from app.assignments a join app.charts c on c.facility_id = a.facility_id and c.id = a.chart_id
                where a.person_id = p_person and a.state = 'offered' and a.kind = coalesce(p_kind, a.kind)
                order by c.due_at, a.offered_at, a.id
        loop
            select c.* into chart from app.charts c
                where c.facility_id = lease.facility_id and c.id = lease.chart_id for update;
            move := array_position(p_moves_from, lease.kind || ':' || chart.state);
            continue when move is null
                or not exists (select from unnest(p_facilities, p_queues, p_kinds) as l (facility, queue, kind)
                    where l.facility = chart.facility_id and l.queue = chart.queue_id and l.kind = lease.kind)
                or exists (select from app.exclusions x where x.facility_id = chart.facility_id
                    and x.chart_id = chart.id and x.person_id = p_person)
                or exists (select from app.assignments a where a.facility_id = chart.facility_id
                    and a.chart_id = chart.id and a.person_id = p_person and a.kind <> lease.kind
                    and a.state in ('offered', 'active', 'submitted'));
            ends := p_now + make_interval(secs => greatest(p_lease[1],
                least(chart.expected_seconds * p_lease[2], p_lease[3])));
            update app.assignments a set state = 'active', started_at = p_now, last_seen_at = p_now,
                    lease_expires_at = ends
                where a.facility_id = lease.facility_id and a.id = lease.id and a.state = 'offered';
            continue when not found;
            outcome := 'taken';
            taken_epoch := lease.epoch;
            taken_kind := lease.kind;
            pick := chart;
            exit;
        end loop;
    end if;

    if outcome <> 'taken' then
        -- Off shift, paused or full: nothing new is given.
        if p_shift_seconds is null or open_work >= p_wip_limit then
            return;
        end if;
        -- The longest chart, at the usual speed, that still fits after what the person holds.
        seconds_max := greatest(p_shift_seconds - (queued_seconds * 100 + p_speed - 1) / p_speed, 0)
            * p_speed / 100;

        -- What is kept for them.
        select c.* into pick from app.charts c
            where c.facility_id = any (reach) and c.sticky_person_id = p_person
                and c.waiting_for is not null and c.sticky_until >= p_now
                and c.expected_seconds <= seconds_max
                and exists (select from unnest(p_facilities[:p_open], p_queues[:p_open], p_kinds[:p_open])
                        as l (facility, queue, kind)
                    where l.facility = c.facility_id and l.queue = c.queue_id and l.kind = c.waiting_for)
                and not exists (select from app.exclusions x where x.facility_id = c.facility_id
                    and x.chart_id = c.id and x.person_id = p_person)
                and not exists (select from app.assignments a where a.facility_id = c.facility_id
                    and a.chart_id = c.id and a.person_id = p_person and a.kind <> c.waiting_for
                    and a.state in ('offered', 'active', 'submitted'))
            order by c.due_at, c.priority, c.id limit 1 for update of c skip locked;
        because := 'kept';
        if not found then
            because := 'next';
            -- The tiers, the one with the most urgent head first; equally urgent ones by whose turn it is. What
            -- others hold locked, and what is not
            -- for this person, is passed within its tier; a tier is asked until one's best is more urgent
            -- than the head of the next.
            for tier in
                select t.*, case when t.due_at < p_now + t.expected * interval '1 second' then 0
                        when t.due_at < p_begin_by[1] + t.expected * interval '1 second' then 1
                        when t.due_at < p_begin_by[2] + t.expected * interval '1 second' then 2
                        else 3 end as band,
                        coalesce(p_share_starts[array_position(p_share_of, t.facility)], 0) as share
                    from app.tier_heads(p_facilities[:p_open], p_queues[:p_open], p_kinds[:p_open]) t
                    where t.expected <= seconds_max
                    order by band, t.priority, share, t.due_at, t.kind = 'coding', t.ready_at, t.id
            loop
                exit when pick.id is not null
                    and (pick_band, pick.priority, pick_share, coalesce(pick.due_at, 'infinity'),
                        pick.waiting_for = 'coding', coalesce(pick.ready_at, 'infinity'), pick.id)
                    <= (tier.band, tier.priority, tier.share, coalesce(tier.due_at, 'infinity'),
                        tier.kind = 'coding', coalesce(tier.ready_at, 'infinity'), tier.id);
                select c.* into chart from app.charts c
                    where c.facility_id = tier.facility and c.queue_id = tier.queue
                        and c.waiting_for = tier.kind and c.priority = tier.priority
                        and c.expected_seconds = tier.expected
                        and (c.sticky_person_id is null or c.sticky_person_id = p_person
                            or c.sticky_until < p_now)
                        and not exists (select from app.exclusions x where x.facility_id = c.facility_id
                            and x.chart_id = c.id and x.person_id = p_person)
                        -- Before a first coding is handed in nobody can have had it in another capacity.
                        and (c.coding_version = 0 or not exists (select from app.assignments a
                            where a.facility_id = c.facility_id and a.chart_id = c.id
                                and a.person_id = p_person and a.kind <> c.waiting_for
                                and a.state in ('offered', 'active', 'submitted')))
                    order by c.due_at, c.ready_at, c.id limit 1
                    for update of c skip locked;
                continue when not found;
                tier.band := case when chart.due_at < p_now + tier.expected * interval '1 second' then 0
                    when chart.due_at < p_begin_by[1] + tier.expected * interval '1 second' then 1
                    when chart.due_at < p_begin_by[2] + tier.expected * interval '1 second' then 2
                    else 3 end;
                if pick.id is null or (tier.band, chart.priority, tier.share, coalesce(chart.due_at, 'infinity'),
                        chart.waiting_for = 'coding', coalesce(chart.ready_at, 'infinity'), chart.id)
                    < (pick_band, pick.priority, pick_share, coalesce(pick.due_at, 'infinity'),
                        pick.waiting_for = 'coding', coalesce(pick.ready_at, 'infinity'), pick.id) then
                    pick := chart;
                    pick_band := tier.band;
                    pick_share := tier.share;
                end if;
            end loop;
            if pick.id is null then
                return;
            end if;
        end if;

        outcome := 'taken';
        taken_kind := pick.waiting_for;
        move := array_position(p_moves_from, taken_kind || ':' || pick.state);
        ends := p_now + make_interval(secs => greatest(p_lease[1],
            least(pick.expected_seconds * p_lease[2], p_lease[3])));
        select coalesce(max(a.epoch), 0) + 1 into taken_epoch from app.assignments a
            where a.facility_id = pick.facility_id and a.chart_id = pick.id;
        insert into app.assignments (facility_id, id, chart_id, queue_id, kind, person_id, state, epoch,
                expected_seconds, offered_at, started_at, last_seen_at, lease_expires_at, explanation)
            values (pick.facility_id, p_assignment, pick.id, pick.queue_id, taken_kind, p_person,
                'active', taken_epoch, pick.expected_seconds, p_now, p_now, p_now, ends,
                jsonb_build_object('by', 'next', 'because', because));
    end if;

    -- A move that is not on the list has no state to lead to, which the column refuses.
    update app.charts c set state = p_moves_to[move], version = pick.version + 1,
            waiting_for = p_moves_lane[move],
            reviewer_id = case taken_kind when 'review' then p_person else c.reviewer_id end
        where c.facility_id = pick.facility_id and c.id = pick.id;
    insert into app.chart_events (facility_id, chart_id, seq, at, action, from_state, to_state,
            actor_kind, actor_id)
        values (pick.facility_id, pick.id, pick.version + 1, p_now, p_moves_action[move], pick.state,
            p_moves_to[move], p_moves_by[move], p_person);
    taken_facility := pick.facility_id;
    taken_chart := pick.id;
    -- What an offer holds was counted when it was made.
    taken_seconds := case when because is null then 0 else pick.expected_seconds end;
    if p_key is not null then
        insert into app.idempotency_keys (principal_id, key, route, fingerprint, status, answer, at)
            values (app.scope_person(), p_key, p_route, p_fingerprint, 200, jsonb_build_object(
                'chart_id', taken_chart, 'facility_id', taken_facility, 'kind', taken_kind,
                'epoch', taken_epoch), p_now);
    end if;
end $$;
revoke all on function app.take_next, app.tier_heads from public;
grant execute on function app.tier_heads to chartrelay_ops;
grant execute on function app.take_next to chartrelay_ops;
