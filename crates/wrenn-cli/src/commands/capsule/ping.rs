//! `wrenn capsule ping`.

use std::process::ExitCode;

use crate::{app::Global, connect, error::Result};

/// Count as use, so that the time until an automatic pause begins anew
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
}

/// Pings it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    connect::capsule(&client, &args.capsule).await?.ping().await?;
    Ok(ExitCode::SUCCESS)
}
