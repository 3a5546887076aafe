//! The tables of this room.

diesel::table! {
    app.returns (facility_id, id) {
        facility_id -> Uuid,
        id -> Uuid,
        chart_id -> Uuid,
        version -> Integer,
        coding_version -> Integer,
        line_count -> Integer,
        on_time -> Bool,
        made_at -> Timestamptz,
        acknowledged_at -> Nullable<Timestamptz>,
        acknowledged_by -> Nullable<Uuid>,
    }
}

diesel::table! {
    app.return_packages (facility_id, return_id) {
        facility_id -> Uuid,
        return_id -> Uuid,
        sealed -> Binary,
        sha256 -> Binary,
    }
}
