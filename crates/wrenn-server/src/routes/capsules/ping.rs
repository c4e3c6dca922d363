//! Keeps a capsule awake.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::CapsuleId;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Reset a capsule's inactivity timer.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/ping", operation_id = "pingCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 204, description = "The timer begins anew")),
)]
pub(crate) async fn ping_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<StatusCode> {
    app.control.ping_capsule(&caller.team_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
