//! Measurements of capsules, and what a team used.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{ObjectBuilder, RefOr, Schema, Type},
};

use crate::{CapsuleId, Timestamp};

/// What a capsule used over a time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct CapsuleMetrics {
    /// The capsule.
    #[schema(value_type = String)]
    pub sandbox_id: CapsuleId,
    /// The time that the points cover, up to now.
    #[schema(inline)]
    pub range: MetricsRange,
    /// Measurements, oldest first.
    pub points: Vec<MetricPoint>,
}

/// What a capsule used at a moment, or on average until then.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct MetricPoint {
    /// When, in seconds since 1970.
    pub timestamp_unix: i64,
    /// Processor time, in percent of one processor.
    pub cpu_pct: f64,
    /// Memory in bytes.
    pub mem_bytes: u64,
    /// Disk in bytes.
    pub disk_bytes: u64,
    /// Bytes received over the network since its creation.
    #[serde(default)]
    pub net_rx_bytes: u64,
    /// Bytes sent over the network since its creation.
    #[serde(default)]
    pub net_tx_bytes: u64,
}

macro_rules! ranges {
    ($(#[$doc:meta])+ $name:ident: $($(#[$default:meta])? $variant:ident = $text:literal, $seconds:expr;)+) => {
        $(#[$doc])+
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $(
                $(#[$default])?
                #[doc = concat!("The last ", $text, ".")]
                #[serde(rename = $text)]
                $variant,
            )+
        }

        impl $name {
            /// Every range, shortest first.
            pub const ALL: &[Self] = &[$(Self::$variant,)+];

            /// The range as on the wire.
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// Its length in seconds.
            pub fn seconds(self) -> u64 {
                match self { $(Self::$variant => $seconds,)+ }
            }
        }

        impl utoipa::PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let names = Self::ALL.iter().map(|range| range.as_str());
                ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names)).into()
            }
        }

        impl ToSchema for $name {}

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl FromStr for $name {
            type Err = RangeError;

            fn from_str(text: &str) -> Result<Self, RangeError> {
                Self::ALL.iter().copied().find(|range| range.as_str() == text).ok_or(RangeError)
            }
        }
    };
}

/// A text that names no range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a range")]
pub struct RangeError;

ranges! {
    /// How far back measurements of a capsule go.
    MetricsRange:
    FiveMinutes = "5m", 5 * 60;
    #[default]
    TenMinutes = "10m", 10 * 60;
    OneHour = "1h", 3600;
    TwoHours = "2h", 2 * 3600;
    SixHours = "6h", 6 * 3600;
    TwelveHours = "12h", 12 * 3600;
    OneDay = "24h", 24 * 3600;
}

ranges! {
    /// How far back a team's figures go.
    StatsRange:
    FiveMinutes = "5m", 5 * 60;
    #[default]
    OneHour = "1h", 3600;
    SixHours = "6h", 6 * 3600;
    OneDay = "24h", 24 * 3600;
    ThirtyDays = "30d", 30 * 24 * 3600;
}

/// A team's capsules now and over a time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CapsuleStats {
    /// The time that `peaks` and `series` cover, up to now.
    #[schema(inline)]
    pub range: StatsRange,
    /// Now.
    #[schema(inline)]
    pub current: CurrentStats,
    /// The highest values in the range.
    #[schema(inline)]
    pub peaks: PeakStats,
    /// The course of the values over the range.
    #[schema(inline)]
    pub series: StatsSeries,
}

/// A team's capsules now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CurrentStats {
    /// Running capsules.
    pub running_count: u64,
    /// Their processors.
    pub vcpus_reserved: u64,
    /// Their memory in MiB.
    pub memory_mb_reserved: u64,
    /// When this was counted.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub sampled_at: Option<Timestamp>,
}

/// The highest values in a range.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct PeakStats {
    /// Running capsules.
    pub running_count: u64,
    /// Their processors.
    pub vcpus: u64,
    /// Their memory in MiB.
    pub memory_mb: u64,
}

/// The course of a team's values: four lists of the same length.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct StatsSeries {
    /// When, oldest first.
    #[schema(value_type = Vec<String>)]
    pub labels: Vec<Timestamp>,
    /// Running capsules.
    pub running: Vec<u64>,
    /// Their processors.
    pub vcpus: Vec<u64>,
    /// Their memory in MiB.
    pub memory_mb: Vec<u64>,
}

/// What a team used, by day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsageResponse {
    /// The first day, as in `2026-01-31`.
    #[schema(format = Date)]
    pub from: String,
    /// The last day.
    #[schema(format = Date)]
    pub to: String,
    /// One entry per day on which something ran.
    #[schema(inline)]
    pub points: Vec<UsagePoint>,
}

/// What a team used on a day (UTC).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct UsagePoint {
    /// The day.
    #[schema(format = Date)]
    pub date: String,
    /// Processors reserved × minutes.
    pub cpu_minutes: f64,
    /// Memory reserved in MiB × minutes.
    pub ram_mb_minutes: f64,
}
