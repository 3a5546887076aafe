alter table app.coding_lines
    drop constraint coding_lines_evidence,
    drop column evidence_height,
    drop column evidence_width,
    drop column evidence_top,
    drop column evidence_left,
    drop column evidence_page;
alter table app.documents drop constraint documents_pages_of_images;
alter table app.documents drop constraint documents_media_type_check;
alter table app.documents drop column pages;
alter table app.documents add constraint documents_media_type_check check (media_type in ('text/plain'));
