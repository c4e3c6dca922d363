//! Streams the output of a running process.

use axum::{extract::State, response::Response};
use wrenn_api::CapsuleId;

use crate::{
    app::App,
    error::Result,
    extract::{Path, Query},
    session::{self, Format, Target},
    ws::Upgrade,
};

/// Stream the output of a running process over a WebSocket, beginning with what it has printed so far.
///
/// Any number of clients may look on; closing one never harms the process. Messages are those of `exec/stream`.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/processes/{selector}/stream", operation_id = "connectProcess", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("selector" = String, Path, description = "The process's pid or tag"),
        ("binary" = Option<bool>, Query, description = "Output as binary frames: 1 or 2 for its kind, then its bytes"),
    ),
    responses((status = 101, description = "The WebSocket is open")),
)]
pub(crate) async fn connect_process(
    State(app): State<App>,
    upgrade: Upgrade,
    Path((id, selector)): Path<(CapsuleId, String)>,
    Query(format): Query<Format>,
) -> Result<Response> {
    Target::check(&app, &upgrade, &id).await?;
    let Ok(selector) = selector.parse();
    Ok(upgrade.open(app.clone(), async move |caller, sender, receiver| {
        session::attach(Target::new(app, caller, id), selector, format, sender, receiver).await;
    }))
}
