//! `wrenn exec`: run a command in a capsule.

use std::{process::ExitCode, time::Duration};

use serde::Serialize;
use wrenn::Capsule;

use super::{
    follow::{Followed, OnInterrupt, Options, TIMED_OUT, exit_status, follow},
    pairs::variable,
    shell,
};
use crate::{
    app::Global,
    connect,
    error::Result,
    output,
    terminal::{self, Interrupts},
};

/// Run a command in a capsule
///
/// The command gets this program's input and output, byte by byte, and this program ends with the command's exit code
/// (124 when --timeout was over). Ctrl-C and SIGTERM stop the command. The program is executed directly: for pipes and
/// variables run a shell, as in `wrenn exec CAPSULE -- sh -c 'ls | wc -l'`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning
    pub(crate) capsule: String,
    #[command(flatten)]
    pub(crate) options: CommandOptions,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// How a command is run.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct CommandOptions {
    /// Set an environment variable; without a value, pass on the one of this shell
    #[arg(short, long = "env", value_name = "NAME[=VALUE]", value_parser = variable)]
    pub(crate) envs: Vec<(String, String)>,
    /// Run in this directory instead of the user's home
    #[arg(short = 'w', long, value_name = "DIR")]
    pub(crate) cwd: Option<String>,
    /// Run as this user instead of root
    #[arg(short, long, value_name = "USER")]
    pub(crate) user: Option<String>,
    /// Give the command a terminal
    #[arg(short, long)]
    pub(crate) tty: bool,
    /// Give the command no input
    #[arg(short = 'n', long, conflicts_with = "tty")]
    pub(crate) no_stdin: bool,
    /// Stop the command after this time
    #[arg(long, value_name = "SECONDS", conflicts_with = "tty")]
    pub(crate) timeout: Option<u64>,
    /// Let the command go on by itself and print its process id and tag
    #[arg(short, long, conflicts_with_all = ["tty", "timeout", "no_stdin"])]
    pub(crate) detach: bool,
    /// The name of a detached command or of a terminal, to find it by later
    #[arg(long, value_name = "TAG")]
    pub(crate) tag: Option<String>,
}

/// Runs the command.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut interrupts = terminal::interrupts()?;
    let client = connect::client(global)?;
    let capsule = connect::capsule(&client, &args.capsule).await?;
    execute(global, &capsule, &args.options, args.command, &mut interrupts).await
}

/// Runs a command in a capsule as the options say.
pub(crate) async fn execute(
    global: &Global,
    capsule: &Capsule,
    options: &CommandOptions,
    command: Vec<String>,
    interrupts: &mut Interrupts,
) -> Result {
    let mut words = command.into_iter();
    let (program, args) = (words.next().unwrap_or_default(), words);
    if options.tty {
        return shell::open(capsule, options, Some((program, args.collect()))).await;
    }
    if options.detach {
        return start(global, capsule, options, program, args).await;
    }
    if global.json {
        return report(capsule, options, program, args, interrupts).await;
    }
    let mut stream = capsule.commands().stream(program).args(args).envs(options.envs.clone());
    if let Some(cwd) = &options.cwd {
        stream = stream.cwd(cwd);
    }
    if let Some(user) = &options.user {
        stream = stream.user(user);
    }
    let stream = stream.stdin(!options.no_stdin).await?;
    let timeout = options.timeout.map(Duration::from_secs);
    let how = Options { stdin: !options.no_stdin, on_interrupt: OnInterrupt::Stop, timeout };
    match follow(stream, how, interrupts).await? {
        Followed::Exited(code) => Ok(ExitCode::from(code)),
        Followed::Left(interrupt) => Ok(ExitCode::from(interrupt.exit_code())),
    }
}

/// Starts the command and leaves it.
async fn start(
    global: &Global,
    capsule: &Capsule,
    options: &CommandOptions,
    program: String,
    args: impl Iterator<Item = String>,
) -> Result {
    let mut start = capsule.commands().start(program).args(args).envs(options.envs.clone());
    if let Some(cwd) = &options.cwd {
        start = start.cwd(cwd);
    }
    if let Some(user) = &options.user {
        start = start.user(user);
    }
    if let Some(tag) = &options.tag {
        start = start.tag(tag);
    }
    let process = start.await?;
    if global.json {
        output::json(&process)?;
    } else {
        output::line(format!("{} {}", process.pid, process.tag))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// What a program learns of a command.
#[derive(Serialize)]
struct Report<'a> {
    exit_code: i32,
    stdout: &'a str,
    stderr: &'a str,
    duration_ms: u128,
    timed_out: bool,
}

/// Runs the command to its end and prints all of its outcome as JSON.
async fn report(
    capsule: &Capsule,
    options: &CommandOptions,
    program: String,
    args: impl Iterator<Item = String>,
    interrupts: &mut Interrupts,
) -> Result {
    let mut exec = capsule.commands().exec(program).args(args).envs(options.envs.clone());
    if let Some(cwd) = &options.cwd {
        exec = exec.cwd(cwd);
    }
    if let Some(user) = &options.user {
        exec = exec.user(user);
    }
    let exec = exec.timeout(Duration::from_secs(options.timeout.unwrap_or(0)));
    let outcome = tokio::select! {
        outcome = exec => outcome?,
        interrupt = interrupts.next() => return Ok(ExitCode::from(interrupt.exit_code())),
    };
    output::json(&Report {
        exit_code: outcome.exit_code,
        stdout: &outcome.stdout,
        stderr: &outcome.stderr,
        duration_ms: outcome.duration.as_millis(),
        timed_out: outcome.timed_out,
    })?;
    Ok(ExitCode::from(if outcome.timed_out { TIMED_OUT } else { exit_status(outcome.exit_code) }))
}
