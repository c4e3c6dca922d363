//! Destroys a capsule.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::CapsuleId;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Destroy a capsule, whatever it does. Asking again is no error.
#[utoipa::path(
    delete, path = "/v1/capsules/{id}", operation_id = "destroyCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 204, description = "The capsule is gone")),
)]
pub(crate) async fn destroy_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<StatusCode> {
    app.control.destroy_capsule(&caller.team_id, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}
