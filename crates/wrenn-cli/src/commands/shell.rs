//! `wrenn shell`: a terminal in a capsule.

use std::process::ExitCode;

use wrenn::{Capsule, Error, PtySession};

use super::{exec::CommandOptions, follow::exit_status};
use crate::{
    app::Global,
    connect,
    error::{CliError, Result},
    output,
    terminal::{self, Ending, run_session},
};

/// Open a terminal in a capsule, or join one
///
/// Without a capsule, one is created from `minimal` and destroyed when its shell ends. Ctrl-C and every other key go to
/// the capsule. Ctrl-], or ~. at the beginning of a line, leaves the terminal, which goes on; --tag joins it again.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The capsule's id, or its beginning; a new one if not given
    capsule: Option<String>,
    /// Join the terminal with this name if there is one, else open it under this name
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
    /// The template of a new capsule
    #[arg(long, default_value = wrenn::api::DEFAULT_TEMPLATE, conflicts_with = "capsule")]
    template: String,
    /// Set an environment variable; without a value, pass on the one of this shell
    #[arg(short, long = "env", value_name = "NAME[=VALUE]", value_parser = super::pairs::variable)]
    envs: Vec<(String, String)>,
    /// Begin in this directory instead of the user's home
    #[arg(short = 'w', long, value_name = "DIR")]
    cwd: Option<String>,
    /// Be this user instead of root
    #[arg(short, long, value_name = "USER")]
    user: Option<String>,
    /// The program and its arguments
    #[arg(last = true, default_value = "/bin/bash", value_name = "COMMAND")]
    command: Vec<String>,
}

/// Opens or joins the terminal.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    require_terminal()?;
    let client = connect::client(global)?;
    let options = CommandOptions {
        envs: args.envs,
        cwd: args.cwd,
        user: args.user,
        tty: true,
        no_stdin: false,
        timeout: None,
        detach: false,
        tag: args.tag,
    };
    let mut words = args.command.into_iter();
    let command = (words.next().unwrap_or_default(), words.collect());
    let Some(id) = args.capsule else {
        let capsule = client.create_capsule(args.template).owned().await?;
        capsule.wait_for_ready().await?;
        let ending = show(&capsule, &options, Some(command)).await;
        return match ending {
            Ok(Ending::Left) | Ok(Ending::Interrupted(_)) => {
                let capsule = capsule.keep();
                output::note(format!(
                    "the capsule stays; `wrenn capsule destroy {}` destroys it",
                    capsule.id()
                ));
                ending.map(code)
            }
            Ok(Ending::Exited(_)) | Err(_) => {
                capsule.destroy().await?;
                ending.map(code)
            }
        };
    };
    let capsule = connect::capsule(&client, &id).await?;
    open(&capsule, &options, Some(command)).await
}

/// Opens a terminal for a command, or joins that with the tag, and shows it here.
pub(crate) async fn open(
    capsule: &Capsule,
    options: &CommandOptions,
    command: Option<(String, Vec<String>)>,
) -> Result {
    show(capsule, options, command).await.map(code)
}

async fn show(
    capsule: &Capsule,
    options: &CommandOptions,
    command: Option<(String, Vec<String>)>,
) -> Result<Ending> {
    require_terminal()?;
    let session = match &options.tag {
        Some(tag) => match capsule.pty().connect(tag).await {
            Ok(session) => session,
            // There is none of that name yet.
            Err(Error::Stream { .. } | Error::NotFound(_)) => start(capsule, options, command).await?,
            Err(error) => return Err(error.into()),
        },
        None => start(capsule, options, command).await?,
    };
    let tag = session.tag().to_owned();
    let ending = run_session(session).await;
    let again = format!("`wrenn shell {} --tag {tag}` joins it again", capsule.id());
    match ending {
        Ok(Ending::Left | Ending::Interrupted(_)) => {
            output::note(format!("\nleft the terminal, which goes on; {again}"));
        }
        Ok(Ending::Exited(_)) => {}
        Err(error) => return Err(error.hint(format!("the terminal may go on; {again}"))),
    }
    ending
}

async fn start(
    capsule: &Capsule,
    options: &CommandOptions,
    command: Option<(String, Vec<String>)>,
) -> Result<PtySession> {
    let mut pty = capsule.pty().start();
    if let Some((program, args)) = command {
        pty = pty.cmd(program).args(args);
    }
    if let Some((cols, rows)) = terminal::size() {
        pty = pty.size(cols, rows);
    }
    // Programs inside then know what this terminal understands.
    let kind = std::env::var("TERM").ok().map(|term| ("TERM".to_owned(), term));
    for (name, value) in kind.into_iter().chain(options.envs.clone()) {
        pty = pty.env(name, value);
    }
    if let Some(cwd) = &options.cwd {
        pty = pty.cwd(cwd);
    }
    if let Some(user) = &options.user {
        pty = pty.user(user);
    }
    if let Some(tag) = &options.tag {
        pty = pty.tag(tag);
    }
    Ok(pty.await?)
}

fn code(ending: Ending) -> ExitCode {
    match ending {
        Ending::Exited(exit_code) => ExitCode::from(exit_status(exit_code)),
        Ending::Left => ExitCode::SUCCESS,
        Ending::Interrupted(code) => ExitCode::from(code),
    }
}

fn require_terminal() -> Result<()> {
    if terminal::is_interactive() {
        return Ok(());
    }
    let text = "this needs a terminal, but the input or the output is none";
    Err(CliError::usage(text).hint("`wrenn exec` runs a command without one"))
}
