//! The tables of this room.

diesel::table! {
    app.reviews (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        queue_id -> Uuid,
        coding_version -> Integer,
        coder_id -> Uuid,
        reviewer_id -> Nullable<Uuid>,
        drawn_at -> Timestamptz,
        drawn_because -> Text,
        decided_at -> Nullable<Timestamptz>,
        outcome -> Nullable<Text>,
        correct_lines -> Nullable<Integer>,
        reviewer_lines -> Nullable<Integer>,
        coder_lines -> Nullable<Integer>,
        error_count -> Nullable<Integer>,
        finding_count -> Nullable<Integer>,
    }
}

diesel::table! {
    app.findings (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        review_id -> Uuid,
        position -> Integer,
        category -> Text,
        severity -> Text,
        system -> Nullable<Text>,
        coder_code -> Nullable<Text>,
        reviewer_code -> Nullable<Text>,
        rationale_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    app.sampling_blocks (facility_id, queue_id, coder_id, block) {
        facility_id -> Uuid,
        queue_id -> Uuid,
        coder_id -> Uuid,
        block -> Integer,
        rate_percent -> Integer,
        block_size -> Integer,
        next_position -> Integer,
        seed -> Binary,
        opened_at -> Timestamptz,
    }
}

diesel::table! {
    app.sampling_draws (facility_id, chart_id, coding_version) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        coding_version -> Integer,
        queue_id -> Uuid,
        coder_id -> Uuid,
        block -> Nullable<Integer>,
        position -> Nullable<Integer>,
        rate_percent -> Integer,
        reason -> Text,
        drawn -> Bool,
        at -> Timestamptz,
    }
}
