//! `wrenn capsule resume`.

use super::print_states;
use crate::{app::Global, connect, error::Result};

/// Let paused capsules go on, and wait until they run
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsules' ids, or their beginnings
    #[arg(required = true, value_name = "CAPSULE")]
    capsules: Vec<String>,
}

/// Resumes them, one after the other.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let mut states = Vec::new();
    for text in &args.capsules {
        states.push(connect::capsule(&client, text).await?.resume_and_wait().await?);
    }
    print_states(global, &states)
}
