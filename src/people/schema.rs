//! The tables of this room.

diesel::table! {
    app.people (id) {
        id -> Uuid,
        home_facility_id -> Nullable<Uuid>,
        email -> Text,
        name -> Text,
        roles -> Array<Text>,
        team -> Text,
        time_zone -> Text,
        country -> Nullable<Text>,
        attested_until -> Nullable<Date>,
        active -> Bool,
        paused -> Bool,
        wip_limit -> Integer,
        created_at -> Timestamptz,
        version -> Integer,
        speed_percent -> Nullable<Integer>,
    }
}

diesel::table! {
    app.passwords (person_id) {
        person_id -> Uuid,
        hash -> Text,
        changed_at -> Timestamptz,
    }
}

diesel::table! {
    app.tickets (id) {
        id -> Uuid,
        person_id -> Uuid,
        purpose -> Text,
        token_hash -> Nullable<Binary>,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    app.api_keys (id) {
        id -> Uuid,
        home_facility_id -> Uuid,
        name -> Text,
        prefix -> Text,
        secret_hash -> Binary,
        created_by -> Uuid,
        created_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
        last_used_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    app.person_skills (person_id, skill) {
        person_id -> Uuid,
        skill -> Text,
    }
}

diesel::table! {
    app.person_credentials (person_id, credential) {
        person_id -> Uuid,
        credential -> Text,
        expires_on -> Nullable<Date>,
    }
}

diesel::table! {
    app.shifts (person_id, weekday, from_minute) {
        person_id -> Uuid,
        weekday -> Integer,
        from_minute -> Integer,
        to_minute -> Integer,
    }
}

diesel::table! {
    app.person_speeds (person_id) {
        person_id -> Uuid,
        percent -> Integer,
        observations -> Integer,
        learned_at -> Timestamptz,
    }
}

diesel::table! {
    app.leave_days (id) {
        id -> Uuid,
        person_id -> Uuid,
        first_day -> Date,
        last_day -> Date,
    }
}

diesel::table! {
    app.facilities (id) {
        id -> Uuid,
    }
}

diesel::table! {
    app.allow_list (facility_id, person_id) {
        facility_id -> Uuid,
        person_id -> Uuid,
        overflow -> Bool,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    people,
    passwords,
    tickets,
    api_keys,
    person_skills,
    person_credentials,
    shifts,
    leave_days,
    allow_list,
);
