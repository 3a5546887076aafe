-- The code lists that an operator loads: what CMS and the CDC publish, and the licensed CPT file. No tenant's
-- data and no patient's: one set for the installation, shared by its servers.
create table app.code_lists (
    kind text not null check (kind in ('icd10cm','icd10cm-notes','icd10pcs','hcpcs','cpt','poa-exempt',
        'unacceptable-principal','mce-age','mce-sex','ptp-practitioner','ptp-outpatient',
        'mue-practitioner','mue-outpatient','hcc')),
    from_day date not null,
    until_day date not null check (until_day >= from_day),
    name text not null check (length(name) between 1 and 60),
    row_count bigint not null check (row_count > 0),
    files text not null check (length(files) between 1 and 2000),
    -- Of the files together, in hexadecimal: the same bytes are not loaded twice.
    sha256 text not null check (length(sha256) = 64),
    packed bytea not null,
    imported_at timestamptz not null,
    primary key (kind, from_day)
);

-- Servers look at this number and load again when it has grown.
create table app.code_revision (
    one boolean primary key default true check (one),
    revision bigint not null default 0
);
insert into app.code_revision default values;
