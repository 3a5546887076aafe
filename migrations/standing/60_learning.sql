-- What learning changes for those who remember: a person's speed is part of what they may take.

create or replace trigger count_revision after insert or update or delete on app.person_speeds
    for each row execute function app.count_revision('person_id');
