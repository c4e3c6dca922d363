//! What teams have running, and what they reserved.

mod meter;
mod stats;
pub(crate) mod ticker;
mod usage;

pub(crate) use meter::Meter;
