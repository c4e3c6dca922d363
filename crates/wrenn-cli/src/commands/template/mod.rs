//! `wrenn template`: the templates of this machine.

mod build;
mod delete;
mod list;
mod progress;

use wrenn_runtime::template::TemplateStore;

use crate::{
    app::Global,
    error::{CliError, Result},
};

/// What to do with templates.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    Build(build::Args),
    #[command(visible_alias = "ls")]
    List(list::Args),
    #[command(visible_alias = "rm")]
    Delete(delete::Args),
}

/// Does it.
pub(crate) async fn run(global: &Global, command: Command) -> Result {
    match command {
        Command::Build(args) => build::run(global, args).await,
        Command::List(_) => list::run(global),
        Command::Delete(args) => delete::run(global, &args),
    }
}

/// The store of the data directory. Templates hold other users' files, so only root handles them.
fn store(global: &Global) -> Result<TemplateStore> {
    if !rustix::process::geteuid().is_root() {
        let text = "only root can handle the templates of this machine";
        return Err(CliError::new(text)
            .hint("run the command with sudo")
            .hint("`wrenn snapshot list` shows the templates of a server"));
    }
    Ok(TemplateStore::open(global.data_dir().join("templates"))?)
}
