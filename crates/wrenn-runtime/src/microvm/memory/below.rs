//! The files below the memory of machines.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::{FileExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use serde::{Deserialize, Serialize};

use super::{PAGE, pages};
use crate::{
    error::{Error, Result},
    microvm::checksum,
    sparse,
};

/// Which file it is, as the kernel's table of a process's memory has it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(in crate::microvm) struct Below {
    pub(super) device: (u32, u32),
    pub(super) inode: u64,
}

impl Below {
    /// The file at `path`.
    pub(in crate::microvm) fn of(path: &Path) -> Result<Self> {
        let found = fs::metadata(path).map_err(Error::file("find", path))?;
        let device = (rustix::fs::major(found.dev()), rustix::fs::minor(found.dev()));
        Ok(Self { device, inode: found.ino() })
    }
}

/// A file of nothing but zeros for machines of that size in the directory `dir`: one for all of them.
pub(in crate::microvm) fn blank(dir: &Path, memory_mb: u32) -> Result<PathBuf> {
    let path = dir.join(format!("blank-{memory_mb}"));
    let size = u64::from(memory_mb) << 20;
    let file = OpenOptions::new().write(true).create(true).truncate(false).mode(0o400).open(&path);
    file.and_then(|file| file.set_len(size)).map_err(Error::file("create", &path))?;
    Ok(path)
}

/// Writes the new file `to`: the content of `below`, and over it the saved pages of `saved`, which must have the
/// `checksum`.
pub(in crate::microvm) fn merge(below: &Path, saved: &Path, checksum: &str, to: &Path) -> Result<()> {
    sparse::copy(below, to).map_err(Error::file("write", to))?;
    let file = OpenOptions::new().read(true).write(true).open(to).map_err(Error::file("open", to))?;
    let found = pages::read(saved, |offset, content| {
        write(&file, offset, content).map_err(Error::file("write", to))
    })?;
    if found == checksum { Ok(()) } else { Err(checksum::damaged(saved)) }
}

/// Leaves pages of zeros out where there is nothing anyway.
fn write(file: &File, offset: u64, content: &[u8]) -> io::Result<()> {
    let zeros = [0; PAGE as usize];
    let mut present = [0; PAGE as usize];
    let mut run: Option<(u64, usize, usize)> = None;
    for (number, page) in content.chunks(PAGE as usize).enumerate() {
        let start = number * PAGE as usize;
        let at = offset + start as u64;
        let is_there = page != &zeros[..page.len()] || {
            file.read_exact_at(&mut present[..page.len()], at)?;
            present != zeros
        };
        match (&mut run, is_there) {
            (Some((_, _, end)), true) => *end += page.len(),
            (None, true) => run = Some((at, start, start + page.len())),
            (Some((at, start, end)), false) => {
                file.write_all_at(&content[*start..*end], *at)?;
                run = None;
            }
            (None, false) => {}
        }
    }
    match run {
        Some((at, start, end)) => file.write_all_at(&content[start..end], at),
        None => Ok(()),
    }
}
