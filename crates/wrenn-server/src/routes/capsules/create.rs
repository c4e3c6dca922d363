//! Creates a capsule.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::{Capsule, CreateCapsuleRequest};

use crate::{app::App, auth::Authorized, error::Result, extract::Json};

/// Create a capsule. Answers once it runs, or after 10 seconds with the status that it has then.
#[utoipa::path(
    post, path = "/v1/capsules", operation_id = "createCapsule", tag = "capsules",
    request_body = CreateCapsuleRequest,
    responses((status = 201, description = "The new capsule", body = Capsule)),
)]
pub(crate) async fn create_capsule(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Json(request): Json<CreateCapsuleRequest>,
) -> Result<(StatusCode, axum::Json<Capsule>)> {
    let capsule = app.control.create_capsule(&caller.team_id, &request).await?;
    Ok((StatusCode::CREATED, axum::Json(capsule)))
}
