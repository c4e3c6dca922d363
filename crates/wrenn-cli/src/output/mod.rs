//! What commands print: data on standard output, everything else on standard error.

pub(crate) mod progress;
mod table;
mod units;

use std::io::{self, IsTerminal, Write};

use serde::Serialize;

pub(crate) use table::Table;
pub(crate) use units::{ago, bytes};

use crate::error::Result;

/// Prints a value as JSON for a program: one document, indented, in one write.
pub(crate) fn json(value: &impl Serialize) -> Result<()> {
    let mut text = serde_json::to_string_pretty(value).map_err(io::Error::from)?;
    text.push('\n');
    raw(text.as_bytes())
}

/// Prints a line of data.
pub(crate) fn line(text: impl AsRef<str>) -> Result<()> {
    raw(format!("{}\n", text.as_ref()).as_bytes())
}

/// Prints bytes as they are, at once.
pub(crate) fn raw(bytes: &[u8]) -> Result<()> {
    let mut stdout = io::stdout().lock();
    stdout.write_all(bytes)?;
    stdout.flush()?;
    Ok(())
}

/// Tells the person something that is no data.
pub(crate) fn note(text: impl AsRef<str>) {
    // Who closed standard error does not want to know.
    let _ = writeln!(io::stderr(), "{}", text.as_ref());
}

/// Whether a person watches: progress is for them alone.
pub(crate) fn watched() -> bool {
    io::stderr().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
