//! The server's log, on standard error.

use std::io::{self, IsTerminal};

use tracing_subscriber::{EnvFilter, fmt};

use super::config::{Args, LogFormat};
use crate::error::{CliError, Result};

/// Starts to log as the command line says.
pub(crate) fn start(args: &Args) -> Result<()> {
    let filter = EnvFilter::try_new(&args.log).map_err(|error| {
        CliError::usage(format!("--log {:?} is no filter: {error}", args.log))
            .hint("as in `info` or `wrenn_server=debug,warn`")
    })?;
    let colours =
        io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let builder = fmt().with_env_filter(filter).with_writer(io::stderr).with_ansi(colours);
    let started = match args.log_format {
        LogFormat::Text => builder.with_target(false).try_init(),
        LogFormat::Json => builder.json().flatten_event(true).try_init(),
    };
    started.map_err(|error| CliError::new(format!("cannot log: {error}")))
}
