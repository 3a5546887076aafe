//! The tables of this room; the stages read them in their own queries.

#![expect(missing_docs, reason = "the columns' names are the field's words")]

diesel::table! {
    app.charts (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        queue_id -> Uuid,
        state -> Text,
        version -> Integer,
        round -> Integer,
        waiting_for -> Nullable<Text>,
        priority -> Integer,
        expected_seconds -> Integer,
        document_count -> Integer,
        coding_version -> Integer,
        return_version -> Integer,
        received_at -> Timestamptz,
        ready_at -> Nullable<Timestamptz>,
        due_at -> Nullable<Timestamptz>,
        paused_at -> Nullable<Timestamptz>,
        paused_seconds -> BigInt,
        coded_at -> Nullable<Timestamptz>,
        returned_at -> Nullable<Timestamptz>,
        coder_id -> Nullable<Uuid>,
        reviewer_id -> Nullable<Uuid>,
        sticky_person_id -> Nullable<Uuid>,
        sticky_until -> Nullable<Timestamptz>,
        duplicate_of -> Nullable<Uuid>,
        received_by -> Uuid,
        length_bucket -> Text,
        standard_seconds -> Nullable<Integer>,
        escalated -> Array<Text>,
        widens -> Bool,
        overflows -> Bool,
    }
}

diesel::table! {
    app.chart_events (facility_id, chart_id, seq) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        seq -> Integer,
        at -> Timestamptz,
        action -> Text,
        from_state -> Text,
        to_state -> Text,
        actor_kind -> Text,
        actor_id -> Nullable<Uuid>,
        reason -> Nullable<Text>,
    }
}

diesel::table! {
    app.assignments (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        queue_id -> Uuid,
        kind -> Text,
        person_id -> Uuid,
        state -> Text,
        epoch -> Integer,
        expected_seconds -> Integer,
        offered_at -> Timestamptz,
        started_at -> Nullable<Timestamptz>,
        last_seen_at -> Nullable<Timestamptz>,
        lease_expires_at -> Timestamptz,
        ended_at -> Nullable<Timestamptz>,
        end_reason -> Nullable<Text>,
        active_seconds -> Integer,
        explanation -> Jsonb,
    }
}

diesel::table! {
    app.holds (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        reason -> Text,
        owner -> Text,
        stops_clock -> Bool,
        opened_at -> Timestamptz,
        opened_by -> Uuid,
        closed_at -> Nullable<Timestamptz>,
        closed_by -> Nullable<Uuid>,
        release_on -> Nullable<Date>,
        awaits -> Nullable<Text>,
        document_id -> Nullable<Uuid>,
        page -> Nullable<Integer>,
        end_reason -> Nullable<Text>,
    }
}

diesel::table! {
    app.exclusions (facility_id, chart_id, person_id) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        person_id -> Uuid,
        reason -> Text,
        at -> Timestamptz,
        skill -> Nullable<Text>,
    }
}

diesel::table! {
    app.encounters (facility_id, chart_id) {
        facility_id -> Uuid,
        chart_id -> Uuid,
        identity_sealed -> Binary,
        account_hash -> Binary,
        mrn_hash -> Binary,
        service_date -> Date,
        discharge_date -> Nullable<Date>,
    }
}

diesel::table! {
    app.documents (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        position -> Integer,
        name_sealed -> Binary,
        media_type -> Text,
        size_bytes -> BigInt,
        content_hash -> Binary,
        received_at -> Timestamptz,
        pages -> Nullable<Integer>,
        kind -> Nullable<Text>,
        quarantined_at -> Nullable<Timestamptz>,
        quarantined_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    app.notes (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        about -> Text,
        author_id -> Uuid,
        at -> Timestamptz,
        sealed -> Binary,
        hold_id -> Nullable<Uuid>,
    }
}

diesel::allow_tables_to_appear_in_same_query!(
    charts,
    chart_events,
    assignments,
    holds,
    exclusions,
    encounters,
    documents,
    notes,
);
