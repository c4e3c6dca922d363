//! The host on a runtime in memory.

mod agent;
mod create;
mod fixture;
mod fork;
mod lifecycle;
mod metrics;
mod network;
mod property;
mod recovery;
mod runtimes;
mod timeout;
