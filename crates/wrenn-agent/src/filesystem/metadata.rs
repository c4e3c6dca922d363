//! A user's own notes on a file: extended attributes named `user.e2b.<key>`.

use std::collections::HashMap;
use std::io;
use std::os::fd::AsFd;
use std::path::Path;

use rustix::fs::{XattrFlags, fsetxattr, lgetxattr, llistxattr};
use rustix::io::Errno;

/// What the attributes' names start with.
const PREFIX: &str = "user.e2b.";

/// The longest key, in bytes: what the kernel allows for a name, less the prefix.
const LONGEST_KEY: usize = 255 - PREFIX.len();

/// The most that keys, with their prefix, and values take together, in bytes.
const LARGEST_TOTAL: usize = 4096;

/// Why notes cannot be kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum MetadataError {
    /// A key or value with other characters than printable ASCII.
    #[error("metadata '{0}' must consist of printable ASCII characters only")]
    Unprintable(String),
    /// An empty or over-long key.
    #[error("a metadata key must have between 1 and {LONGEST_KEY} characters")]
    KeyLength,
    /// More than fits beside a file.
    #[error("metadata must not take more than {LARGEST_TOTAL} bytes in all")]
    TooLarge,
}

/// Checks notes before anything is written.
///
/// # Errors
/// The first thing that is wrong with them.
pub(crate) fn check(notes: &HashMap<String, String>) -> Result<(), MetadataError> {
    let mut total = 0;
    for (key, value) in notes {
        if !printable(key) || !printable(value) {
            return Err(MetadataError::Unprintable(key.escape_default().to_string()));
        }
        if key.is_empty() || key.len() > LONGEST_KEY {
            return Err(MetadataError::KeyLength);
        }
        total += PREFIX.len() + key.len() + value.len();
    }
    if total > LARGEST_TOTAL { Err(MetadataError::TooLarge) } else { Ok(()) }
}

/// The notes on what is at `path`, not on what a link there points to. None when they cannot be read:
/// a listing must not fail for them.
pub(crate) fn read(path: &Path) -> HashMap<String, String> {
    let Ok(names) = grow(|buffer| llistxattr(path, buffer)) else { return HashMap::new() };
    let mut notes = HashMap::new();
    for name in names.split(|&byte| byte == 0).filter_map(|name| std::str::from_utf8(name).ok()) {
        let Some(key) = name.strip_prefix(PREFIX) else { continue };
        if let Ok(value) = grow(|buffer| lgetxattr(path, name, buffer)) {
            notes.insert(key.to_owned(), String::from_utf8_lossy(&value).into_owned());
        }
    }
    notes
}

/// Puts notes on a file that has none yet.
///
/// # Errors
/// When the filesystem refuses.
pub(crate) fn write(file: impl AsFd, notes: &HashMap<String, String>) -> io::Result<()> {
    for (key, value) in notes {
        fsetxattr(&file, format!("{PREFIX}{key}"), value.as_bytes(), XattrFlags::empty())?;
    }
    Ok(())
}

fn printable(text: &str) -> bool {
    text.bytes().all(|byte| (0x20..=0x7e).contains(&byte))
}

/// Calls `fill` with larger and larger buffers until its answer fits. Most files have none at all, so
/// the first buffer is small.
fn grow(fill: impl Fn(&mut [u8]) -> rustix::io::Result<usize>) -> rustix::io::Result<Vec<u8>> {
    let mut buffer = vec![0; 256];
    loop {
        match fill(&mut buffer) {
            Ok(length) => {
                buffer.truncate(length);
                return Ok(buffer);
            }
            Err(Errno::RANGE) if buffer.len() < 1 << 17 => buffer.resize(buffer.len() * 4, 0),
            Err(error) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(key: &str, value: &str) -> HashMap<String, String> {
        HashMap::from([(key.to_owned(), value.to_owned())])
    }

    #[test]
    fn limits_hold() {
        assert_eq!(check(&notes("a", "b c~")), Ok(()));
        assert_eq!(check(&notes(&"k".repeat(246), "")), Ok(()));
        assert_eq!(check(&notes(&"k".repeat(247), "")), Err(MetadataError::KeyLength));
        assert_eq!(check(&notes("", "v")), Err(MetadataError::KeyLength));
        assert_eq!(check(&notes("k", &"v".repeat(4096))), Err(MetadataError::TooLarge));
        assert!(matches!(check(&notes("k", "\u{e9}")), Err(MetadataError::Unprintable(_))));
    }

    #[test]
    fn notes_come_back() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let kept = notes("author", "somebody");
        write(file.as_file(), &kept).unwrap();
        assert_eq!(read(file.path()), kept);
        assert!(read(Path::new("/nowhere")).is_empty());
    }
}
