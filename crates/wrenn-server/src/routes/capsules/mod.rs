//! Capsules and their lifecycle.

pub(crate) mod create;
pub(crate) mod destroy;
pub(crate) mod fork;
pub(crate) mod get;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod network;
pub(crate) mod pause;
pub(crate) mod ping;
pub(crate) mod resume;
pub(crate) mod stats;
pub(crate) mod usage;
