//! Whether the server works.

use wrenn_api::Health;

/// Whether the server works.
#[utoipa::path(
    get, path = "/health", operation_id = "getHealth", tag = "system", security(()),
    responses((status = 200, description = "It does", body = Health)),
)]
pub(crate) async fn get_health() -> axum::Json<Health> {
    axum::Json(Health { status: "ok".to_owned(), version: env!("CARGO_PKG_VERSION").to_owned() })
}
