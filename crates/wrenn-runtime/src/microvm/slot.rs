//! The network namespace of a machine's device. QEMU is not in it, but holds it open, so that it lasts as long as QEMU
//! does and a later server finds it.

use std::{
    fs::{self, File},
    io,
    os::fd::OwnedFd,
    path::PathBuf,
};

use super::{paths::Paths, qmp::Qmp, record::Record};
use crate::{
    error::{Error, Result},
    network::NetworkNamespace,
    runtime::CapsuleSpec,
};

/// Has QEMU hold `network` open.
pub(super) fn keep(qmp: &mut Qmp, network: &NetworkNamespace) -> Result<()> {
    qmp.give("slot", network)
}

/// The namespace that a running machine holds open.
pub(super) fn find(spec: &CapsuleSpec) -> Result<NetworkNamespace> {
    let not_running = || Error::NotRunning { id: spec.id.clone() };
    let paths = Paths::of(spec);
    let record = Record::read(&paths)?.filter(|record| record.process.is_alive()).ok_or_else(not_running)?;
    let dir = PathBuf::from(format!("/proc/{}/fd", record.process.pid));
    for entry in fs::read_dir(&dir).map_err(Error::file("read", &dir))?.flatten() {
        let path = entry.path();
        let is_network = fs::read_link(&path).is_ok_and(|name| name.to_string_lossy().starts_with("net:["));
        if is_network {
            let file = File::open(&path).map_err(Error::file("open", path))?;
            return Ok(NetworkNamespace::from(OwnedFd::from(file)));
        }
    }
    Err(Error::file("find a network namespace in", dir)(io::Error::from(io::ErrorKind::NotFound)))
}
