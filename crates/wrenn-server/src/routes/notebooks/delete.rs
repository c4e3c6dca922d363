//! Ends a notebook.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::CapsuleId;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// End a notebook and its kernel. The cell that it runs ends with an error.
#[utoipa::path(
    delete, path = "/v1/capsules/{id}/notebooks/{name}", operation_id = "deleteNotebook", tag = "notebooks",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("name" = String, Path, description = "The notebook"),
    ),
    responses((status = 204, description = "It is gone")),
)]
pub(crate) async fn delete_notebook(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path((id, name)): Path<(CapsuleId, String)>,
) -> Result<StatusCode> {
    app.control.delete_notebook(&caller.team_id, &id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
