//! Lists a directory.

use axum::extract::State;
use wrenn_api::{CapsuleId, ListDirRequest, ListDirResponse};

use super::path;
use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// List a directory, `depth` levels down.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/list", operation_id = "listDir", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = ListDirRequest,
    responses((status = 200, description = "Its entries", body = ListDirResponse)),
)]
pub(crate) async fn list_dir(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<ListDirRequest>,
) -> Result<axum::Json<ListDirResponse>> {
    let path = path::check(&request.path)?;
    let entries = app.control.list_dir(&caller.team_id, &id, path, request.depth()).await?;
    Ok(axum::Json(ListDirResponse { entries }))
}
