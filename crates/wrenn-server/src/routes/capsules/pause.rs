//! Pauses a capsule.

use axum::extract::State;
use wrenn_api::{Capsule, CapsuleId};

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Pause a running capsule: its processes stop where they are, nothing of it is lost.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/pause", operation_id = "pauseCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "The capsule", body = Capsule)),
)]
pub(crate) async fn pause_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<Capsule>> {
    Ok(axum::Json(app.control.pause_capsule(&caller.team_id, &id).await?))
}
