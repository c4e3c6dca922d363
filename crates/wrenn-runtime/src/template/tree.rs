//! Small helpers for files and trees.

use std::{
    fs,
    io::{ErrorKind, Write as _},
    os::unix::fs::{DirBuilderExt as _, MetadataExt as _, PermissionsExt as _},
    path::Path,
};

use serde::{Serialize, de::DeserializeOwned};

use super::error::TemplateError;

/// Makes a directory and its parents, closed to other users of the machine.
pub(super) fn create_private_dir(path: &Path) -> Result<(), TemplateError> {
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(TemplateError::file("create directory", path))
}

/// Gives a directory the mode that the root of a file system has.
pub(super) fn open_to_all(path: &Path) -> Result<(), TemplateError> {
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .map_err(TemplateError::file("change the mode of", path))
}

/// Reads a JSON file; `None` when there is none.
pub(super) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, TemplateError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return Ok(None);
        }
        Err(error) => return Err(TemplateError::file("read", path)(error)),
    };
    let value =
        serde_json::from_slice(&bytes).map_err(|error| TemplateError::file("read", path)(error.into()))?;
    Ok(Some(value))
}

/// Writes a JSON file so that it is there whole or not at all.
pub(super) fn write_json<T: Serialize>(path: &Path, value: &T) -> Result<(), TemplateError> {
    let fail = |error| TemplateError::file("write", path)(error);
    let bytes = serde_json::to_vec_pretty(value).map_err(|error| fail(error.into()))?;
    let parent = path.parent().unwrap_or(Path::new("/"));
    let mut file = tempfile::NamedTempFile::new_in(parent).map_err(fail)?;
    file.write_all(&bytes).and_then(|()| file.as_file().sync_data()).map_err(fail)?;
    file.persist(path).map_err(|error| fail(error.error))?;
    Ok(())
}

/// Bytes that a tree takes on disk, files with several names counted once.
pub(super) fn disk_size(path: &Path) -> Result<u64, TemplateError> {
    let mut seen = std::collections::HashSet::new();
    let mut pending = vec![path.to_owned()];
    let mut blocks = 0;
    while let Some(dir) = pending.pop() {
        let fail = |error| TemplateError::file("measure", &dir)(error);
        for entry in fs::read_dir(&dir).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            let metadata = entry.metadata().map_err(fail)?;
            if metadata.nlink() == 1 || metadata.is_dir() || seen.insert(metadata.ino()) {
                blocks += metadata.blocks();
            }
            if metadata.is_dir() {
                pending.push(entry.path());
            }
        }
    }
    Ok(blocks * 512)
}

/// Removes a file or a whole tree; it is no error when there is none.
pub(super) fn remove_all(path: &Path) -> Result<(), TemplateError> {
    let removed = match fs::symlink_metadata(path) {
        Ok(metadata) if metadata.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
        Err(error) => Err(error),
    };
    match removed {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(TemplateError::file("remove", path)(error)),
        _ => Ok(()),
    }
}

/// The names in a directory, sorted; none when the directory is not there.
pub(super) fn names_in(path: &Path) -> Result<Vec<String>, TemplateError> {
    let entries = match fs::read_dir(path) {
        Ok(entries) => entries,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(TemplateError::file("list", path)(error)),
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry.map_err(TemplateError::file("list", path))?;
        names.extend(entry.file_name().into_string().ok());
    }
    names.sort();
    Ok(names)
}
