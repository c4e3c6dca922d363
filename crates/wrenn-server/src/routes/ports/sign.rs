//! Addresses that let anybody come to a private port for a while.

use axum::extract::State;
use http::StatusCode;
use wrenn_api::{CapsuleId, CreateSignedUrlRequest, SignedUrl};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Json, Path},
    ports::Base,
};

/// Make an address that opens a port of the capsule to whoever has it, until it expires. Meant for private ports; the others
/// need none.
#[utoipa::path(
    post, path = "/v1/capsules/{id}/signed-urls", operation_id = "createSignedUrl", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    request_body = CreateSignedUrlRequest,
    responses((status = 201, description = "The address", body = SignedUrl)),
)]
pub(crate) async fn create_signed_url(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(id): Path<CapsuleId>,
    base: Base,
    Json(request): Json<CreateSignedUrlRequest>,
) -> Result<(StatusCode, axum::Json<SignedUrl>)> {
    let signed = app.control.sign_port(&caller.team_id, &id, &request).await?;
    let base = base.port(app.config.domain.as_deref(), &id, request.port);
    let url = format!("{base}{}", signed.path);
    Ok((StatusCode::CREATED, axum::Json(SignedUrl { url, expires_at: signed.expires_at })))
}
