//! The HTTP server: every handler translates a request into one call of the control plane and its answer back.
//!
//! ```text
//! TCP ── connection ── front ── layer ── router ── extract ── routes/<resource>/<verb> ── wrenn_control::Control
//!        (limits,       │        (request id, logs,             (one function per operation,
//!         shutdown)     │         errors, metrics)               described for the OpenAPI document)
//!                       └ layer ── ports (requests for what listens in a capsule)
//! ```

mod app;
mod auth;
mod config;
mod connection;
mod error;
mod extract;
mod front;
mod layer;
mod metrics;
mod multipart;
mod openapi;
mod ports;
mod router;
mod routes;
mod serve;
mod session;
mod ws;

pub use config::Config;
pub use openapi::{document as openapi, json as openapi_json};
pub use serve::serve;
