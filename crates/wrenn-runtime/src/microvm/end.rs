//! Ending a machine's process.

use rustix::process::Signal;

use super::{paths::Paths, record::Record, shared::Shared};
use crate::{cgroup::Group, error::Result, tree};

/// Sends all that there is of the machine in the directory of `paths` its death, and does not wait for it. `name` is what
/// its control group is called while nothing is noted yet.
pub(super) fn strike(shared: &Shared, paths: &Paths, name: &str) -> Result<()> {
    let record = Record::read(paths).ok().flatten();
    if let Some(record) = &record {
        record.process.signal(Signal::KILL)?;
    }
    groups(shared, record.as_ref(), name).try_for_each(|group| group.kill())
}

/// Kills the machine in the directory of `paths`, whatever there is of it, and removes its control group; see [`strike`].
pub(super) fn kill(shared: &Shared, paths: &Paths, name: &str) -> Result<()> {
    strike(shared, paths, name)?;
    groups(shared, Record::read(paths).ok().flatten().as_ref(), name).try_for_each(|group| group.remove())
}

/// Kills the machine and removes its directory; see [`strike`].
pub(super) fn clear(shared: &Shared, paths: &Paths, name: &str) -> Result<()> {
    kill(shared, paths, name)?;
    tree::remove(paths.dir())
}

/// The group that is noted, which differs where the machine waited before it was a capsule's, and that of the name.
fn groups<'a>(
    shared: &'a Shared,
    record: Option<&Record>,
    name: &'a str,
) -> impl Iterator<Item = Group> + use<'a> {
    let noted = record.map(|record| record.group.clone()).filter(|group| group != name);
    noted.map(|group| shared.group(&group)).into_iter().chain([shared.group(name)])
}
