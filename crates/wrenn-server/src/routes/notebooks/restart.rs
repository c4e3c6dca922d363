//! Starts a kernel anew.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::CapsuleId;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Start a notebook's kernel anew: its variables are gone, and the cell that it runs ends with an error.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/notebooks/{name}/restart", operation_id = "restartNotebook", tag = "notebooks",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("name" = String, Path, description = "The notebook"),
    ),
    responses((status = 204, description = "The kernel is there again")),
)]
pub(crate) async fn restart_notebook(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path((id, name)): Path<(CapsuleId, String)>,
) -> Result<StatusCode> {
    app.control.restart_notebook(&caller.team_id, &id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
