//! `wrenn completions`: scripts for shells.

use std::process::ExitCode;

use clap::CommandFactory;
use clap_complete::{Shell, generate};

use crate::{app::App, error::Result, output};

/// Print a script that completes commands in a shell
///
/// For bash: `wrenn completions bash > /etc/bash_completion.d/wrenn`
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// Prints the script.
pub(crate) fn run(args: &Args) -> Result {
    let mut script = Vec::new();
    generate(args.shell, &mut App::command(), "wrenn", &mut script);
    output::raw(&script)?;
    Ok(ExitCode::SUCCESS)
}
