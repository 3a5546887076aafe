//! An instant to the microsecond, as the database keeps it.

use serde::{Deserialize, Serialize};

/// A point in time, UTC. Service and birth dates are never instants: they are [`jiff::civil::Date`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "sql",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "sql", diesel(sql_type = diesel::sql_types::Timestamptz))]
#[serde(transparent)]
pub struct Instant(jiff::Timestamp);

impl Instant {
    /// Cut to whole microseconds, so that a stored and read instant equals itself.
    #[must_use]
    pub fn new(at: jiff::Timestamp) -> Self {
        Self(jiff::Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at))
    }

    /// The bare timestamp.
    #[must_use]
    pub const fn timestamp(self) -> jiff::Timestamp {
        self.0
    }

    /// Seconds since 1970, rounded towards zero.
    #[must_use]
    pub fn unix_seconds(self) -> i64 {
        self.0.as_second()
    }

    /// This instant moved by whole seconds; the ends of time hold it.
    #[must_use]
    pub fn plus_seconds(self, seconds: i64) -> Self {
        self.0.checked_add(jiff::SignedDuration::from_secs(seconds)).map_or(
            Self(if seconds < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX }),
            Self,
        )
    }

    /// Whole seconds from `earlier` to here; negative when `earlier` is later.
    #[must_use]
    pub fn seconds_since(self, earlier: Self) -> i64 {
        self.0.duration_since(earlier.0).as_secs()
    }

    /// The civil date and time in a zone.
    #[must_use]
    pub fn in_zone(self, zone: &jiff::tz::TimeZone) -> jiff::civil::DateTime {
        zone.to_datetime(self.0)
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Instant {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self::new)
    }
}

impl utoipa::PartialSchema for Instant {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::DateTime,
            )))
            .into()
    }
}

impl utoipa::ToSchema for Instant {}

#[cfg(feature = "sql")]
mod sql {
    use super::{Day, Instant};
    use diesel::deserialize::{self, FromSql};
    use diesel::pg::{Pg, PgValue};
    use diesel::serialize::{self, Output, ToSql};
    use diesel::sql_types::{BigInt, Integer, Timestamptz};

    /// `PostgreSQL` counts microseconds from 2000-01-01.
    const POSTGRES_EPOCH_MICROSECONDS: i64 = 946_684_800_000_000;

    impl FromSql<Timestamptz, Pg> for Instant {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let microseconds = <i64 as FromSql<BigInt, Pg>>::from_sql(value)?;
            let at = microseconds
                .checked_add(POSTGRES_EPOCH_MICROSECONDS)
                .ok_or("timestamp out of range")?;
            Ok(Self(jiff::Timestamp::from_microsecond(at)?))
        }
    }

    /// `PostgreSQL` counts days from 2000-01-01.
    const POSTGRES_EPOCH_DAY: jiff::civil::Date = jiff::civil::Date::constant(2000, 1, 1);

    impl FromSql<diesel::sql_types::Date, Pg> for Day {
        fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
            let days = <i32 as FromSql<Integer, Pg>>::from_sql(value)?;
            Ok(Self(POSTGRES_EPOCH_DAY.checked_add(jiff::Span::new().try_days(days)?)?))
        }
    }

    impl ToSql<diesel::sql_types::Date, Pg> for Day {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let days = POSTGRES_EPOCH_DAY.until(self.0)?.get_days();
            <i32 as ToSql<Integer, Pg>>::to_sql(&days, &mut out.reborrow())
        }
    }

    impl ToSql<Timestamptz, Pg> for Instant {
        fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
            let at = self.0.as_microsecond() - POSTGRES_EPOCH_MICROSECONDS;
            <i64 as ToSql<BigInt, Pg>>::to_sql(&at, &mut out.reborrow())
        }
    }
}

/// A plain date as the database keeps it: birth dates, service dates, expiry days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(
    feature = "sql",
    derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)
)]
#[cfg_attr(feature = "sql", diesel(sql_type = diesel::sql_types::Date))]
#[serde(transparent)]
pub struct Day(pub jiff::civil::Date);

impl utoipa::PartialSchema for Day {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::schema::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(
                utoipa::openapi::KnownFormat::Date,
            )))
            .into()
    }
}

impl utoipa::ToSchema for Day {}

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl std::str::FromStr for Day {
    type Err = jiff::Error;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse().map(Self)
    }
}
