//! Resumes a capsule.

use axum::extract::State;
use wrenn_api::{Capsule, CapsuleId};

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Let a paused capsule go on.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/resume", operation_id = "resumeCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "The capsule", body = Capsule)),
)]
pub(crate) async fn resume_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<Capsule>> {
    Ok(axum::Json(app.control.resume_capsule(&caller.team_id, &id).await?))
}
