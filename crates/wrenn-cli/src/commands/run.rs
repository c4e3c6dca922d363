//! `wrenn run`: run a command in a new capsule.

use std::process::ExitCode;

use wrenn::{CreateCapsule, OnTimeout};

use super::{
    capsule::create::Size,
    exec::{CommandOptions, execute},
    pairs::pair,
};
use crate::{
    app::Global,
    connect,
    error::{CliError, Result},
    output,
    terminal::{self, Interrupts},
};

/// After so long without us the server destroys the capsule, should this program be killed before it can do so itself.
pub(super) const ORPHAN_SECONDS: u32 = 3600;

/// Run a command in a new capsule that is destroyed afterwards
///
/// The command gets this program's input and output, byte by byte, and this program ends with the command's exit code.
/// Ctrl-C and SIGTERM stop the command; the capsule is destroyed then too. Without a command it opens a terminal.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Keep the capsule and print its id on standard error
    #[arg(long, conflicts_with = "rm")]
    keep: bool,
    /// Destroy the capsule at the end, which is also done without saying so
    #[arg(long)]
    rm: bool,
    #[command(flatten)]
    size: Size,
    /// Note something about the capsule, to find it by in lists
    #[arg(long = "metadata", value_name = "KEY=VALUE", value_parser = pair)]
    metadata: Vec<(String, String)>,
    #[command(flatten)]
    options: CommandOptions,
    /// The template to make the capsule from
    template: String,
    /// The program and its arguments
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "COMMAND")]
    pub(crate) command: Vec<String>,
}

/// Creates, runs, destroys.
pub(crate) async fn run(global: &Global, mut args: Args) -> Result {
    if args.command.is_empty() {
        if !terminal::is_interactive() {
            let text = "there is no command, and without a terminal no shell can be opened";
            return Err(CliError::usage(text).hint("as in `wrenn run minimal -- echo hello`"));
        }
        args.options.tty = true;
        args.command.push("/bin/bash".into());
    }
    let keep = args.keep || args.options.detach;
    // From here on a signal that comes between two steps is kept for the next.
    let mut interrupts = terminal::interrupts()?;
    let client = connect::client(global)?;
    let mut create: CreateCapsule = args.size.apply(client.create_capsule(&args.template));
    for (key, value) in args.metadata {
        create = create.metadata(key, value);
    }
    if !keep {
        create = create.timeout_sec(ORPHAN_SECONDS).on_timeout(OnTimeout::Destroy);
    }
    let capsule = uninterrupted(create.owned(), &mut interrupts).await?;
    if keep {
        output::note(format!("capsule {}", capsule.id()));
        let capsule = capsule.keep();
        return execute(global, &capsule, &args.options, args.command, &mut interrupts).await;
    }
    let outcome = match capsule.wait_for_ready().await {
        Ok(_) => execute(global, &capsule, &args.options, args.command, &mut interrupts).await,
        Err(error) => Err(error.into()),
    };
    let destroyed = destroy(capsule).await;
    let code: ExitCode = outcome?;
    destroyed?;
    Ok(code)
}

/// Destroys a capsule of this program's own.
pub(super) async fn destroy(capsule: wrenn::OwnedCapsule) -> Result<()> {
    let id = capsule.id().to_owned();
    let destroyed = capsule.destroy().await;
    destroyed.map_err(|error| CliError::from(error).hint(format!("`wrenn capsule destroy {id}` tries again")))
}

/// Waits for a creation even when this program is asked to end meanwhile: the capsule is then destroyed at once instead
/// of being left to nobody.
async fn uninterrupted<F>(create: F, interrupts: &mut Interrupts) -> Result<wrenn::OwnedCapsule>
where
    F: Future<Output = wrenn::Result<wrenn::OwnedCapsule>>,
{
    let mut create = std::pin::pin!(create);
    tokio::select! {
        capsule = &mut create => Ok(capsule?),
        interrupt = interrupts.next() => {
            create.await?.destroy().await?;
            Err(CliError::new("interrupted").code(interrupt.exit_code()))
        }
    }
}
