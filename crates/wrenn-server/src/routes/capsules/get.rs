//! Looks at a capsule.

use axum::extract::State;
use wrenn_api::{Capsule, CapsuleId};

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Look at a capsule. After its end it is still there, as `stopped`.
#[utoipa::path(
    get, path = "/v1/capsules/{id}", operation_id = "getCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "The capsule", body = Capsule)),
)]
pub(crate) async fn get_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<Capsule>> {
    Ok(axum::Json(app.control.get_capsule(&caller.team_id, &id).await?))
}
