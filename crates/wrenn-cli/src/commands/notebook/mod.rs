//! `wrenn notebook`: run the cells of a notebook file.

mod document;
mod run;

use std::{
    collections::BTreeMap,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
    time::Duration,
};

use serde::Serialize;
use wrenn::{CodeInterpreter, Notebook, OnTimeout};

use self::{
    document::Document,
    run::{Outcome, Run},
};
use super::{
    capsule::create::Size,
    run::{ORPHAN_SECONDS, destroy},
};
use crate::{
    app::Global,
    connect,
    error::{CliError, Result},
    output,
    terminal::{self, Interrupts},
};

/// Run the cells of a notebook file (.ipynb) and write what comes of them into it
///
/// The cells run in order in a fresh kernel, in a new capsule that is destroyed afterwards, or in the one that --capsule
/// names. At the first cell that fails it stops, writes what there is, and ends with code 1; cells with the tag
/// `raises-exception` may fail.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Write to this file instead of the notebook itself; `-` for the standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
    /// The template to make the capsule from
    #[arg(long, value_name = "NAME", default_value = "jupyter", conflicts_with = "capsule")]
    template: String,
    /// Run in this capsule instead of a new one
    #[arg(long, value_name = "CAPSULE")]
    capsule: Option<String>,
    /// Go on after a cell that fails
    #[arg(long)]
    allow_errors: bool,
    /// Interrupt a cell after this time
    #[arg(long, value_name = "SECONDS", default_value_t = 0, hide_default_value = true)]
    timeout: u64,
    #[command(flatten)]
    size: Size,
    /// The notebook
    #[arg(value_name = "NOTEBOOK.ipynb")]
    file: PathBuf,
}

/// What a program learns of it.
#[derive(Serialize)]
struct Report {
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed_cell: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<String>,
}

/// What became of a run.
struct Ran {
    outcome: Outcome,
    /// Whether it came as far as the cells.
    begun: bool,
    /// Whether the capsule is gone.
    destroyed: Result<()>,
}

/// Reads, runs, writes.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let mut interrupts = terminal::interrupts()?;
    let read = |error| CliError::caused(error).context(format!("cannot read {}", args.file.display()));
    let text = fs::read_to_string(&args.file).map_err(read)?;
    let mut document = Document::parse(&text)?;
    document.reset();
    let Ran { outcome, begun, destroyed } = in_capsule(global, &args, &mut document, &mut interrupts).await?;
    // Whatever happened, what has come of the cells so far is kept; and while nothing has, what there was before.
    if begun {
        write(&args, &document)?;
    }
    let to_stdout = args.output.as_deref() == Some(Path::new("-"));
    if global.json && !to_stdout {
        let (failed_cell, error) = match &outcome {
            Outcome::Failed(number, error) => {
                (Some(*number), Some(format!("{}: {}", error.name, error.value)))
            }
            Outcome::Lost(error) => (None, Some(error.to_string())),
            Outcome::Interrupted(_) => (None, Some("interrupted".to_owned())),
            Outcome::Done => (None, None),
        };
        output::json(&Report { ok: error.is_none(), failed_cell, error })?;
    }
    match outcome {
        Outcome::Done => destroyed.map(|()| ExitCode::SUCCESS),
        Outcome::Failed(number, error) => {
            let text = format!("code cell {number} failed: {}: {}", error.name, error.value);
            Err(CliError::new(text).hint("--allow-errors goes on after a cell that fails"))
        }
        Outcome::Interrupted(interrupt) => {
            let text = if begun {
                "interrupted; what had come of the cells was written"
            } else {
                "interrupted before the first cell; nothing was written"
            };
            Err(CliError::new(text).code(interrupt.exit_code()))
        }
        Outcome::Lost(error) => Err(error.into()),
    }
}

async fn in_capsule(
    global: &Global,
    args: &Args,
    document: &mut Document,
    interrupts: &mut Interrupts,
) -> Result<Ran> {
    let client = connect::client(global)?;
    if let Some(capsule) = &args.capsule {
        let capsule = connect::capsule(&client, capsule).await?;
        // One of its own, so that nothing of others is in the way.
        let name = format!("run-{}-{}", std::process::id(), fresh());
        let notebook = CodeInterpreter::new(capsule).create_notebook(name);
        let outcome = cells(args, notebook.clone(), document, interrupts).await;
        // Without a kernel, or without its capsule, there is nothing to delete.
        notebook.delete().await.ok();
        return Ok(Ran { outcome, begun: true, destroyed: Ok(()) });
    }
    let create = args.size.apply(client.create_capsule(&args.template));
    let capsule = create.timeout_sec(ORPHAN_SECONDS).on_timeout(OnTimeout::Destroy).owned().await?;
    let outcome = tokio::select! {
        ready = capsule.wait_for_ready() => match ready {
            Ok(_) => None,
            Err(error) => Some(Outcome::Lost(error)),
        },
        interrupt = interrupts.next() => Some(Outcome::Interrupted(interrupt)),
    };
    let begun = outcome.is_none();
    let outcome = match outcome {
        Some(outcome) => outcome,
        None => {
            let notebook = CodeInterpreter::new((*capsule).clone()).notebook();
            cells(args, notebook, document, interrupts).await
        }
    };
    Ok(Ran { outcome, begun, destroyed: destroy(capsule).await })
}

async fn cells(
    args: &Args,
    notebook: Notebook,
    document: &mut Document,
    interrupts: &mut Interrupts,
) -> Outcome {
    let timeout = Duration::from_secs(args.timeout);
    let allow_errors = args.allow_errors;
    Run { notebook, document, allow_errors, timeout, places: BTreeMap::new() }.all(interrupts).await
}

/// Writes the document: whole, or not at all.
fn write(args: &Args, document: &Document) -> Result<()> {
    let text = document.to_text()?;
    let target = args.output.as_deref().unwrap_or(&args.file);
    if target == Path::new("-") {
        return output::raw(text.as_bytes());
    }
    let fail = |error| CliError::caused(error).context(format!("cannot write {}", target.display()));
    // A symbolic link stays one.
    let target = fs::canonicalize(target).unwrap_or_else(|_| target.to_owned());
    let dir = target.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut file = tempfile::NamedTempFile::new_in(dir).map_err(fail)?;
    file.write_all(text.as_bytes()).map_err(fail)?;
    let mode = fs::metadata(&target).or_else(|_| fs::metadata(&args.file)).map_err(fail)?.permissions();
    file.as_file().set_permissions(mode).map_err(fail)?;
    file.persist(&target).map_err(|error| fail(error.error))?;
    Ok(())
}

/// A number that no other run has.
fn fresh() -> u128 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(0, |now| now.as_nanos())
}
