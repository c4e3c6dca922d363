//! `wrenn kill`: end a process of a capsule.

use std::process::ExitCode;

use wrenn::Signal;

use crate::{app::Global, connect, error::Result};

/// End a process in a capsule, with all that it started
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// The process id or tag, as `wrenn ps` shows it
    process: String,
    /// `kill` ends it at once, `term` asks it to end
    #[arg(short, long, value_enum, default_value = "kill", ignore_case = true)]
    signal: SignalName,
}

#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum SignalName {
    #[value(alias = "sigkill", alias = "9")]
    Kill,
    #[value(alias = "sigterm", alias = "15")]
    Term,
}

/// Ends it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    let signal = match args.signal {
        SignalName::Kill => Signal::Kill,
        SignalName::Term => Signal::Term,
    };
    capsule.commands().kill(&args.process, signal).await?;
    Ok(ExitCode::SUCCESS)
}
