//! The description of the API, made from the handlers and types themselves.

mod complete;
pub(crate) mod yaml;

use serde_json::Value;
use utoipa::OpenApi;

use self::complete::Complete;
use crate::{
    ports,
    routes::{self, capsules, commands, files, notebooks, pty, snapshots, system},
};

/// The OpenAPI document of everything that this server answers.
pub fn document() -> utoipa::openapi::OpenApi {
    Document::openapi()
}

/// The document as it is checked in and served.
pub fn json() -> String {
    let mut text = serde_json::to_string_pretty(&value()).unwrap_or_default();
    text.push('\n');
    text
}

/// The document as a value.
pub(crate) fn value() -> Value {
    serde_json::to_value(document()).unwrap_or_default()
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Wrenn",
        description = "Isolated capsules: create them in milliseconds, run commands, move files, open terminals.",
        license(name = "MIT", identifier = "MIT"),
    ),
    servers((url = "/", description = "This server; every path also stands under /api")),
    tags(
        (name = "capsules", description = "Capsules, and the commands, terminals and files in them"),
        (name = "notebooks", description = "Code that runs cell by cell, with variables that stay"),
        (name = "snapshots", description = "Templates, and snapshots of capsules as templates"),
        (name = "system", description = "The server itself"),
    ),
    paths(
        capsules::create::create_capsule,
        capsules::list::list_capsules,
        capsules::stats::get_capsule_stats,
        capsules::usage::get_capsule_usage,
        capsules::get::get_capsule,
        capsules::destroy::destroy_capsule,
        capsules::pause::pause_capsule,
        capsules::resume::resume_capsule,
        capsules::fork::fork_capsule,
        capsules::ping::ping_capsule,
        capsules::metrics::get_capsule_metrics,
        capsules::network::get_capsule_network,
        capsules::network::set_capsule_network,
        commands::exec::exec_command,
        commands::exec_stream::exec_stream,
        commands::list::list_processes,
        commands::kill::kill_process,
        commands::process_stream::connect_process,
        notebooks::exec::exec_cell,
        notebooks::stream::notebook_stream,
        notebooks::list::list_notebooks,
        notebooks::interrupt::interrupt_notebook,
        notebooks::restart::restart_notebook,
        notebooks::delete::delete_notebook,
        pty::pty_session,
        routes::ports::sign::create_signed_url,
        ports::forward::forward,
        files::write::upload_file,
        files::write::stream_upload_file,
        files::read::download_file,
        files::read::stream_download_file,
        files::list::list_dir,
        files::mkdir::make_dir,
        files::remove::remove_path,
        files::stat::stat_path,
        files::mv::move_path,
        files::watch::watch_dir,
        snapshots::create::create_snapshot,
        snapshots::list::list_snapshots,
        snapshots::delete::delete_snapshot,
        system::health::get_health,
    ),
    components(schemas(
        wrenn_api::ErrorResponse,
        wrenn_api::StreamClientMessage,
        wrenn_api::StreamServerMessage,
        wrenn_api::CellClientMessage,
        wrenn_api::CellServerMessage,
        wrenn_api::PtyClientMessage,
        wrenn_api::PtyServerMessage,
        wrenn_api::WatchClientMessage,
        wrenn_api::WatchServerMessage,
    )),
    modifiers(&Complete),
)]
struct Document;
