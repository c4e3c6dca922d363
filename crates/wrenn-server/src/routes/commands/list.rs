//! Lists processes.

use axum::extract::State;
use wrenn_api::{CapsuleId, ProcessListResponse};

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// List the processes that were started through the API and still run.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/processes", operation_id = "listProcesses", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "The processes", body = ProcessListResponse)),
)]
pub(crate) async fn list_processes(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<ProcessListResponse>> {
    Ok(axum::Json(app.control.list_processes(&caller.team_id, &id).await?))
}
