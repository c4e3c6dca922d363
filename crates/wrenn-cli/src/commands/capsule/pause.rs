//! `wrenn capsule pause`.

use super::print_states;
use crate::{app::Global, connect, error::Result};

/// Freeze capsules; memory and processes stay as they are
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsules' ids, or their beginnings
    #[arg(required = true, value_name = "CAPSULE")]
    capsules: Vec<String>,
}

/// Freezes them, one after the other.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let mut states = Vec::new();
    for text in &args.capsules {
        states.push(connect::capsule(&client, text).await?.pause().await?);
    }
    print_states(global, &states)
}
