//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    attach, capsule, completions, cp, doctor, exec, kill, ps, run, serve, shell, snapshot, stats, template,
    usage,
};

/// The data directory when nothing else is said.
pub(crate) const DEFAULT_DATA_DIR: &str = "/var/lib/wrenn";

/// Isolated capsules on your own machine: create them in milliseconds, run anything in them.
#[derive(Debug, Parser)]
#[command(
    name = "wrenn",
    version,
    propagate_version = true,
    subcommand_required = true,
    arg_required_else_help = true
)]
#[command(after_help = "\
A server on this machine is found by itself (as root). For any other, set WRENN_BASE_URL and WRENN_API_KEY.

  wrenn serve                         start a server
  wrenn run minimal -- echo hello     run a command in a new capsule
  wrenn shell                         a terminal in a new capsule")]
pub(crate) struct App {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command can be told.
#[derive(Debug, Clone, Args)]
pub(crate) struct Global {
    /// Print JSON for programs instead of text for people
    #[arg(long, global = true, help_heading = "Global options")]
    pub(crate) json: bool,
    /// Where the server on this machine keeps its data
    #[arg(long, global = true, value_name = "DIR", env = "WRENN_DATA_DIR", help_heading = "Global options")]
    pub(crate) data_dir: Option<PathBuf>,
}

impl Global {
    /// The data directory, given or not.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| DEFAULT_DATA_DIR.into())
    }
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run a command in a new capsule that is destroyed afterwards
    Run(run::Args),
    /// Run a command in a capsule
    Exec(exec::Args),
    /// Open a terminal in a capsule, or join one
    Shell(shell::Args),
    /// Follow a process that runs in a capsule
    Attach(attach::Args),
    /// List the processes that were started in capsules
    Ps(ps::Args),
    /// End a process in a capsule
    Kill(kill::Args),
    /// Copy files into or out of a capsule
    Cp(cp::Args),
    /// Create, list, pause and destroy capsules
    #[command(subcommand, visible_alias = "capsules")]
    Capsule(capsule::Command),
    /// Keep capsules as templates
    #[command(subcommand, visible_alias = "snapshots")]
    Snapshot(snapshot::Command),
    /// Build the templates of this machine
    #[command(subcommand, visible_alias = "templates")]
    Template(template::Command),
    /// Show how many capsules run and ran
    Stats(stats::Args),
    /// Show what was used by day
    Usage(usage::Args),
    /// Start the server
    Serve(serve::Args),
    /// Find out what this machine can and cannot do
    Doctor(doctor::Args),
    /// Print a script that completes commands in a shell
    Completions(completions::Args),
    /// Short for `capsule create`
    #[command(hide = true)]
    Create(capsule::create::Args),
    /// Short for `capsule list`
    #[command(hide = true, alias = "ls")]
    List(capsule::list::Args),
    /// Short for `capsule info`
    #[command(hide = true)]
    Info(capsule::info::Args),
    /// Short for `capsule destroy`
    #[command(hide = true, alias = "rm")]
    Destroy(capsule::destroy::Args),
    /// Short for `capsule pause`
    #[command(hide = true)]
    Pause(capsule::pause::Args),
    /// Short for `capsule resume`
    #[command(hide = true)]
    Resume(capsule::resume::Args),
}
