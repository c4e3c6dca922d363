//! The protocol between a host and the agent inside a capsule.
//!
//! [`process`] and [`filesystem`] are generated from the `.proto` files of this crate; [`AgentClient`] speaks them,
//! and the agent's plain HTTP routes, over any stream that a dial function opens.

mod client;
#[expect(
    missing_docs,
    clippy::allow_attributes,
    clippy::redundant_closure_for_method_calls,
    clippy::semicolon_if_nothing_returned,
    reason = "the generator's code is taken as it is"
)]
mod generated;
pub mod link;
pub mod machine;

pub use client::{
    AgentClient, AgentError, ErrorCode, Exit, FileBody, Init, ProcessEvent, ProcessStart, ProcessStream,
    PtySize, Range, Selector, SystemMetrics, Tunnel, WatchStream, WrittenFile,
};
pub use generated::{filesystem, process};

/// The port on which the agent listens when it serves TCP by itself.
pub const DEFAULT_PORT: u16 = 49983;
