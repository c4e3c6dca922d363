//! The note that says which process a capsule is, written when its creation is through.

use std::{fs, io, path::Path};

use super::paths::Paths;
use crate::{
    error::{Error, Result},
    process::Process,
    runtime::CapsuleSpec,
};

/// Writes the note, whole or not at all.
pub(super) fn write(paths: &Paths, init: &Process) -> Result<()> {
    let path = paths.record();
    let aside = path.with_extension("new");
    let text = serde_json::to_vec(init).map_err(|_| Error::malformed(&path))?;
    fs::write(&aside, text).and_then(|()| fs::rename(&aside, &path)).map_err(Error::file("write", &path))
}

/// Reads the note; none when the capsule was never created to the end.
pub(super) fn read(spec: &CapsuleSpec) -> Result<Option<Process>> {
    read_file(&Paths::of(spec).record())
}

fn read_file(path: &Path) -> Result<Option<Process>> {
    match fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).map(Some).map_err(|_| Error::malformed(path)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Error::file("read", path)(error)),
    }
}
