//! Watches a directory.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use wrenn_api::CapsuleId;

use crate::{
    app::App,
    error::Result,
    extract::{Path, Query},
    session::{self, Target, Wish},
    ws::Upgrade,
};

/// The query.
#[derive(Deserialize)]
pub(crate) struct Params {
    path: Option<String>,
    #[serde(default)]
    recursive: bool,
}

/// Report the changes in a directory over a WebSocket.
///
/// The directory stands in the query or in the client's first `WatchClientMessage`, `start`. The server sends
/// `WatchServerMessage`: `started` once every change is seen, then one `event` for each.
#[utoipa::path(
    get, path = "/v1/capsules/{id}/files/watch", operation_id = "watchDir", tag = "capsules",
    params(
        ("id" = String, Path, description = "The capsule"),
        ("path" = Option<String>, Query, description = "The directory"),
        ("recursive" = Option<bool>, Query, description = "Whether directories below it are watched too"),
    ),
    responses((status = 101, description = "The WebSocket is open")),
)]
pub(crate) async fn watch_dir(
    State(app): State<App>,
    upgrade: Upgrade,
    Path(id): Path<CapsuleId>,
    Query(params): Query<Params>,
) -> Result<Response> {
    Target::check(&app, &upgrade, &id).await?;
    let wish = params.path.map(|path| Wish { path, recursive: params.recursive });
    Ok(upgrade.open(app.clone(), async move |caller, sender, receiver| {
        session::watch(Target::new(app, caller, id), wish, sender, receiver).await;
    }))
}
