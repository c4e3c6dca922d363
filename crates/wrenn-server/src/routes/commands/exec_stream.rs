//! Runs a command and streams its output.

use axum::{extract::State, response::Response};
use wrenn_api::CapsuleId;

use crate::{
    app::App,
    error::Result,
    extract::{Path, Query},
    session::{self, Format, Target},
    ws::Upgrade,
};

/// Run a command and stream its output over a WebSocket.
///
/// The client sends `StreamClientMessage`, first `start`; the server sends `StreamServerMessage` and closes after
/// `exit` or `error`. A client that does not read slows the command down. A command whose client leaves without `stop`
/// runs on and is found in the list of processes.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/exec/stream", operation_id = "execStream", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("binary" = Option<bool>, Query, description = "Output as binary frames: 1 or 2 for its kind, then its bytes"),
    ),
    responses((status = 101, description = "The WebSocket is open")),
)]
pub(crate) async fn exec_stream(
    State(app): State<App>,
    upgrade: Upgrade,
    Path(id): Path<CapsuleId>,
    Query(format): Query<Format>,
) -> Result<Response> {
    Target::check(&app, &upgrade, &id).await?;
    Ok(upgrade.open(app.clone(), async move |caller, sender, receiver| {
        session::run(Target::new(app, caller, id), format, sender, receiver).await;
    }))
}
