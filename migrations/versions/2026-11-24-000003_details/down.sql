alter table app.queues drop column required_details;
alter table app.codings drop column disposition;
alter table app.coding_lines drop column details;
