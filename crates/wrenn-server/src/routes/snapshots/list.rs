//! Lists templates.

use axum::extract::State;
use serde::Deserialize;
use wrenn_api::{Template, TemplateType};

use crate::{app::App, auth::Authorized, error::Result, extract::Query};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(rename = "type")]
    kind: Option<TemplateType>,
}

/// List the built-in templates and the team's own.
#[utoipa::path(
    get, path = "/v1/snapshots", operation_id = "listSnapshots", tag = "snapshots",
    params(("type" = inline(Option<TemplateType>), Query, description = "Only these")),
    responses((status = 200, description = "The templates", body = [Template])),
)]
pub(crate) async fn list_snapshots(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Query(params): Query<Params>,
) -> Result<axum::Json<Vec<Template>>> {
    Ok(axum::Json(app.control.list_templates(&caller.team_id, params.kind).await?))
}
