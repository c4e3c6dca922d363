//! The port proxy: requests for what listens inside a capsule.
//!
//! ```text
//! front ── address ── forward ── credentials ── headers ── client ── connector ── wrenn_control (the agent's tunnel)
//!          (by host    (one       (taken out,    (what is   (HTTP/1.1, connections
//!           or path)    request)   who may come)  passed)    kept for the next request)
//! ```
//!
//! Answers come back through [`origin`], which keeps a service from speaking for anything but its own address.
//! Nothing is buffered: bodies stream both ways, and an upgraded connection is only copied.

mod address;
mod body;
mod client;
mod connector;
mod credentials;
pub(crate) mod forward;
mod headers;
mod origin;
mod upgrade;
mod url;

pub(crate) use address::{Address, find};
pub(crate) use client::{Client, client};
pub(crate) use forward::{PassedOn, Visitor};
pub(crate) use url::Base;
