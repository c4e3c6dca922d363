//! Copying across filesystems, for moves that the kernel cannot make by renaming.

use std::fs::{self, FileTimes, Metadata};
use std::os::unix::fs::{MetadataExt, lchown, symlink};
use std::path::{Path, PathBuf};

use super::remove;
use crate::filesystem::error::{Attempt, FsError};
use crate::filesystem::{metadata, temporary};

/// Copies what is at `source`, with all that is in it, to `destination`, which appears whole or not at
/// all. Mode, owner (as far as this user may give it), times and the user's notes go along.
///
/// # Errors
/// The first thing that fails; what was copied until then is removed.
pub(crate) fn copy(source: &Path, destination: &Path) -> Result<(), FsError> {
    let partial = temporary::sibling(destination, true);
    let copied =
        tree(source, &partial).and_then(|()| fs::rename(&partial, destination).attempt("move", destination));
    if copied.is_err() {
        // What cannot be removed either is not what the caller should hear about.
        let _ = remove(&partial);
    }
    copied
}

fn tree(source: &Path, to: &Path) -> Result<(), FsError> {
    let found = fs::symlink_metadata(source).attempt("copy", source)?;
    let kind = found.file_type();
    if kind.is_symlink() {
        let target = fs::read_link(source).attempt("copy", source)?;
        symlink(target, to).attempt("copy", source)?;
        give(to, &found);
        return Ok(());
    }
    if kind.is_dir() {
        fs::create_dir(to).attempt("copy", source)?;
        for item in fs::read_dir(source).attempt("copy", source)? {
            let name: PathBuf = item.attempt("copy", source)?.file_name().into();
            tree(&source.join(&name), &to.join(&name))?;
        }
    } else if kind.is_file() {
        fs::copy(source, to).attempt("copy", source)?;
    } else {
        return Err(FsError::NotRegular(source.to_path_buf()));
    }
    give(to, &found);
    // After the owner, whose change takes set-user-id away.
    fs::set_permissions(to, found.permissions()).attempt("copy", source)?;
    let file = fs::File::open(to).attempt("copy", source)?;
    metadata::write(&file, &metadata::read(source)).attempt("copy", source)?;
    let times = found.modified().map(|modified| FileTimes::new().set_modified(modified));
    times.and_then(|times| file.set_times(times)).attempt("copy", source)
}

/// Only root can give files away; everyone else keeps what they copy.
fn give(to: &Path, found: &Metadata) {
    let _ = lchown(to, Some(found.uid()), Some(found.gid()));
}
