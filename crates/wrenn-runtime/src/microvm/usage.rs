//! What a capsule uses now.

use std::{fs, os::unix::fs::MetadataExt, path::PathBuf, time::Duration};

use super::{paths::Paths, record::Record, saved::Saved, shared::Shared};
use crate::{
    error::{Error, Result},
    runtime::{CapsuleSpec, Usage},
};

/// Reads the counters.
pub(super) fn usage(shared: &Shared, spec: &CapsuleSpec) -> Result<Usage> {
    let paths = Paths::of(spec);
    let disk = paths.disk();
    let disk_bytes = fs::metadata(&disk).map_err(Error::file("find", &disk))?.blocks() * 512;
    if let Some(saved) = Saved::read(&paths.paused())? {
        return Ok(Usage { cpu: Duration::from_nanos(saved.cpu_ns), disk_bytes, ..Usage::default() });
    }
    let record = Record::read(&paths)?.ok_or_else(|| Error::NotRunning { id: spec.id.clone() })?;
    let reading = shared.group(&record.group).read()?;
    let memory_bytes = own_memory(record.process.pid)?;
    let cpu = reading.cpu + Duration::from_nanos(record.cpu_before_ns);
    Ok(Usage { cpu, memory_bytes, disk_bytes, oom_kills: reading.oom_kills, ..Usage::default() })
}

/// The memory that is the process's alone: the guest's pages that were written to, and QEMU's own.
fn own_memory(pid: i32) -> Result<u64> {
    let path = PathBuf::from(format!("/proc/{pid}/status"));
    let text = fs::read_to_string(&path).map_err(Error::file("read", &path))?;
    let line = text.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse::<u64>().ok());
    number.map(|kilobytes| kilobytes << 10).ok_or_else(|| Error::malformed(&path))
}
