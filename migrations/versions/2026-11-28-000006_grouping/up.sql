-- What codes group to is loaded as the other lists are.
alter table app.code_lists drop constraint code_lists_kind_check;
alter table app.code_lists add constraint code_lists_kind_check check (kind in ('icd10cm','icd10cm-notes',
    'icd10pcs','hcpcs','cpt','poa-exempt','unacceptable-principal','mce-age','mce-sex','ptp-practitioner',
    'ptp-outpatient','mue-practitioner','mue-outpatient','hcc','hcc-hierarchies','hcc-labels','msdrg'));
