//! `wrenn capsule`: the life of capsules.

pub(crate) mod create;
pub(crate) mod destroy;
pub(crate) mod fork;
pub(crate) mod info;
pub(crate) mod list;
pub(crate) mod metrics;
pub(crate) mod network;
pub(crate) mod pause;
pub(crate) mod ping;
pub(crate) mod resume;

use std::process::ExitCode;

use wrenn::api::Capsule;

use crate::{app::Global, error::Result, output};

/// What to do with capsules.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    Info(info::Args),
    Pause(pause::Args),
    Resume(resume::Args),
    Fork(fork::Args),
    Ping(ping::Args),
    Metrics(metrics::Args),
    Network(network::Args),
    #[command(visible_alias = "rm")]
    Destroy(destroy::Args),
}

/// Does it.
pub(crate) async fn run(global: &Global, command: Command) -> Result {
    match command {
        Command::Create(args) => create::run(global, args).await,
        Command::List(args) => list::run(global, args).await,
        Command::Info(args) => info::run(global, args).await,
        Command::Pause(args) => pause::run(global, args).await,
        Command::Resume(args) => resume::run(global, args).await,
        Command::Fork(args) => fork::run(global, args).await,
        Command::Ping(args) => ping::run(global, args).await,
        Command::Metrics(args) => metrics::run(global, args).await,
        Command::Network(args) => network::run(global, args).await,
        Command::Destroy(args) => destroy::run(global, args).await,
    }
}

/// Prints what became of each of several capsules: their states, one a line.
fn print_states(global: &Global, capsules: &[Capsule]) -> Result {
    if global.json {
        output::json(&capsules)?;
    } else {
        for capsule in capsules {
            output::line(format!("{} {}", capsule.id, capsule.status))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}
