//! The plain HTTP routes, and tunnels.

pub(crate) mod access;
mod error;
mod files;
pub(crate) mod init;
mod listening;
mod metrics;
mod shutdown;
pub(crate) mod signature;
pub(crate) mod tunnel;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::IntoResponse as _,
    routing::{get, post},
};
use http::StatusCode;

use crate::agent::Agent;

/// Every plain route.
pub(crate) fn routes() -> Router<Agent> {
    Router::new()
        .route("/health", get(async || StatusCode::NO_CONTENT))
        .route(
            "/envs",
            get(async |State(agent): State<Agent>| Json(agent.settings().envs.clone()).into_response()),
        )
        .route("/metrics", get(metrics::metrics))
        .route("/init", post(init::init))
        .route("/shutdown", post(shutdown::shutdown))
        .route("/files", get(files::download).post(files::upload).layer(DefaultBodyLimit::disable()))
        .method_not_allowed_fallback(async || {
            crate::router::plain_error(StatusCode::METHOD_NOT_ALLOWED, "This route takes another method.")
        })
}
