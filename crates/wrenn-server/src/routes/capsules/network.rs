//! What a capsule may reach.

use axum::extract::State;
use wrenn_api::{CapsuleId, NetworkPolicy};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
};

/// What a capsule may reach.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/network", operation_id = "getCapsuleNetwork", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 200, description = "Its network policy", body = NetworkPolicy)),
)]
pub(crate) async fn get_capsule_network(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
) -> Result<axum::Json<NetworkPolicy>> {
    Ok(axum::Json(app.control.capsule_network(&caller.team_id, &id).await?))
}

/// Change what a capsule may reach, from now on. Connections that are not allowed any more end.
#[utoipa::path(
    put, path = "/v1/capsules/{id}/network", operation_id = "setCapsuleNetwork", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = NetworkPolicy,
    responses((status = 200, description = "Its network policy now", body = NetworkPolicy)),
)]
pub(crate) async fn set_capsule_network(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    Json(policy): Json<NetworkPolicy>,
) -> Result<axum::Json<NetworkPolicy>> {
    Ok(axum::Json(app.control.set_capsule_network(&caller.team_id, &id, policy).await?))
}
