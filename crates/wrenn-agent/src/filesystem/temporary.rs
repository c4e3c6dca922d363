//! Names of files that are not finished yet.
//!
//! They lie beside the file they will become, so that renaming suffices, and their names tell a watcher
//! what they are: it keeps silent about them and reports the finished file instead.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// What the name of a file starts with that will be new.
const NEW: &str = ".wrenn-unfinished-new.";

/// What the name of a file starts with that will replace another.
const REPLACING: &str = ".wrenn-unfinished-replacing.";

/// What becomes of an unfinished file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unfinished {
    /// A file where there was none.
    New,
    /// The new content of a file.
    Replacing,
}

/// A path beside `path` that nothing has yet, for a file that will be `path`.
pub(crate) fn sibling(path: &Path, new: bool) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    // The clock keeps apart what another agent on the same files, or this one before a restart, made.
    let clock = SystemTime::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos());
    let prefix = if new { NEW } else { REPLACING };
    path.with_file_name(format!("{prefix}{clock:x}.{count:x}"))
}

/// What a file of that name will become, if it is an unfinished one.
pub(crate) fn recognize(name: &OsStr) -> Option<Unfinished> {
    let bytes = name.as_encoded_bytes();
    if bytes.starts_with(NEW.as_bytes()) {
        Some(Unfinished::New)
    } else if bytes.starts_with(REPLACING.as_bytes()) {
        Some(Unfinished::Replacing)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_differ_and_are_known_again() {
        let path = Path::new("/a/b.txt");
        let (one, two) = (sibling(path, true), sibling(path, false));
        assert_ne!(one, sibling(path, true));
        assert_eq!(one.parent(), Some(Path::new("/a")));
        assert_eq!(recognize(one.file_name().unwrap()), Some(Unfinished::New));
        assert_eq!(recognize(two.file_name().unwrap()), Some(Unfinished::Replacing));
        assert_eq!(recognize(OsStr::new("b.txt")), None);
    }
}
