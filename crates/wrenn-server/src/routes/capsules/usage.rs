//! What a team used by day.

use axum::extract::State;
use serde::Deserialize;
use wrenn_api::UsageResponse;

use crate::{app::App, auth::Authorized, error::Result, extract::Query};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    from: Option<String>,
    to: Option<String>,
}

/// What the team used by day (UTC); by default of the last 30 days.
#[utoipa::path(
    get, path = "/v1/capsules/usage", operation_id = "getCapsuleUsage", tag = "capsules",
    params(
        ("from" = Option<String>, Query, description = "The first day, as in 2026-01-31"),
        ("to" = Option<String>, Query, description = "The last day"),
    ),
    responses((status = 200, description = "The days on which something ran", body = UsageResponse)),
)]
pub(crate) async fn get_capsule_usage(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Query(params): Query<Params>,
) -> Result<axum::Json<UsageResponse>> {
    let usage = app.control.capsule_usage(&caller.team_id, params.from.as_deref(), params.to.as_deref());
    Ok(axum::Json(usage.await?))
}
