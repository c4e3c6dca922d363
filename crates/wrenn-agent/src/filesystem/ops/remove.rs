//! Removing files and directories.

use std::path::Path;

use crate::filesystem::error::{Attempt, FsError};

/// Removes what is at `path`, a directory with all that is in it. A symbolic link is removed itself;
/// what it points to stays, wherever in the tree the link is.
///
/// # Errors
/// [`FsError::NotFound`] when nothing is there.
pub(crate) fn remove(path: &Path) -> Result<(), FsError> {
    if path.parent().is_none() {
        let reason = "it is the root of all files";
        return Err(FsError::Refused { operation: "remove", path: path.to_path_buf(), reason });
    }
    let found = std::fs::symlink_metadata(path).attempt("remove", path).map_err(FsError::or_not_found)?;
    let removed = if found.is_dir() { std::fs::remove_dir_all(path) } else { std::fs::remove_file(path) };
    removed.attempt("remove", path)
}
