//! Pausing: the machine's state goes to disk and its process ends.

use std::{collections::BTreeMap, fs::OpenOptions, os::unix::fs::OpenOptionsExt, path::Path};

use rustix::{
    fs::{FallocateFlags, fallocate},
    io::Errno,
};

use super::{
    checksum, end, file, halt, memory, paths::Paths, plan::Plan, qmp::Qmp, record::Record, saved::Saved,
    shared::Shared,
};
use crate::{
    error::{Error, Result},
    process,
    runtime::CapsuleSpec,
};

/// More than the state of all devices takes, in bytes.
const ENOUGH: u64 = 1 << 20;

/// Pauses the capsule. When the state cannot be saved, it goes on.
pub(super) fn pause(shared: &Shared, spec: &CapsuleSpec) -> Result<()> {
    let paths = Paths::of(spec);
    if paths.paused().exists() {
        // A pause that was cut off before the process was ended.
        return end::kill(shared, &paths, &spec.id);
    }
    let record = Record::read(&paths)?.filter(|record| record.process.is_alive());
    let mut record = record.ok_or_else(|| Error::NotRunning { id: spec.id.clone() })?;
    let mut qmp = Qmp::connect(&paths.monitor())?;
    halt::halt(&paths, &mut record, &mut qmp)?;
    let saved = match write(shared, spec, &paths, &record, &mut qmp) {
        Ok(saved) => saved,
        Err(error) => {
            for path in [paths.paused(), paths.pages()] {
                if let Err(second) = file::remove(&path) {
                    tracing::warn!(capsule = spec.id, error = %second, "cannot clear what a failed pause left");
                }
            }
            halt::go(&paths, &mut record, &mut qmp)?;
            return Err(error);
        }
    };
    end::kill(shared, &paths, &spec.id)?;
    keep(&paths, &saved);
    Ok(())
}

fn write(
    shared: &Shared,
    spec: &CapsuleSpec,
    paths: &Paths,
    record: &Record,
    qmp: &mut Qmp,
) -> Result<Saved> {
    file::remove(&paths.pages())?;
    let (devices, pages) = save_state(paths, record, qmp, &paths.pages())?;
    let used = shared.group(&record.group).read()?.cpu;
    let cpu_ns = record.cpu_before_ns + u64::try_from(used.as_nanos()).unwrap_or(u64::MAX);
    let layers = Plan::trees(spec).count();
    let saved = Saved {
        platform: record.platform.clone(),
        vcpus: spec.vcpus,
        memory_mb: spec.memory_mb,
        layers,
        checksums: [("devices", devices), ("pages", pages)].map(|(name, sum)| (name.to_owned(), sum)).into(),
        cpu_ns,
        boot: process::boot_id().to_owned(),
    };
    file::write_volatile(&paths.paused(), &saved)?;
    Ok(saved)
}

/// Saves the state of a machine that stands still, but for its disk: that of the devices beside the machine's other files,
/// the pages of its memory to `pages`. Returns the checksums of both.
pub(super) fn save_state(
    paths: &Paths,
    record: &Record,
    qmp: &mut Qmp,
    pages: &Path,
) -> Result<(String, String)> {
    let devices = paths.devices();
    file::remove(&devices)?;
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&devices);
    let file = file.map_err(Error::file("create", &devices))?;
    qmp.save_devices(&file).map_err(|error| match fallocate(&file, FallocateFlags::empty(), 0, ENOUGH) {
        // QEMU only says that it could not write.
        Err(Errno::NOSPC | Errno::DQUOT) => Error::file("write", &devices)(Errno::NOSPC),
        _ => error,
    })?;
    let pages = memory::save(record.process.pid, record.below, pages)?;
    Ok((checksum::of(&devices)?, pages))
}

/// Sees to it behind the caller's back that what was written is on disk, and notes then which state that is. Before it, a
/// loss of power loses the capsule; see [`is_kept`].
fn keep(paths: &Paths, saved: &Saved) {
    let (paths, checksums) = (paths.clone(), saved.checksums.clone());
    let keeping = std::thread::Builder::new().name(String::from("pause-sync"));
    // Without a thread it stays as it is.
    let _ = keeping.spawn(move || {
        let files = [paths.devices(), paths.pages(), paths.ram(), paths.disk(), paths.paused()];
        // The directory, too: first for the names of these files, then for that of the note.
        let kept = files
            .iter()
            .try_for_each(|path| file::sync(path))
            .and_then(|()| file::sync(paths.dir()))
            .and_then(|()| file::write(&paths.kept(), &checksums))
            .and_then(|()| file::sync(paths.dir()));
        if let Err(error) = kept
            && paths.paused().exists()
        {
            tracing::warn!(path = %paths.dir().display(), %error, "a paused capsule is not safely on disk yet");
        }
    });
}

/// Whether all of what was saved is there: since the machine has not lost power meanwhile, or was on disk before.
pub(super) fn is_kept(paths: &Paths, saved: &Saved) -> bool {
    let kept = || file::read(&paths.kept()).ok().flatten();
    saved.boot == process::boot_id() || kept().is_some_and(|kept: BTreeMap<_, _>| kept == saved.checksums)
}
