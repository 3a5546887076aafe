-- Which codes a facility reports often, so that a search puts them first. Counted anew from the coded
-- lines; a code of fewer than five charts is not here, so that no row speaks of anybody.
create table app.usual_codes (
    facility_id uuid not null references app.facilities (id),
    system text not null check (system in ('icd10cm','icd10pcs','cpt','hcpcs')),
    code text not null check (code ~ '^[0-9A-Z]{3,7}$'),
    charts integer not null check (charts >= 5),
    counted_at timestamptz not null,
    primary key (facility_id, system, code)
);
-- The count looks at the last months only.
create index codings_by_time on app.codings (facility_id, submitted_at);
