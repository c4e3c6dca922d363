//! `wrenn template build`.

use std::{path::PathBuf, process::ExitCode};

use serde::Serialize;
use wrenn_runtime::template::{Builtin, Template};

use super::{progress::Display, store};
use crate::{
    app::Global,
    error::{CliError, Result},
    output, terminal,
};

/// Build a template: a built-in one by its name, or a directory with a Dockerfile
///
/// Nothing is done when the template is there and its definition has not changed. A server uses it at once. Built-in are
/// `minimal`, `base-python`, `node` and `jupyter`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name of a built-in template, or a directory
    #[arg(value_name = "NAME|DIR", required_unless_present = "all")]
    what: Option<String>,
    /// The name of the template that is built from a directory; the directory's own if not given
    #[arg(long, value_name = "NAME")]
    name: Option<String>,
    /// Build all built-in templates
    #[arg(long, conflicts_with_all = ["what", "name"])]
    all: bool,
    /// Show all that the build prints
    #[arg(short, long)]
    verbose: bool,
}

/// What a program learns of it.
#[derive(Serialize)]
struct Built {
    name: String,
    size_bytes: u64,
}

/// Builds it, or them.
pub(crate) async fn run(global: &Global, args: Args) -> Result {
    let store = store(global)?;
    let display = Display::new(args.verbose, global.json);
    let progress = |event| display.show(event);
    let build = async {
        let mut built: Vec<Template> = Vec::new();
        if args.all {
            for builtin in Builtin::ALL {
                built.push(store.ensure_builtin(builtin, &progress).await?);
            }
        } else {
            built.push(match what(&args)? {
                What::Builtin(builtin) => store.ensure_builtin(builtin, &progress).await?,
                What::Directory { name, dir } => store.build(&name, &dir, &progress).await?,
            });
        }
        Ok::<_, CliError>(built)
    };
    let mut interrupts = terminal::interrupts()?;
    // A build whose future is dropped ends and removes what it has made.
    let outcome = tokio::select! {
        outcome = build => outcome,
        interrupt = interrupts.next() => Err(CliError::new("interrupted; nothing of the build is left").code(interrupt.exit_code())),
    };
    display.finish();
    let built: Vec<Built> = outcome?
        .into_iter()
        .map(|template| Built { name: template.name, size_bytes: template.size_bytes })
        .collect();
    if global.json {
        output::json(&built)?;
    } else {
        for template in built {
            output::line(template.name)?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What a person means.
enum What {
    Builtin(Builtin),
    Directory { name: String, dir: PathBuf },
}

fn what(args: &Args) -> Result<What> {
    let text = args.what.as_deref().unwrap_or_default();
    let dir = PathBuf::from(text);
    match Builtin::find(text) {
        Some(builtin) if args.name.is_none() => return Ok(What::Builtin(builtin)),
        _ if !dir.is_dir() => {
            let names: Vec<_> = Builtin::ALL.iter().map(|builtin| builtin.name()).collect();
            let text = format!("{text:?} is neither a built-in template nor a directory");
            return Err(CliError::usage(text).hint(format!("built in are {}", names.join(", "))));
        }
        _ => {}
    }
    let name = match &args.name {
        Some(name) => name.clone(),
        None => {
            let whole = dir.canonicalize()?;
            whole.file_name().unwrap_or_default().to_string_lossy().to_lowercase()
        }
    };
    Ok(What::Directory { name, dir })
}
