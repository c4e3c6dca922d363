//! Takes a snapshot.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use wrenn_api::{CreateSnapshotRequest, Template};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Query},
};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    overwrite: bool,
}

/// Keep a capsule as a template. The capsule goes on, after a short pause while the copy is taken.
#[utoipa::path(
    post, path = "/v1/snapshots", operation_id = "createSnapshot", tag = "snapshots",
    params(("overwrite" = Option<bool>, Query, description = "Replace the team's template of that name")),
    request_body = CreateSnapshotRequest,
    responses((status = 201, description = "The new template", body = Template)),
)]
pub(crate) async fn create_snapshot(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Query(params): Query<Params>,
    Json(request): Json<CreateSnapshotRequest>,
) -> Result<(StatusCode, axum::Json<Template>)> {
    let template = app.control.create_snapshot(&caller.team_id, &request, params.overwrite).await?;
    Ok((StatusCode::CREATED, axum::Json(template)))
}
