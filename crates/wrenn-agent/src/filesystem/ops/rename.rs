//! Moving files and directories.

use std::path::Path;

use rustix::io::Errno;

use super::copy::copy;
use super::{make_parents, remove};
use crate::filesystem::error::{Attempt, FsError};

/// Moves what is at `source` to `destination`, in place of a file that is there already. The directories
/// above it are made. A symbolic link is moved itself.
///
/// Between two filesystems it is copied, and removed when the copy is whole.
///
/// # Errors
/// [`FsError::NotFound`] when nothing is at `source`.
pub(crate) fn rename(source: &Path, destination: &Path) -> Result<(), FsError> {
    std::fs::symlink_metadata(source).attempt("move", source).map_err(FsError::or_not_found)?;
    if destination.starts_with(source) && destination != source {
        let reason = "a directory cannot be moved into itself";
        return Err(FsError::Impossible { operation: "move", path: source.to_path_buf(), reason });
    }
    make_parents(destination)?;
    match rustix::fs::rename(source, destination) {
        Err(Errno::XDEV) => {
            copy(source, destination)?;
            remove(source)
        }
        // The kernel names no path; the one that stands in the way is the destination.
        moved => moved.attempt("move", destination),
    }
}
