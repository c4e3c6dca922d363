//! Halting a machine and letting it go on. Which of the two was asked for last is noted, so that a server that comes after
//! one that was killed lets go on what that had halted.

use super::{
    paths::Paths,
    qmp::{Command, Qmp},
    record::Record,
};
use crate::error::Result;

/// Halts the machine. It is noted first: when that cannot be written, nothing has happened.
pub(super) fn halt(paths: &Paths, record: &mut Record, qmp: &mut Qmp) -> Result<()> {
    record.runs = false;
    record.write(paths)?;
    qmp.execute(&Command::Stop).map(drop)
}

/// Lets it go on. An error says that it may have.
pub(super) fn go(paths: &Paths, record: &mut Record, qmp: &mut Qmp) -> Result<()> {
    qmp.execute(&Command::Cont)?;
    record.runs = true;
    // It runs, and to be told so once more by whoever reads the old note does it no harm.
    if let Err(error) = record.write(paths) {
        tracing::warn!(path = %paths.dir().display(), %error, "cannot note that a virtual machine goes on");
    }
    Ok(())
}
