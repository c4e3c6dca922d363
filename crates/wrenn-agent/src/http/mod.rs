//! The plain HTTP routes, and tunnels.

pub(crate) mod access;
pub(crate) mod tunnel;

use axum::{Router, routing::get};
use http::StatusCode;

use crate::agent::Agent;

/// Every plain route.
pub(crate) fn routes() -> Router<Agent> {
    Router::new().route("/health", get(async || StatusCode::NO_CONTENT))
}
