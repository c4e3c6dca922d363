//! Listing a directory.

use std::path::Path;

use crate::filesystem::entry::{Entry, Kind};
use crate::filesystem::error::{Attempt, FsError};
use crate::filesystem::names::Names;

/// What is in the directory `path`, in the order of names and each directory before its content, down
/// to `depth` levels (0 counts as 1).
///
/// A symbolic link given as `path` is followed, one found below never is. What vanishes meanwhile, or
/// lies below a directory that this user may not read, is left out.
///
/// # Errors
/// When `path` is no readable directory.
pub(crate) fn list(path: &Path, depth: u32) -> Result<Vec<Entry>, FsError> {
    let names = Names::load();
    let mut entries = Vec::new();
    level(path, depth.max(1), &names, &mut entries)?;
    Ok(entries)
}

fn level(path: &Path, depth: u32, names: &Names, entries: &mut Vec<Entry>) -> Result<(), FsError> {
    let mut found = Vec::new();
    for item in std::fs::read_dir(path).attempt("list", path)? {
        found.push(item.attempt("list", path)?.file_name());
    }
    found.sort_unstable();
    for name in found {
        let Ok(entry) = Entry::read(&path.join(name), names) else { continue };
        let below = (entry.kind == Kind::Directory && depth > 1).then(|| entry.path.clone());
        entries.push(entry);
        if let Some(below) = below {
            match level(&below, depth - 1, names, entries) {
                Ok(()) | Err(FsError::NotFound(_) | FsError::NotDirectory(_) | FsError::Denied { .. }) => {}
                Err(error) => return Err(error),
            }
        }
    }
    Ok(())
}
