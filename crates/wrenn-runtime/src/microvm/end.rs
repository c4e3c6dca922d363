//! Ending a machine's process.

use rustix::process::Signal;

use super::{paths::Paths, record::Record, shared::Shared};
use crate::error::Result;

/// Kills the machine in the directory of `paths`, whatever there is of it, and removes its control group. `name` is what
/// its group is called while nothing is noted yet.
pub(super) fn kill(shared: &Shared, paths: &Paths, name: &str) -> Result<()> {
    let record = Record::read(paths).ok().flatten();
    if let Some(record) = &record {
        record.process.signal(Signal::KILL)?;
        if record.group != name {
            let group = shared.group(&record.group);
            group.kill()?;
            group.remove()?;
        }
    }
    let group = shared.group(name);
    group.kill()?;
    group.remove()
}
