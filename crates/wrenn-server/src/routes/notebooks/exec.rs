//! Runs a cell.

use axum::extract::State;
use wrenn_api::{CapsuleId, ExecCellRequest, ExecCellResponse};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Run a cell of a notebook to its end, after those that were sent before. A notebook comes to be with its first cell.
///
/// Cells of one notebook share their variables where the capsule has a Jupyter server on its port 8888, as in the template
/// `jupyter`; elsewhere each is run by `python3 -c`. When a cell's time is over it is interrupted; one that goes on all
/// the same loses its kernel. Both are answered with `timed_out` and what was printed so far.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/notebooks/{name}/exec", operation_id = "execCell", tag = "notebooks",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("name" = String, Path, description = "The notebook; `default` is the one that clients mean when they name none"),
    ),
    request_body = ExecCellRequest,
    responses((status = 200, description = "What came of the cell, also when it failed", body = ExecCellResponse)),
)]
pub(crate) async fn exec_cell(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path((id, name)): Path<(CapsuleId, String)>,
    Json(request): Json<ExecCellRequest>,
) -> Result<axum::Json<ExecCellResponse>> {
    Ok(axum::Json(app.control.exec_cell(&caller.team_id, &id, &name, &request).await?))
}
