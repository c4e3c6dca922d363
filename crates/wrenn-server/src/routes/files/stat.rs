//! Looks at a path.

use axum::extract::State;
use wrenn_api::{CapsuleId, StatRequest, StatResponse};

use super::path;
use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Look at a file, directory or symbolic link, which is not followed.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/stat", operation_id = "statPath", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = StatRequest,
    responses((status = 200, description = "What is there", body = StatResponse)),
)]
pub(crate) async fn stat_path(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<StatRequest>,
) -> Result<axum::Json<StatResponse>> {
    let path = path::check(&request.path)?;
    let entry = app.control.stat_path(&caller.team_id, &id, path).await?;
    Ok(axum::Json(StatResponse { entry }))
}
