//! A team's capsules over a time.

use axum::extract::State;
use serde::Deserialize;
use wrenn_api::{CapsuleStats, StatsRange};

use crate::{app::App, auth::Authorized, error::Result, extract::Query};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    range: StatsRange,
}

/// How many capsules the team runs, with how much reserved: now, at most, and over a time.
#[utoipa::path(
    get, path = "/v1/capsules/stats", operation_id = "getCapsuleStats", tag = "capsules",
    params(("range" = inline(Option<StatsRange>), Query, description = "How far back; default 1h")),
    responses((status = 200, description = "The figures", body = CapsuleStats)),
)]
pub(crate) async fn get_capsule_stats(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Query(params): Query<Params>,
) -> Result<axum::Json<CapsuleStats>> {
    Ok(axum::Json(app.control.capsule_stats(&caller.team_id, params.range).await?))
}
