//! Which address leads where.

use axum::{
    Router, middleware,
    routing::{delete, get, post},
};

use crate::{
    app::App,
    layer, ports,
    routes::{self, capsules, commands, files, notebooks, pty, snapshots, system},
};

/// The API.
pub(crate) fn router(app: App) -> Router {
    Router::new()
        .nest("/v1", v1())
        .nest("/api/v1", v1())
        .merge(about())
        .nest("/api", about())
        .fallback(system::fallback::not_found)
        .method_not_allowed_fallback(system::fallback::wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), layer::wrap))
        .with_state(app)
}

/// What listens inside capsules.
pub(crate) fn ports(app: App) -> Router {
    Router::new()
        .fallback(ports::forward::forward)
        .layer(middleware::from_fn_with_state(app.clone(), layer::wrap))
        .with_state(app)
}

fn about() -> Router<App> {
    Router::new()
        .route("/health", get(system::health::get_health))
        .route("/metrics", get(system::metrics::get_metrics))
        .route("/openapi.json", get(system::openapi::get_json))
        .route("/openapi.yaml", get(system::openapi::get_yaml))
        .route("/docs", get(system::docs::get_docs))
}

fn v1() -> Router<App> {
    Router::new()
        .route("/capsules", post(capsules::create::create_capsule).get(capsules::list::list_capsules))
        .route("/capsules/stats", get(capsules::stats::get_capsule_stats))
        .route("/capsules/usage", get(capsules::usage::get_capsule_usage))
        .nest("/capsules/{id}", capsule())
        .route("/snapshots", post(snapshots::create::create_snapshot).get(snapshots::list::list_snapshots))
        .route("/snapshots/{name}", delete(snapshots::delete::delete_snapshot))
}

fn capsule() -> Router<App> {
    Router::new()
        .route("/", get(capsules::get::get_capsule).delete(capsules::destroy::destroy_capsule))
        .route("/pause", post(capsules::pause::pause_capsule))
        .route("/resume", post(capsules::resume::resume_capsule))
        .route("/fork", post(capsules::fork::fork_capsule))
        .route("/ping", post(capsules::ping::ping_capsule))
        .route("/metrics", get(capsules::metrics::get_capsule_metrics))
        .route(
            "/network",
            get(capsules::network::get_capsule_network).put(capsules::network::set_capsule_network),
        )
        .route("/exec", post(commands::exec::exec_command))
        .route("/exec/stream", get(commands::exec_stream::exec_stream))
        .route("/processes", get(commands::list::list_processes))
        .route("/processes/{selector}", delete(commands::kill::kill_process))
        .route("/processes/{selector}/stream", get(commands::process_stream::connect_process))
        .route("/notebooks", get(notebooks::list::list_notebooks))
        .route("/notebooks/{name}", delete(notebooks::delete::delete_notebook))
        .route("/notebooks/{name}/exec", post(notebooks::exec::exec_cell))
        .route("/notebooks/{name}/interrupt", post(notebooks::interrupt::interrupt_notebook))
        .route("/notebooks/{name}/restart", post(notebooks::restart::restart_notebook))
        .route("/notebooks/{name}/stream", get(notebooks::stream::notebook_stream))
        .route("/signed-urls", post(routes::ports::sign::create_signed_url))
        .route("/pty", get(pty::pty_session))
        .route("/files/write", post(files::write::upload_file))
        .route("/files/stream/write", post(files::write::stream_upload_file))
        .route("/files/read", post(files::read::download_file))
        .route("/files/stream/read", post(files::read::stream_download_file))
        .route("/files/list", post(files::list::list_dir))
        .route("/files/mkdir", post(files::mkdir::make_dir))
        .route("/files/remove", post(files::remove::remove_path))
        .route("/files/stat", post(files::stat::stat_path))
        .route("/files/move", post(files::mv::move_path))
        .route("/files/watch", get(files::watch::watch_dir))
}
