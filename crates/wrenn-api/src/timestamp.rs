//! Points in time.

use std::fmt;

use serde::{Deserialize, Serialize};
use time::{OffsetDateTime, UtcOffset, format_description::well_known::Rfc3339};

/// A point in time, on the wire an RFC 3339 string in UTC with at most microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(#[serde(with = "time::serde::rfc3339")] OffsetDateTime);

impl Timestamp {
    /// The present moment by this machine's clock.
    pub fn now() -> Self {
        OffsetDateTime::now_utc().into()
    }

    /// The moment so many milliseconds after the beginning of 1970; the limits of the calendar bound it.
    pub fn from_unix_ms(milliseconds: i64) -> Self {
        OffsetDateTime::from_unix_timestamp_nanos(i128::from(milliseconds) * 1_000_000)
            .unwrap_or(OffsetDateTime::UNIX_EPOCH)
            .into()
    }

    /// Milliseconds since the beginning of 1970.
    pub fn unix_ms(self) -> i64 {
        i64::try_from(self.0.unix_timestamp_nanos() / 1_000_000).unwrap_or_default()
    }
}

impl From<OffsetDateTime> for Timestamp {
    fn from(time: OffsetDateTime) -> Self {
        let time = time.to_offset(UtcOffset::UTC);
        Self(time.replace_nanosecond(time.nanosecond() / 1_000 * 1_000).unwrap_or(time))
    }
}

impl From<Timestamp> for OffsetDateTime {
    fn from(time: Timestamp) -> Self {
        time.0
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.format(&Rfc3339).map_err(|_| fmt::Error)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wire_form_is_rfc_3339_in_utc() {
        let time = Timestamp::from_unix_ms(1_700_000_000_123);
        assert_eq!(serde_json::to_string(&time).unwrap(), r#""2023-11-14T22:13:20.123Z""#);
        assert_eq!(time.to_string(), "2023-11-14T22:13:20.123Z");
        assert_eq!(time.unix_ms(), 1_700_000_000_123);
        let now = Timestamp::now();
        assert_eq!(serde_json::from_str::<Timestamp>(&serde_json::to_string(&now).unwrap()).unwrap(), now);
    }
}
