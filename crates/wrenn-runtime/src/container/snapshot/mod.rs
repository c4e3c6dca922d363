//! Copies a capsule's private layer into a layer for other capsules.

mod attributes;
mod shift;

use std::{
    collections::{HashMap, hash_map::Entry},
    fs, io,
    os::unix::fs::{MetadataExt, PermissionsExt, lchown},
    path::{Path, PathBuf},
};

use rustix::fs::{AtFlags, CWD, FileType, Mode, Timespec, Timestamps, mknodat, utimensat};

use self::shift::Shift;
use super::paths::Paths;
use crate::{
    error::{Error, Result},
    runtime::CapsuleSpec,
    sparse, tree,
};

/// Copies the private layer of the capsule to `layer`, with ids as inside.
pub(super) async fn snapshot(spec: &CapsuleSpec, layer: &Path) -> Result<()> {
    let (first_id, from, to) = (spec.first_id, Paths::of(spec).upper(), layer.to_owned());
    let task = tokio::task::spawn_blocking(move || copy_layer(first_id, &from, &to));
    task.await.map_err(|error| Error::system("copy the capsule's files")(io::Error::other(error)))?
}

/// Writes aside, so that `to` is there whole and on disk, or not at all.
fn copy_layer(first_id: u32, from: &Path, to: &Path) -> Result<()> {
    let mut name = std::ffi::OsString::from(".");
    name.push(to.file_name().unwrap_or_default());
    name.push(".partial");
    let aside = to.with_file_name(name);
    tree::remove(&aside)?;
    let copied = copy_ids(Shift { from: first_id, to: None }, from, &aside)
        .and_then(|()| flush(&aside))
        .and_then(|()| fs::rename(&aside, to).map_err(Error::file("create", to)))
        .and_then(|()| flush_directory(to.parent().unwrap_or(Path::new("/"))));
    if copied.is_err() {
        tree::remove(&aside)?;
    }
    copied
}

fn flush(layer: &Path) -> Result<()> {
    let directory = fs::File::open(layer).map_err(Error::file("open", layer))?;
    rustix::fs::syncfs(&directory).map_err(Error::file("write to disk", layer))
}

fn flush_directory(path: &Path) -> Result<()> {
    fs::File::open(path)
        .and_then(|directory| directory.sync_all())
        .map_err(Error::file("write to disk", path))
}

/// Copies a private layer to the new directory `to`.
fn copy_ids(shift: Shift, from: &Path, to: &Path) -> Result<()> {
    Copier { shift, links: HashMap::new() }.copy_tree(from, to)
}

/// Copies the private layer of the capsule with the first id `from_id` to that of another one, with `to_id`. Nothing of
/// the original may change meanwhile.
pub(super) fn copy_for(from_id: u32, from: &Path, to_id: u32, to: &Path) -> Result<()> {
    copy_ids(Shift { from: from_id, to: Some(to_id) }, from, to)
}

struct Copier {
    shift: Shift,
    /// Where the first name of each file with several names was copied to.
    links: HashMap<u64, PathBuf>,
}

impl Copier {
    fn copy_tree(&mut self, from: &Path, to: &Path) -> Result<()> {
        // Directories wait for their times and modes until nothing more is written into them.
        let mut directories = Vec::new();
        let mut waiting = vec![(from.to_owned(), to.to_owned())];
        while let Some((from, to)) = waiting.pop() {
            let metadata = fs::symlink_metadata(&from).map_err(Error::file("read", &from))?;
            fs::create_dir(&to).map_err(Error::file("create", &to))?;
            for entry in fs::read_dir(&from).map_err(Error::file("read", &from))? {
                let entry = entry.map_err(Error::file("read", &from))?;
                let (from, to) = (entry.path(), to.join(entry.file_name()));
                if entry.file_type().map_err(Error::file("read", &from))?.is_dir() {
                    waiting.push((from, to));
                } else {
                    self.copy_file(&from, &to).map_err(Error::file("copy", &from))?;
                }
            }
            directories.push((from, to, metadata));
        }
        for (from, to, metadata) in directories.iter().rev() {
            self.finish(from, to, metadata).map_err(Error::file("copy", from))?;
        }
        Ok(())
    }

    fn copy_file(&mut self, from: &Path, to: &Path) -> io::Result<()> {
        let metadata = fs::symlink_metadata(from)?;
        if metadata.nlink() > 1 {
            match self.links.entry(metadata.ino()) {
                Entry::Occupied(first) => return fs::hard_link(first.get(), to),
                Entry::Vacant(place) => place.insert(to.to_owned()),
            };
        }
        match FileType::from_raw_mode(metadata.mode()) {
            FileType::RegularFile => sparse::copy(from, to)?,
            FileType::Symlink => std::os::unix::fs::symlink(fs::read_link(from)?, to)?,
            // Whiteouts are devices, too: number zero.
            kind => mknodat(CWD, to, kind, Mode::RUSR, metadata.rdev())?,
        }
        self.finish(from, to, &metadata)
    }

    /// Gives the copy the original's owner, mode, attributes and times.
    fn finish(&self, from: &Path, to: &Path, metadata: &fs::Metadata) -> io::Result<()> {
        lchown(to, Some(self.shift.id(metadata.uid())), Some(self.shift.id(metadata.gid())))?;
        attributes::copy(from, to, self.shift)?;
        if !metadata.is_symlink() {
            fs::set_permissions(to, fs::Permissions::from_mode(metadata.mode() & 0o7777))?;
        }
        let times = Timestamps {
            last_access: Timespec { tv_sec: metadata.atime(), tv_nsec: metadata.atime_nsec() },
            last_modification: Timespec { tv_sec: metadata.mtime(), tv_nsec: metadata.mtime_nsec() },
        };
        Ok(utimensat(CWD, to, &times, AtFlags::SYMLINK_NOFOLLOW)?)
    }
}

#[cfg(test)]
mod tests;
