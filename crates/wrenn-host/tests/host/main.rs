//! The host on a runtime in memory.

mod create;
mod fixture;
mod lifecycle;
mod metrics;
mod property;
mod recovery;
mod runtimes;
mod timeout;
