//! `wrenn snapshot`: capsules kept as templates.

mod create;
mod delete;
mod list;

use crate::{app::Global, error::Result};

/// What to do with snapshots.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Create(create::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
}

/// Does it.
pub(crate) async fn run(global: &Global, command: Command) -> Result {
    match command {
        Command::Create(args) => create::run(global, args).await,
        Command::List(args) => list::run(global, args).await,
        Command::Delete(args) => delete::run(global, args).await,
    }
}
