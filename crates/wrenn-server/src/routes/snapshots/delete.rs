//! Deletes a template.

use axum::extract::State;
use http::StatusCode;

use crate::{app::App, auth::Authorized, error::Result, extract::Path};

/// Delete one of the team's templates. Capsules that were made from it are unharmed.
#[utoipa::path(
    delete, path = "/v1/snapshots/{name}", operation_id = "deleteSnapshot", tag = "snapshots",
    params(("name" = String, Path, description = "The template")),
    responses((status = 204, description = "The template is gone")),
)]
pub(crate) async fn delete_snapshot(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path(name): Path<String>,
) -> Result<StatusCode> {
    app.control.delete_snapshot(&caller.team_id, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
