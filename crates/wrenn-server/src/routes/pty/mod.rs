//! Terminals.

use axum::{extract::State, response::Response};
use wrenn_api::CapsuleId;

use crate::{
    app::App,
    error::Result,
    extract::Path,
    session::{self, Target},
    ws::Upgrade,
};

/// Open a terminal over a WebSocket.
///
/// The client sends `PtyClientMessage`, first `start` or `connect`; the server sends `PtyServerMessage`. The session
/// outlives the connection; joining it again by its tag shows what was on the screen last. Binary frames are input as
/// well, and answered with output in binary frames.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/pty", operation_id = "ptySession", tag = "capsules",
    params(("id" = String, Path, description = "The capsule")),
    responses((status = 101, description = "The WebSocket is open")),
)]
pub(crate) async fn pty_session(
    State(app): State<App>,
    upgrade: Upgrade,
    Path(id): Path<CapsuleId>,
) -> Result<Response> {
    Target::check(&app, &upgrade, &id).await?;
    Ok(upgrade.open(app.clone(), async move |caller, sender, receiver| {
        session::terminal(Target::new(app, caller, id), sender, receiver).await;
    }))
}
