//! Makes a directory.

use axum::extract::State;
use wrenn_api::{CapsuleId, MakeDirRequest, MakeDirResponse};

use super::path;
use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Make a directory and its parents. That it exists already is no error.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/mkdir", operation_id = "makeDir", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = MakeDirRequest,
    responses((status = 200, description = "The directory", body = MakeDirResponse)),
)]
pub(crate) async fn make_dir(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<MakeDirRequest>,
) -> Result<axum::Json<MakeDirResponse>> {
    let path = path::check(&request.path)?;
    let entry = app.control.make_dir(&caller.team_id, &id, path).await?;
    Ok(axum::Json(MakeDirResponse { entry }))
}
