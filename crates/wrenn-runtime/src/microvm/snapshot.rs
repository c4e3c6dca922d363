//! Saving a whole machine for others to go on from.

use std::{collections::BTreeMap, fs, os::unix::fs::DirBuilderExt, path::Path};

use super::{
    base::{self, DEVICES, DISK, RAM},
    halt, memory,
    paths::Paths,
    pause,
    plan::Plan,
    qmp::Qmp,
    record::Record,
    saved::{self, Saved},
};
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
    sparse, tree,
};

/// What the machine does once its state is copied.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Then {
    GoOn,
    /// It stands still for good.
    End,
}

/// Saves the capsule's machine as the new directory `layer`. One that runs stands still for as long as copying its own
/// memory and its disk takes, and one that is paused stays so.
pub(super) fn snapshot(spec: &CapsuleSpec, layer: &Path) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(layer.file_name().unwrap_or_default());
    name.push(".partial");
    let aside = layer.with_file_name(name);
    tree::remove(&aside)?;
    let plan = Plan::without_base(spec)?;
    let saved = save(&Paths::of(spec), &plan, &aside, Then::GoOn)
        .and_then(|()| fs::rename(&aside, layer).map_err(Error::file("rename", &aside)));
    if saved.is_err() {
        tree::remove(&aside)?;
    }
    saved
}

/// Saves the machine in the directory of `paths` as the new directory `to`, for good.
pub(super) fn save(paths: &Paths, plan: &Plan, to: &Path, then: Then) -> Result<()> {
    let saved = write(paths, plan, to, then)?;
    let checksums = saved::checksums(to, &[RAM, DEVICES, DISK])?;
    base::complete(to, &Saved { checksums, ..saved })
}

/// The same for copies that are used at once: without checksums, and nothing vouches for it.
pub(super) fn write(paths: &Paths, plan: &Plan, to: &Path, then: Then) -> Result<Saved> {
    let not_running = || Error::NotRunning { id: paths.dir().display().to_string() };
    let paused = Saved::read(&paths.paused())?;
    let record = Record::read(paths)?;
    fs::DirBuilder::new().mode(0o700).create(to).map_err(Error::file("create", to))?;
    let copied = to.join("pages");
    let (platform, pages, checksum) = match paused {
        Some(saved) => {
            copy(&paths.devices(), &to.join(DEVICES))?;
            copy(&paths.disk(), &to.join(DISK))?;
            let checksum = saved.checksum(&paths.paused(), "pages")?.to_owned();
            (saved.platform, paths.pages(), checksum)
        }
        None => {
            let record = record.filter(|record| record.process.is_alive()).ok_or_else(not_running)?;
            let platform = record.platform.clone();
            let checksum = halted(paths, record, then, |record, qmp| {
                let (_, pages) = pause::save_state(paths, record, qmp, &copied)?;
                copy(&paths.devices(), &to.join(DEVICES))?;
                copy(&paths.disk(), &to.join(DISK))?;
                Ok(pages)
            })?;
            (platform, copied.clone(), checksum)
        }
    };
    memory::merge(&paths.ram(), &pages, &checksum, &to.join(RAM))?;
    if pages == copied {
        super::file::remove(&copied)?;
    }
    Ok(Saved {
        platform,
        vcpus: plan.vcpus,
        memory_mb: plan.memory_mb,
        layers: plan.images.len(),
        checksums: BTreeMap::new(),
        cpu_ns: 0,
        boot: String::new(),
    })
}

/// Does `work` while the machine stands still. It goes on afterwards unless that is over.
fn halted<T>(
    paths: &Paths,
    mut record: Record,
    then: Then,
    work: impl FnOnce(&Record, &mut Qmp) -> Result<T>,
) -> Result<T> {
    let mut qmp = Qmp::connect(&paths.monitor())?;
    halt::halt(paths, &mut record, &mut qmp)?;
    let done = work(&record, &mut qmp);
    if then == Then::GoOn {
        halt::go(paths, &mut record, &mut qmp)?;
    }
    done
}

fn copy(from: &Path, to: &Path) -> Result<()> {
    sparse::copy(from, to).map_err(Error::file("write", to))
}
