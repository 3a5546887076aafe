-- Documents that are page images, and places on their pages that support a line.

-- None: a text.
alter table app.documents add column pages integer check (pages between 1 and 2000);
alter table app.documents drop constraint documents_media_type_check;
alter table app.documents add constraint documents_media_type_check
    check (media_type in ('text/plain', 'image/png', 'image/jpeg', 'image/tiff'));
alter table app.documents add constraint documents_pages_of_images
    check ((media_type = 'text/plain') = (pages is null));

-- A box in thousandths of the page as it stands upright.
alter table app.coding_lines
    add column evidence_page integer,
    add column evidence_left integer,
    add column evidence_top integer,
    add column evidence_width integer,
    add column evidence_height integer,
    add constraint coding_lines_evidence check (
        case
            when evidence_document_id is null then
                num_nonnulls(evidence_start, evidence_end, evidence_page, evidence_left, evidence_top,
                    evidence_width, evidence_height) = 0
            when evidence_page is null then
                num_nonnulls(evidence_start, evidence_end) = 2
                and num_nonnulls(evidence_left, evidence_top, evidence_width, evidence_height) = 0
                and 0 <= evidence_start and evidence_start < evidence_end
            else
                num_nonnulls(evidence_start, evidence_end) = 0
                and num_nonnulls(evidence_left, evidence_top, evidence_width, evidence_height) = 4
                and evidence_page between 1 and 2000
                and evidence_left >= 0 and evidence_width >= 1 and evidence_left + evidence_width <= 1000
                and evidence_top >= 0 and evidence_height >= 1 and evidence_top + evidence_height <= 1000
        end);
