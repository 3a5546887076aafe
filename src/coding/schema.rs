//! The tables of this room.

diesel::table! {
    app.codings (facility_id, chart_id, version) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        version -> Integer,
        author_id -> Uuid,
        author_kind -> Text,
        submitted_at -> Timestamptz,
        active_seconds -> Integer,
        dismissals_sealed -> Nullable<Binary>,
        disposition -> Nullable<Text>,
    }
}

diesel::table! {
    app.coding_lines (facility_id, chart_id, version, position) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        version -> Integer,
        position -> Integer,
        role -> Text,
        system -> Text,
        code -> Text,
        modifiers -> Array<Text>,
        units -> Integer,
        poa -> Nullable<Text>,
        pointers -> Array<Integer>,
        evidence_document_id -> Nullable<Uuid>,
        evidence_start -> Nullable<Integer>,
        evidence_end -> Nullable<Integer>,
        details -> Jsonb,
        evidence_page -> Nullable<Integer>,
        evidence_left -> Nullable<Integer>,
        evidence_top -> Nullable<Integer>,
        evidence_width -> Nullable<Integer>,
        evidence_height -> Nullable<Integer>,
    }
}

diesel::table! {
    app.drafts (facility_id, chart_id, kind) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        kind -> Text,
        revision -> Integer,
        sealed -> Binary,
        author_id -> Uuid,
        epoch -> Integer,
        saved_at -> Timestamptz,
    }
}

diesel::table! {
    app.code_lists (kind, from_day) {
        kind -> Text,
        from_day -> Date,
        until_day -> Date,
        name -> Text,
        row_count -> BigInt,
        files -> Text,
        sha256 -> Text,
        packed -> Binary,
        imported_at -> Timestamptz,
    }
}

diesel::table! {
    app.code_revision (one) {
        one -> Bool,
        revision -> BigInt,
    }
}

diesel::table! {
    app.usual_codes (facility_id, system, code) {
        facility_id -> Uuid,
        system -> Text,
        code -> Text,
        charts -> Integer,
        counted_at -> Timestamptz,
    }
}

diesel::table! {
    app.own_rules (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        number -> Integer,
        active_version -> Nullable<Integer>,
        created_by -> Uuid,
        created_at -> Timestamptz,
    }
}

diesel::table! {
    app.own_rule_versions (facility_id, rule_id, version) {
        facility_id -> Uuid,
        rule_id -> Uuid,
        version -> Integer,
        queue_id -> Nullable<Uuid>,
        entered -> Jsonb,
        written_by -> Uuid,
        written_at -> Timestamptz,
    }
}

diesel::table! {
    app.own_rule_switches (facility_id, rule_id, seq) {
        facility_id -> Uuid,
        rule_id -> Uuid,
        seq -> Integer,
        version -> Nullable<Integer>,
        person_id -> Uuid,
        at -> Timestamptz,
    }
}

diesel::table! {
    app.own_rule_trials (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        rule_id -> Uuid,
        version -> Integer,
        asked_by -> Uuid,
        asked_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
        charts -> Integer,
        charts_found -> Integer,
        findings -> Integer,
        found -> Array<Uuid>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(own_rules, own_rule_versions);
