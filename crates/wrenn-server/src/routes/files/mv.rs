//! Moves a file or directory.

use axum::extract::State;
use wrenn_api::{CapsuleId, MoveRequest, MoveResponse};

use super::path;
use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Move or rename a file or directory.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/move", operation_id = "movePath", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = MoveRequest,
    responses((status = 200, description = "What stands at the destination", body = MoveResponse)),
)]
pub(crate) async fn move_path(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<MoveRequest>,
) -> Result<axum::Json<MoveResponse>> {
    let (source, destination) = (path::check(&request.source)?, path::check(&request.destination)?);
    let entry = app.control.move_path(&caller.team_id, &id, source, destination).await?;
    Ok(axum::Json(MoveResponse { entry }))
}
