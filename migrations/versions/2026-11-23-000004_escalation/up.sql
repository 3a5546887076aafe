-- The ladder of a queue, and the steps that its charts have taken.

alter table app.queues
    -- Asked of people until a chart that waits has taken the step that widens.
    add column preferred_skills text[] not null default '{}' check (cardinality(preferred_skills) <= 20),
    add column escalation jsonb not null
        default '{"raise_priority":"75%","tell_lead":"90%","tell_client":"+0"}',
    add column widened_at timestamptz;

alter table app.charts
    add column escalated text[] not null default '{}' check (escalated <@ array[
        'widen_skills','raise_priority','tell_lead','tell_client']),
    -- Whether `widen_skills` is among them, for the index.
    add column widens boolean not null default false;
-- Whose deadline comes next: what is under way with a running clock.
create index charts_due on app.charts (facility_id, queue_id, due_at)
    where due_at is not null and paused_at is null and state in ('ready','assigned','in_progress',
        'on_hold','query_open','coded','in_review','findings_open');
create index charts_widening on app.charts (facility_id, queue_id) where widens and waiting_for is not null;
