//! Small files that are there whole or not at all.

use std::{
    fs::{self, File},
    io::{self, Write},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use crate::error::{Error, Result};

/// Writes `value` to `path`: aside, to disk, renamed.
pub(super) fn write(path: &Path, value: &impl Serialize) -> Result<()> {
    let aside = path.with_extension("new");
    let text = serde_json::to_vec(value).map_err(|_| Error::malformed(path))?;
    File::create(&aside)
        .and_then(|mut file| file.write_all(&text).and_then(|()| file.sync_data()))
        .and_then(|()| fs::rename(&aside, path))
        .map_err(Error::file("write", path))
}

/// The same for what need not outlive a loss of power.
pub(super) fn write_volatile(path: &Path, value: &impl Serialize) -> Result<()> {
    let aside = path.with_extension("new");
    let text = serde_json::to_vec(value).map_err(|_| Error::malformed(path))?;
    fs::write(&aside, text).and_then(|()| fs::rename(&aside, path)).map_err(Error::file("write", path))
}

/// Reads what [`write`] wrote; none when it is not there.
pub(super) fn read<T: DeserializeOwned>(path: &Path) -> Result<Option<T>> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| Error::malformed(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path)(error)),
    }
}

/// Removes the file, if it is there.
pub(super) fn remove(path: &Path) -> Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done.map_err(Error::file("remove", path)),
    }
}

/// Returns when the file or directory is on disk.
pub(super) fn sync(path: &Path) -> Result<()> {
    File::open(path).and_then(|file| file.sync_all()).map_err(Error::file("sync", path))
}
