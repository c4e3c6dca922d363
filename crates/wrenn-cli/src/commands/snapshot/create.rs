//! `wrenn snapshot create`.

use std::process::ExitCode;

use crate::{app::Global, connect, error::Result, output};

/// Keep a capsule's files as a template and print its name; the capsule goes on
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    capsule: String,
    /// The template's name; made up if not given
    name: Option<String>,
    /// Replace a snapshot of that name
    #[arg(long, requires = "name")]
    overwrite: bool,
}

/// Takes it.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    let mut snapshot = client.snapshots().create(&capsule).overwrite(args.overwrite);
    if let Some(name) = args.name {
        snapshot = snapshot.name(name);
    }
    let spinner = output::progress::spinner(global.json);
    spinner.set_message("copying the capsule's files");
    let outcome = snapshot.await;
    spinner.finish_and_clear();
    let template = outcome?;
    if global.json {
        output::json(&template)?;
    } else {
        output::line(&template.name)?;
    }
    Ok(ExitCode::SUCCESS)
}
