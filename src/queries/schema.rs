//! The tables of this room.

diesel::table! {
    app.queries (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        status -> Text,
        provider_id -> Nullable<Uuid>,
        named_at -> Nullable<Timestamptz>,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        reminded_at -> Nullable<Timestamptz>,
        escalated_at -> Nullable<Timestamptz>,
        answered_at -> Nullable<Timestamptz>,
        answered_by -> Nullable<Uuid>,
        answered_through -> Nullable<Text>,
        ended_at -> Nullable<Timestamptz>,
        ended_by -> Nullable<Uuid>,
        end_reason -> Nullable<Text>,
        outcome -> Nullable<Text>,
    }
}

diesel::table! {
    app.query_texts (facility_id, query_id) {
        facility_id -> Uuid,
        query_id -> Uuid,
        chart_id -> Uuid,
        question_sealed -> Binary,
        answer_sealed -> Nullable<Binary>,
    }
}

diesel::table! {
    app.query_effects (facility_id, query_id) {
        facility_id -> Uuid,
        query_id -> Uuid,
        chart_id -> Uuid,
        effect -> Text,
        note_sealed -> Nullable<Binary>,
        at -> Timestamptz,
        by -> Uuid,
    }
}

diesel::table! {
    app.query_drafts (facility_id, chart_id) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        revision -> Integer,
        sealed -> Binary,
        author_id -> Uuid,
        saved_at -> Timestamptz,
    }
}

diesel::table! {
    app.query_links (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        query_id -> Uuid,
        provider_id -> Uuid,
        token_hash -> Binary,
        made_at -> Timestamptz,
        expires_at -> Timestamptz,
        revoked_at -> Nullable<Timestamptz>,
    }
}

diesel::table! {
    app.query_settings (facility_id) {
        facility_id -> Uuid,
        answer_by -> Text,
        changed_at -> Timestamptz,
        changed_by -> Uuid,
    }
}

diesel::table! {
    app.query_templates (facility_id, id, version) {
        facility_id -> Uuid,
        id -> Uuid,
        version -> Integer,
        active -> Bool,
        name -> Text,
        work_type -> Nullable<Text>,
        kind -> Text,
        about -> Nullable<Text>,
        title -> Text,
        question -> Text,
        options -> Array<Text>,
        made_at -> Timestamptz,
        made_by -> Uuid,
    }
}
