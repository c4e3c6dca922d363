//! What a capsule used.

use axum::extract::State;
use serde::Deserialize;
use wrenn_api::{CapsuleId, CapsuleMetrics, MetricsRange};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Path, Query},
};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    range: MetricsRange,
}

/// What a capsule used: a point per half second up to 10 minutes back, means of 30 seconds up to 2 hours, else of 5 minutes.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/metrics", operation_id = "getCapsuleMetrics", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("range" = inline(Option<MetricsRange>), Query, description = "How far back; default 10m"),
    ),
    responses((status = 200, description = "Measurements, oldest first", body = CapsuleMetrics)),
)]
pub(crate) async fn get_capsule_metrics(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Query(params): Query<Params>,
) -> Result<axum::Json<CapsuleMetrics>> {
    Ok(axum::Json(app.control.capsule_metrics(&caller.team_id, &id, params.range).await?))
}
