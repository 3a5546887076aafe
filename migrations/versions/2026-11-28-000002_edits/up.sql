-- How a facility reports what was present on admission.

alter table app.facilities
    add column poa_asked boolean not null default true,
    add column poa_exempt text not null default 'either' check (poa_exempt in ('either','one','blank'));
