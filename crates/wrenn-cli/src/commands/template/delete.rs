//! `wrenn template delete`.

use std::process::ExitCode;

use super::store;
use crate::{app::Global, error::Result};

/// Delete templates that were built from directories; capsules made from them are unharmed
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Their names
    #[arg(required = true, value_name = "NAME")]
    names: Vec<String>,
}

/// Deletes them, one after the other. Their files go when no capsule uses them any more.
pub(crate) fn run(global: &Global, args: &Args) -> Result {
    let store = store(global)?;
    for name in &args.names {
        store.remove(None, name)?;
    }
    Ok(ExitCode::SUCCESS)
}
