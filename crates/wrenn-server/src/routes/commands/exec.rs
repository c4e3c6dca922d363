//! Runs a command.

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::StatusCode;
use wrenn_api::{BackgroundExecResponse, CapsuleId, ExecRequest, ExecResponse};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Run a command: to its end, or in the background. `cmd` is executed directly, not through a shell.
///
/// When the time of a foreground command is over, it and all that it started are killed, and the answer has the exit
/// code -1, `timed_out`, and what was written so far. A command that does not exist has the exit code 127.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/exec", operation_id = "execCommand", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = ExecRequest,
    responses(
        (status = 200, description = "What came of a foreground command", body = ExecResponse),
        (status = 202, description = "The background process", body = BackgroundExecResponse),
    ),
)]
pub(crate) async fn exec_command(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<ExecRequest>,
) -> Result<Response> {
    if request.background {
        let started = app.control.exec_background(&caller.team_id, &id, &request).await?;
        return Ok((StatusCode::ACCEPTED, axum::Json(started)).into_response());
    }
    Ok(axum::Json(app.control.exec_foreground(&caller.team_id, &id, &request).await?).into_response())
}
