//! Interrupts a cell.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::CapsuleId;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Interrupt the cell that a notebook runs; it ends with a `KeyboardInterrupt`.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/notebooks/{name}/interrupt", operation_id = "interruptNotebook", tag = "notebooks",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("name" = String, Path, description = "The notebook"),
    ),
    responses((status = 204, description = "The kernel was interrupted")),
)]
pub(crate) async fn interrupt_notebook(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path((id, name)): Path<(CapsuleId, String)>,
) -> Result<StatusCode> {
    app.control.interrupt_notebook(&caller.team_id, &id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
