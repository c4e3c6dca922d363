//! Leniency towards clients that spell out what they leave away.

use serde::{Deserialize, Deserializer};

/// Reads `null` as the default, as if the field were absent.
pub(crate) fn null_as_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Default + Deserialize<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}

/// The default of a switch that is on unless told otherwise.
pub(crate) fn on() -> bool {
    true
}
