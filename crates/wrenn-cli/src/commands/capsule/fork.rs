//! `wrenn capsule fork`.

use std::process::ExitCode;

use crate::{app::Global, connect, error::Result, output};

/// Make copies of a running or paused capsule and print their ids
///
/// Copies of virtual machines go on with the original's processes; copies of containers have its files only. Either all
/// are made or none.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// How many to make
    #[arg(short = 'n', long, value_name = "COUNT", default_value = "1")]
    count: u32,
}

/// Copies it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let forked = connect::capsule(&client, &args.capsule).await?.fork_info(args.count).await?;
    if global.json {
        output::json(&forked)?;
        return Ok(ExitCode::SUCCESS);
    }
    for capsule in &forked.capsules {
        output::line(&capsule.id)?;
    }
    if !forked.memory {
        output::note("the copies have the capsule's files; its processes do not run in them");
    }
    Ok(ExitCode::SUCCESS)
}
