//! Making directories.

use std::io::ErrorKind;
use std::path::Path;

use crate::filesystem::error::{Attempt, FsError};

/// Makes the directory `path` and those above it that are missing.
///
/// # Errors
/// [`FsError::AlreadyExists`] when it is there, [`FsError::NotDirectory`] when something else is.
pub(crate) fn make_dir(path: &Path) -> Result<(), FsError> {
    match std::fs::create_dir(path) {
        Err(error) if error.kind() == ErrorKind::AlreadyExists && !path.is_dir() => {
            Err(FsError::NotDirectory(path.to_path_buf()))
        }
        Err(error) if error.kind() == ErrorKind::NotFound => {
            make_parents(path)?;
            std::fs::create_dir(path).attempt("make directory", path)
        }
        made => made.attempt("make directory", path),
    }
}

/// Makes the directories above `path` that are missing.
///
/// # Errors
/// When one of them is something else than a directory, or may not be made.
pub(crate) fn make_parents(path: &Path) -> Result<(), FsError> {
    let Some(parent) = path.parent() else { return Ok(()) };
    match std::fs::create_dir_all(parent) {
        // So it is reported when the last of them is a file.
        Err(error) if error.kind() == ErrorKind::AlreadyExists => {
            Err(FsError::NotDirectory(parent.to_path_buf()))
        }
        made => made.attempt("make directory", parent),
    }
}
