//! `wrenn cp`: files into and out of a capsule.

mod download;
mod place;
mod upload;

use std::process::ExitCode;

use place::Place;

use crate::{
    app::Global,
    connect,
    error::{CliError, Result},
    terminal,
};

/// Copy files into or out of a capsule
///
/// One of the two is in the capsule, written as CAPSULE:PATH. Directories are copied with all that is in them. A copy of
/// something to an existing directory goes into it, under its own name. `-` is standard input or output.
#[derive(Debug, clap::Args)]
#[command(after_help = "\
Examples:
  wrenn cp data.csv cl-4x1k:/data/            into a directory of the capsule
  wrenn cp cl-4x1k:/app/result ./result       out of it, files and directories alike
  tar c src | wrenn cp - cl-4x1k:/src.tar     from a pipe")]
pub(crate) struct Args {
    /// What to copy
    source: Place,
    /// Where to
    destination: Place,
    /// Show no progress
    #[arg(short, long)]
    quiet: bool,
}

/// Copies. When it is asked to end meanwhile, nothing half-made stays.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut interrupts = terminal::interrupts()?;
    tokio::select! {
        outcome = copy(global, args) => outcome,
        interrupt = interrupts.next() => {
            let text = "interrupted; files that were not copied whole are as they were";
            Err(CliError::new(text).code(interrupt.exit_code()))
        }
    }
}

async fn copy(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let quiet = args.quiet || global.json;
    match (args.source, args.destination) {
        (Place::Capsule { capsule, path }, local @ (Place::Local(_) | Place::Standard)) => {
            let capsule = connect::capsule(&client, &capsule).await?;
            download::run(&capsule, &path, &local, quiet).await?;
        }
        (local @ (Place::Local(_) | Place::Standard), Place::Capsule { capsule, path }) => {
            let capsule = connect::capsule(&client, &capsule).await?;
            upload::run(&capsule, &local, &path, quiet).await?;
        }
        (Place::Capsule { .. }, Place::Capsule { .. }) => {
            return Err(CliError::usage("both are in a capsule")
                .hint("copy to this machine and then to the other capsule"));
        }
        (Place::Local(_) | Place::Standard, Place::Local(_) | Place::Standard) => {
            return Err(
                CliError::usage("neither is in a capsule").hint("write CAPSULE:PATH for the one that is")
            );
        }
    }
    Ok(ExitCode::SUCCESS)
}
