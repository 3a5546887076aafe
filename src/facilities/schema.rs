//! The tables of this room.

diesel::table! {
    app.facilities (id) {
        id -> Uuid,
        name -> Text,
        code -> Text,
        time_zone -> Text,
        week -> Jsonb,
        weight -> Integer,
        active -> Bool,
        created_at -> Timestamptz,
        version -> Integer,
        poa_asked -> Bool,
        poa_exempt -> Text,
    }
}

diesel::table! {
    app.facility_holidays (facility_id, day) {
        facility_id -> Uuid,
        day -> Date,
    }
}

diesel::table! {
    app.allow_list (facility_id, person_id) {
        facility_id -> Uuid,
        person_id -> Uuid,
        added_by -> Nullable<Uuid>,
        added_at -> Timestamptz,
        overflow -> Bool,
    }
}

diesel::table! {
    app.queues (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        name -> Text,
        work_type -> Text,
        required_skills -> Array<Text>,
        required_credentials -> Array<Text>,
        onshore_only -> Bool,
        allowed_countries -> Array<Text>,
        turnaround_minutes -> Integer,
        priority -> Integer,
        unit_price_cents -> BigInt,
        sampling_percent -> Integer,
        accuracy_target_percent -> Integer,
        expected_seconds -> Integer,
        active -> Bool,
        created_at -> Timestamptz,
        version -> Integer,
        preferred_skills -> Array<Text>,
        escalation -> Jsonb,
        widened_at -> Nullable<Timestamptz>,
        overflow_at -> Nullable<Timestamptz>,
        required_details -> Nullable<Array<Text>>,
        shows_history -> Bool,
    }
}

diesel::table! {
    app.guidelines (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        queue_id -> Nullable<Uuid>,
        version -> Integer,
        text -> Text,
        written_by -> Uuid,
        written_at -> Timestamptz,
    }
}

diesel::table! {
    app.guideline_reads (facility_id, guideline_id, person_id) {
        facility_id -> Uuid,
        guideline_id -> Uuid,
        person_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    app.expectations (facility_id, queue_id, length_bucket) {
        facility_id -> Uuid,
        queue_id -> Uuid,
        length_bucket -> Text,
        default_seconds -> Integer,
        expected_seconds -> Integer,
        observations -> Integer,
        learned_at -> Timestamptz,
    }
}

diesel::allow_tables_to_appear_in_same_query!(guidelines, guideline_reads);
diesel::allow_tables_to_appear_in_same_query!(facilities, facility_holidays, allow_list, queues);
