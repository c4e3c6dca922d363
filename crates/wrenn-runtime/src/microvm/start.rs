//! Starting a machine in its directory, from whatever state.

use std::{
    fs, io,
    os::{fd::OwnedFd, unix::fs::DirBuilderExt},
    path::Path,
};

use super::{
    halt,
    memory::Below,
    paths::Paths,
    plan::Plan,
    qemu::{Kernel, Launch, Started, launch},
    qmp::Qmp,
    record::Record,
    shared::Shared,
    slot,
};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    tree,
};

/// Makes the machine's directory, empty.
pub(super) fn make_dir(paths: &Paths) -> Result<()> {
    let dir = paths.dir();
    tree::remove(dir)?;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(dir).map_err(Error::file("create", dir))
}

/// Where the machine's first state comes from.
pub(super) enum Origin<'a> {
    Boot(&'a Kernel),
    /// The state of devices in the file; that of memory is below it already, or is written before it goes on.
    Devices(&'a Path),
}

/// Starts QEMU in the group `group`, which is made, and notes it. The machine stands still yet.
pub(super) fn start(
    shared: &Shared,
    paths: &Paths,
    plan: &Plan,
    group: &str,
    tap: &OwnedFd,
    origin: &Origin<'_>,
    cpu_before_ns: u64,
) -> Result<(Record, Started)> {
    let platform = shared.platform()?;
    let made = shared.make_group(group, plan.vcpus, plan.memory_mb)?;
    let (kernel, state) = match origin {
        Origin::Boot(kernel) => (Some(*kernel), None),
        Origin::Devices(path) => (None, Some(*path)),
    };
    // Sockets of an earlier process.
    for socket in [paths.monitor(), paths.agent()] {
        super::file::remove(&socket)?;
    }
    let jail = shared.jail();
    let started = launch(&Launch {
        program: &shared.options.program,
        jail: &jail,
        accelerator: shared.options.accelerator,
        vcpus: plan.vcpus,
        memory_mb: plan.memory_mb,
        paths,
        layers: &plan.images,
        kernel,
        state,
        tap,
        group: &made,
        longest_file: shared.disk_bytes().max(u64::from(plan.memory_mb) << 20),
    })
    .map_err(|error| with_log(error, paths))?;
    let below = Below::of(&paths.ram())?;
    let record = Record {
        process: started.process.clone(),
        group: group.to_owned(),
        platform,
        below,
        runs: false,
        cpu_before_ns,
    };
    record.write(paths)?;
    Ok((record, started))
}

/// Lets a machine that was started go on in `network`: from what it has to load, if that is given by its number, and else
/// from the beginning.
pub(super) fn run(
    paths: &Paths,
    record: &mut Record,
    state: Option<i32>,
    network: &NetworkNamespace,
) -> Result<()> {
    let mut qmp = connect(paths, network)?;
    load(paths, &mut qmp, state)?;
    halt::go(paths, record, &mut qmp)
}

/// Connects to a machine that was started; it answers once it has all its parts. Has it hold `network` open.
pub(super) fn connect(paths: &Paths, network: &NetworkNamespace) -> Result<Qmp> {
    let mut qmp = Qmp::connect(&paths.monitor()).map_err(|error| with_log(error, paths))?;
    slot::keep(&mut qmp, network)?;
    Ok(qmp)
}

/// Has it load the state of its devices that it has open under that number. It still stands.
pub(super) fn load(paths: &Paths, qmp: &mut Qmp, state: Option<i32>) -> Result<()> {
    match state {
        Some(fd) => qmp.load_devices(fd).map_err(|error| unless_unusable(error, paths)),
        None => Ok(()),
    }
}

/// Tells a state that QEMU cannot load from one that it did not come to load, as when it was killed.
fn unless_unusable(error: Error, paths: &Paths) -> Error {
    const REFUSAL: &str = "load of migration failed";
    let printed = fs::read(paths.log()).unwrap_or_default();
    let printed = String::from_utf8_lossy(&printed);
    let refusal = printed.lines().rfind(|line| line.contains(REFUSAL));
    match refusal {
        Some(line) => Error::Unusable {
            path: paths.dir().to_owned(),
            reason: format!("its state cannot be loaded: {line}"),
        },
        None => with_log(error, paths),
    }
}

/// Adds what QEMU printed to an error that only says that it went.
pub(super) fn with_log(error: Error, paths: &Paths) -> Error {
    const TAIL: usize = 2_000;
    let text = fs::read(paths.log()).unwrap_or_default();
    let text = String::from_utf8_lossy(&text[text.len().saturating_sub(TAIL)..]).trim().to_owned();
    if text.is_empty() {
        return error;
    }
    match error {
        Error::Machine { action, reason } => Error::Machine { action, reason: format!("{reason}: {text}") },
        Error::File { action, path, source } => {
            Error::File { action, path, source: io::Error::new(source.kind(), format!("{source}: {text}")) }
        }
        other => other,
    }
}
