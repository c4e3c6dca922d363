//! `wrenn attach`: follow a process that runs.

use std::process::ExitCode;

use super::follow::{Followed, OnInterrupt, Options, follow};
use crate::{app::Global, connect, error::Result, output, terminal};

/// Follow a process that runs in a capsule
///
/// Shows what the process printed lately, then what it prints, and ends with its exit code. Ctrl-C leaves it: the process
/// goes on. Terminals are joined by `wrenn shell --tag`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// The process id or tag, as `wrenn ps` shows it
    process: String,
    /// Give this program's input to the process
    #[arg(short, long)]
    interactive: bool,
}

/// Follows the process.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut interrupts = terminal::interrupts()?;
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    let stream = capsule.commands().attach(&args.process).await?;
    let how = Options { stdin: args.interactive, on_interrupt: OnInterrupt::Leave, timeout: None };
    match follow(stream, how, &mut interrupts).await? {
        Followed::Exited(code) => Ok(ExitCode::from(code)),
        Followed::Left(_) => {
            let (id, process) = (capsule.id(), &args.process);
            output::note(format!(
                "left the process, which goes on; `wrenn attach {id} {process}` follows it again"
            ));
            Ok(ExitCode::SUCCESS)
        }
    }
}
