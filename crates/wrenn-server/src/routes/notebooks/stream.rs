//! Runs cells and tells what comes of them as it comes.

use axum::{extract::State, response::Response};
use wrenn_api::CapsuleId;

use crate::{
    app::App,
    error::Result,
    extract::Path,
    session::{self, Target},
    ws::Upgrade,
};

/// Run cells of a notebook over a WebSocket and follow what comes of them.
///
/// The client sends `CellClientMessage`, any number of `exec`, which are run one after the other; the server sends
/// `CellServerMessage`, for each cell up to its `end`. When the client leaves, the cell that runs runs on within its time
/// limit, and those that wait are not begun.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/notebooks/{name}/stream", operation_id = "notebookStream", tag = "notebooks",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("name" = String, Path, description = "The notebook"),
    ),
    responses((status = 101, description = "The WebSocket is open")),
)]
pub(crate) async fn notebook_stream(
    State(app): State<App>,
    upgrade: Upgrade,
    Path((id, name)): Path<(CapsuleId, String)>,
) -> Result<Response> {
    Target::check(&app, &upgrade, &id).await?;
    Ok(upgrade.open(app.clone(), async move |caller, sender, receiver| {
        session::cells(Target::new(app, caller, id), name, sender, receiver).await;
    }))
}
