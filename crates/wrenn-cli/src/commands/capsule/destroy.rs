//! `wrenn capsule destroy`.

use std::process::ExitCode;

use crate::{
    app::Global,
    connect,
    error::{CliError, Result},
    output,
};

/// Destroy capsules and all that is in them
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsules' ids, or their beginnings
    #[arg(required_unless_present = "all", value_name = "CAPSULE")]
    capsules: Vec<String>,
    /// Destroy every capsule of the team
    #[arg(long, conflicts_with = "capsules")]
    all: bool,
}

/// Destroys them, one after the other; one that fails does not keep the others.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let mut ids = args.capsules;
    if args.all {
        ids.extend(client.capsules().list().await?.into_iter().map(|capsule| capsule.id.to_string()));
    }
    let mut destroyed = Vec::new();
    let mut failure: Option<CliError> = None;
    for text in &ids {
        let capsule = connect::capsule(&client, text).await?;
        match capsule.destroy().await {
            Ok(()) if global.json => destroyed.push(capsule.id().to_owned()),
            Ok(()) => output::line(capsule.id())?,
            Err(error) => {
                if let Some(earlier) = failure.replace(error.into()) {
                    output::note(earlier.to_string().trim_end());
                }
            }
        }
    }
    if global.json {
        output::json(&destroyed)?;
    }
    failure.map_or(Ok(ExitCode::SUCCESS), Err)
}
