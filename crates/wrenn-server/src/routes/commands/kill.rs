//! Ends a process.

use axum::extract::State;
use http::StatusCode;
use serde::Deserialize;
use wrenn_api::{CapsuleId, Signal};

use crate::{
    app::App,
    auth::Authorized,
    error::Result,
    extract::{Path, Query},
};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    #[serde(default)]
    signal: Signal,
}

/// End a process that was started through the API, by its pid or tag.
#[utoipa::path(
    delete, path = "/v1/capsules/{id}/processes/{selector}", operation_id = "killProcess", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("selector" = String, Path, description = "The process's pid or tag"),
        ("signal" = inline(Option<Signal>), Query, description = "How; default SIGKILL"),
    ),
    responses((status = 204, description = "The signal was sent")),
)]
pub(crate) async fn kill_process(
    State(app): State<App>,
    Authorized(caller): Authorized,
    Path((id, selector)): Path<(CapsuleId, String)>,
    Query(params): Query<Params>,
) -> Result<StatusCode> {
    let Ok(selector) = selector.parse();
    app.control.kill_process(&caller.team_id, &id, &selector, params.signal).await?;
    Ok(StatusCode::NO_CONTENT)
}
