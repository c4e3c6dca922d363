//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::commands::{
    attach, capsule, completions, cp, doctor, exec, kill, notebook, ps, run, serve, shell, snapshot, stats,
    template, url, usage,
};

/// The data directory when nothing else is said.
pub(crate) const DEFAULT_DATA_DIR: &str = "/var/lib/wrenn";

/// Isolated capsules on your own machine: create them in milliseconds, run anything in them.
#[derive(Debug, Parser)]
#[command(name = "wrenn", version, subcommand_required = true, arg_required_else_help = true)]
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
    #[arg(
        long,
        global = true,
        value_name = "DIR",
        env = "WRENN_DATA_DIR",
        hide_env_values = true,
        help_heading = "Global options"
    )]
    pub(crate) data_dir: Option<PathBuf>,
}

impl Global {
    /// The data directory, given or not.
    pub(crate) fn data_dir(&self) -> PathBuf {
        self.data_dir.clone().unwrap_or_else(|| DEFAULT_DATA_DIR.into())
    }
}

/// What to do. What a command is for stands with its arguments.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Run(run::Args),
    Exec(exec::Args),
    Shell(shell::Args),
    Attach(attach::Args),
    Ps(ps::Args),
    Kill(kill::Args),
    Cp(cp::Args),
    Notebook(notebook::Args),
    Url(url::Args),
    /// Create, list, pause and destroy capsules
    #[command(subcommand, visible_alias = "capsules")]
    Capsule(capsule::Command),
    /// Keep capsules as templates
    #[command(subcommand, visible_alias = "snapshots")]
    Snapshot(snapshot::Command),
    /// Build the templates of this machine
    #[command(subcommand, visible_alias = "templates")]
    Template(template::Command),
    Stats(stats::Args),
    Usage(usage::Args),
    Serve(serve::Args),
    Doctor(doctor::Args),
    Completions(completions::Args),
    #[command(hide = true)]
    Create(capsule::create::Args),
    #[command(hide = true, alias = "ls")]
    List(capsule::list::Args),
    #[command(hide = true)]
    Info(capsule::info::Args),
    #[command(hide = true, alias = "rm")]
    Destroy(capsule::destroy::Args),
    #[command(hide = true)]
    Pause(capsule::pause::Args),
    #[command(hide = true)]
    Resume(capsule::resume::Args),
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        App::command().debug_assert();
    }

    #[test]
    fn every_help_reads_well() {
        let mut command = App::command().term_width(100);
        command.build();
        let mut helps = Vec::new();
        collect(&command, "wrenn", &mut helps);
        for (name, help) in helps {
            insta::assert_snapshot!(name.replace(' ', "-"), help);
        }
    }

    /// The help of a command that is not hidden, and of those below it.
    fn collect(command: &clap::Command, name: &str, helps: &mut Vec<(String, String)>) {
        helps.push((name.to_owned(), command.clone().render_long_help().to_string()));
        for below in
            command.get_subcommands().filter(|below| !below.is_hide_set() && below.get_name() != "help")
        {
            collect(below, &format!("{name} {}", below.get_name()), helps);
        }
    }

    #[test]
    fn a_command_may_follow_with_and_without_dashes() {
        for line in ["wrenn run minimal -- echo -n hi", "wrenn run minimal echo -n hi"] {
            let app = App::try_parse_from(line.split(' ')).expect(line);
            let Command::Run(args) = app.command else { panic!("{line}") };
            assert_eq!(args.command, ["echo", "-n", "hi"]);
        }
        let app =
            App::try_parse_from(["wrenn", "exec", "cl-1", "--", "sh", "-c", "x", "--", "y"]).expect("valid");
        let Command::Exec(args) = app.command else { panic!("no exec") };
        assert_eq!(args.command, ["sh", "-c", "x", "--", "y"]);
    }

    #[test]
    fn a_flag_beats_the_environment_and_that_beats_the_default() {
        let parse = |args: &[&str]| match App::try_parse_from(["wrenn", "serve"].iter().chain(args))
            .expect("valid")
            .command
        {
            Command::Serve(serve) => serve.listen.to_string(),
            _ => panic!("no serve"),
        };
        assert_eq!(parse(&[]), "127.0.0.1:8080");
        assert_eq!(parse(&["--listen", "127.0.0.1:1"]), "127.0.0.1:1");
    }
}
