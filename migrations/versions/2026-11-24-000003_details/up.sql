-- What a line says beside its code, and what a queue asks to be said.

-- Only ever read with its line; nothing is looked for in it.
alter table app.coding_lines add column details jsonb not null default '{}'
    check (jsonb_typeof(details) = 'object');
alter table app.codings add column disposition text check (disposition ~ '^[0-9]{2}$');
-- None: what is usual for the kind of work.
alter table app.queues add column required_details text[] check (required_details <@ array[
    'service_date','place_of_service','provider','revenue_code','em_basis','minutes','face_to_face',
    'page','meat','disposition']);
