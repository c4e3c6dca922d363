//! The port proxy: requests for what listens inside a capsule.
//!
//! ```text
//! front ── address ── forward ── headers ── client ── connector ── wrenn_control (the agent's tunnel)
//!          (by host    (who may   (what is   (HTTP/1.1, connections
//!           or path)    come)      passed)    kept for the next request)
//! ```
//!
//! Nothing is buffered: bodies stream both ways, and an upgraded connection is only copied.

mod address;
mod body;
mod client;
mod connector;
mod forward;
mod headers;
mod upgrade;

pub(crate) use address::{Address, find};
pub(crate) use client::{Client, client};
pub(crate) use forward::{PassedOn, Visitor, forward};
