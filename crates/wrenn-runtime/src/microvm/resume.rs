//! Going on after a pause, in a new process and usually in another network.

use std::{fs, os::unix::fs::MetadataExt};

use super::{
    checksum, end, file, halt, memory,
    memory::Below,
    paths::Paths,
    pause,
    plan::Plan,
    saved::Saved,
    shared::Shared,
    start::{self, Origin},
    stop, tap,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::{CapsuleSpec, Condition},
};

/// Lets the capsule go on. When that fails it is still paused, unless it ran already.
pub(super) fn resume(shared: &Shared, spec: &CapsuleSpec, network: Option<&NetworkNamespace>) -> Result<()> {
    let paths = Paths::of(spec);
    let description = paths.paused();
    let Some(saved) = Saved::read(&description)? else {
        // It runs, or stands still because something that was done to it failed before it could let it go on.
        return match stop::let_go(&paths)? {
            Condition::Running => Ok(()),
            _ => Err(Error::NotRunning { id: spec.id.clone() }),
        };
    };
    let network = network.ok_or_else(|| {
        Error::system("resume a virtual machine without a network")(std::io::Error::from(
            std::io::ErrorKind::InvalidInput,
        ))
    })?;
    saved.require(paths.dir(), &shared.platform()?)?;
    if !pause::is_kept(&paths, &saved) {
        let reason = "the machine lost power before the paused capsule was safely on disk".to_owned();
        return Err(Error::Unusable { path: paths.dir().to_owned(), reason });
    }
    // A pause that was cut off may have left the old process.
    end::kill(shared, &paths, &spec.id)?;
    let resumed = go_on(shared, spec, &paths, &saved, network);
    if resumed.is_err() {
        end::kill(shared, &paths, &spec.id)?;
    }
    resumed
}

fn go_on(
    shared: &Shared,
    spec: &CapsuleSpec,
    paths: &Paths,
    saved: &Saved,
    network: &NetworkNamespace,
) -> Result<()> {
    let description = paths.paused();
    checksum::check(&paths.devices(), saved.checksum(&description, "devices")?)?;
    let plan = Plan::without_base(spec)?;
    let tap = tap::make(network)?;
    load(shared, spec, paths, &plan, saved, &tap, network)?;
    // It runs; that these take space meanwhile is no failure.
    for path in [paths.devices(), paths.pages(), paths.kept(), paths.paused().with_extension("used")] {
        if let Err(error) = file::remove(&path) {
            tracing::warn!(capsule = spec.id, %error, "cannot clear what a pause had saved");
        }
    }
    Ok(())
}

fn load(
    shared: &Shared,
    spec: &CapsuleSpec,
    paths: &Paths,
    plan: &Plan,
    saved: &Saved,
    tap: &std::os::fd::OwnedFd,
    network: &NetworkNamespace,
) -> Result<()> {
    let (mut record, started) =
        start::start(shared, paths, plan, &spec.id, tap, &Origin::Devices(&paths.devices()), saved.cpu_ns)?;
    // Its memory is there once it answers.
    let mut qmp = start::connect(paths, network)?;
    let pages = saved.checksum(&paths.paused(), "pages")?;
    memory::load(&paths.pages(), pages, started.process.pid, Below::of(&paths.ram())?)?;
    start::load(paths, &mut qmp, started.state)?;
    tap::bring_up(network)?;
    // From here on the disk may change, so that what was saved must never be used again.
    let (paused, used) = (paths.paused(), paths.paused().with_extension("used"));
    let before = disk_times(paths)?;
    fs::rename(&paused, &used).map_err(Error::file("rename", &paused))?;
    // Nor after a loss of power.
    let gone = file::sync(paths.dir()).and_then(|()| halt::go(paths, &mut record, &mut qmp));
    let Err(error) = gone else { return Ok(()) };
    // QEMU may have let it go on and been late to say so.
    end::kill(shared, paths, &spec.id)?;
    if disk_times(paths)? == before {
        fs::rename(&used, &paused).map_err(Error::file("rename", &used))?;
        file::sync(paths.dir())?;
    } else {
        tracing::error!(capsule = spec.id, "a capsule ran when its resumption failed, and has ended by that");
    }
    Err(error)
}

/// When the private disk was written to last, which nobody does to a capsule that stands still.
fn disk_times(paths: &Paths) -> Result<[i64; 4]> {
    let disk = paths.disk();
    let found = fs::metadata(&disk).map_err(Error::file("find", disk))?;
    Ok([found.mtime(), found.mtime_nsec(), found.ctime(), found.ctime_nsec()])
}
