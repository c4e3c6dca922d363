//! Copies a capsule.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::{CapsuleId, ForkCapsuleRequest, ForkCapsuleResponse};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// Make copies of a running or paused capsule, which goes on. Either all are made or none. Answers once they run, or after 10
/// seconds with the statuses that they have then.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/fork", operation_id = "forkCapsule", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = ForkCapsuleRequest,
    responses((status = 201, description = "The copies", body = ForkCapsuleResponse)),
)]
pub(crate) async fn fork_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(request): Json<ForkCapsuleRequest>,
) -> Result<(StatusCode, axum::Json<ForkCapsuleResponse>)> {
    let copies = app.control.fork_capsule(&caller.team_id, &id, &request).await?;
    Ok((StatusCode::CREATED, axum::Json(copies)))
}
