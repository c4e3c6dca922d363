//! `wrenn snapshot delete`.

use std::process::ExitCode;

use crate::{app::Global, connect, error::Result};

/// Delete snapshots; capsules made from them are unharmed
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Their names
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Deletes them, one after the other.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let snapshots = connect::client(global)?.snapshots();
    for name in &args.names {
        snapshots.delete(name).await?;
    }
    Ok(ExitCode::SUCCESS)
}
