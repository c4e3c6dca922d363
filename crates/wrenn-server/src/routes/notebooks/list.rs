//! Lists notebooks.

use axum::extract::State;
use wrenn_api::{CapsuleId, NotebookListResponse};

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// List the notebooks that have a kernel. There are none where cells share no variables.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/notebooks", operation_id = "listNotebooks", tag = "notebooks",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "The notebooks, by name", body = NotebookListResponse)),
)]
pub(crate) async fn list_notebooks(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<NotebookListResponse>> {
    Ok(axum::Json(app.control.list_notebooks(&caller.team_id, &id).await?))
}
