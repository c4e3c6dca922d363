//! Removes a file or directory.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::{CapsuleId, RemoveRequest};

use super::path;
use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Remove a file, or a directory with all that it holds.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/files/remove", operation_id = "removePath", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = RemoveRequest,
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn remove_path(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<RemoveRequest>,
) -> Result<StatusCode> {
    app.control.remove_path(&caller.team_id, &id, path::check(&request.path)?).await?;
    Ok(StatusCode::NO_CONTENT)
}
