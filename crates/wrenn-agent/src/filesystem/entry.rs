//! What there is to know about a path.

use std::collections::HashMap;
use std::fs::Metadata;
use std::os::unix::fs::{FileTypeExt, MetadataExt};
use std::path::{Path, PathBuf};

use super::error::{Attempt, FsError};
use super::metadata;
use super::names::Names;

/// What kind of thing a path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file, and what is used like one.
    File,
    /// A directory.
    Directory,
    /// A symbolic link.
    Symlink,
}

/// A file, directory or symbolic link as it was when looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Entry {
    /// The last part of the path.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Where it is.
    pub path: PathBuf,
    /// Its size in bytes.
    pub size: u64,
    /// Its permission bits, with set-user-id, set-group-id and sticky.
    pub mode: u32,
    /// The same for people: `-rw-r--r--`.
    pub permissions: String,
    /// The owner's name, or id.
    pub owner: String,
    /// The group's name, or id.
    pub group: String,
    /// When its content last changed: seconds since 1970, and nanoseconds.
    pub modified: (i64, u32),
    /// Where a symbolic link leads: the absolute path of what is there, or the link's own text when
    /// nothing is.
    pub symlink_target: Option<String>,
    /// The user's notes.
    pub metadata: HashMap<String, String>,
}

impl Entry {
    /// Looks at `path` itself: at a symbolic link, not at what it points to.
    ///
    /// # Errors
    /// Nothing there, or not to be seen by this user.
    pub(crate) fn read(path: &Path, names: &Names) -> Result<Self, FsError> {
        let found =
            std::fs::symlink_metadata(path).attempt("look at", path).map_err(FsError::or_not_found)?;
        Ok(Self::describe(path, &found, names))
    }

    fn describe(path: &Path, found: &Metadata, names: &Names) -> Self {
        let kind = match found.file_type() {
            kind if kind.is_symlink() => Kind::Symlink,
            kind if kind.is_dir() => Kind::Directory,
            _ => Kind::File,
        };
        let name = path.file_name().unwrap_or(path.as_os_str());
        Self {
            name: name.to_string_lossy().into_owned(),
            kind,
            path: path.to_path_buf(),
            size: found.size(),
            mode: found.mode() & 0o7777,
            permissions: permissions(found),
            owner: names.user(found.uid()),
            group: names.group(found.gid()),
            modified: (found.mtime(), u32::try_from(found.mtime_nsec()).unwrap_or(0)),
            symlink_target: (kind == Kind::Symlink).then(|| target(path)),
            metadata: metadata::read(path),
        }
    }
}

fn target(link: &Path) -> String {
    let end = std::fs::canonicalize(link).or_else(|_| std::fs::read_link(link)).unwrap_or_default();
    end.to_string_lossy().into_owned()
}

/// The way `ls -l` writes a mode.
fn permissions(found: &Metadata) -> String {
    let kind = match found.file_type() {
        kind if kind.is_symlink() => 'l',
        kind if kind.is_dir() => 'd',
        kind if kind.is_fifo() => 'p',
        kind if kind.is_socket() => 's',
        kind if kind.is_char_device() => 'c',
        kind if kind.is_block_device() => 'b',
        _ => '-',
    };
    let mode = found.mode();
    let mut text = String::with_capacity(10);
    text.push(kind);
    // For each of owner, group and others: where its three bits are, and which special bit shares the
    // place of its `x`.
    for (shift, special, sign) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 == 0 { '-' } else { 'r' });
        text.push(if bits & 2 == 0 { '-' } else { 'w' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, false) => 'x',
            (false, false) => '-',
            (true, true) => sign,
            (false, true) => sign.to_ascii_uppercase(),
        });
    }
    text
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_file_a_directory_and_links() {
        let dir = tempfile::tempdir().unwrap();
        let root = dir.path().canonicalize().unwrap();
        let names = Names::load();
        let file = root.join("a.txt");
        std::fs::write(&file, "four").unwrap();
        std::fs::set_permissions(&file, Permissions::from_mode(0o4751)).unwrap();
        std::os::unix::fs::symlink("a.txt", root.join("link")).unwrap();
        std::os::unix::fs::symlink("nowhere", root.join("dangling")).unwrap();

        let entry = Entry::read(&file, &names).unwrap();
        assert_eq!((entry.kind, entry.size, entry.mode), (Kind::File, 4, 0o4751));
        assert_eq!(entry.permissions, "-rwsr-x--x");
        assert_eq!(entry.symlink_target, None);
        let link = Entry::read(&root.join("link"), &names).unwrap();
        assert_eq!((link.kind, link.name.as_str()), (Kind::Symlink, "link"));
        assert_eq!(link.symlink_target.as_deref(), file.to_str());
        let dangling = Entry::read(&root.join("dangling"), &names).unwrap();
        assert_eq!(dangling.symlink_target.as_deref(), Some("nowhere"));
        assert_eq!(Entry::read(&root, &names).unwrap().kind, Kind::Directory);
        assert_eq!(Entry::read(Path::new("/"), &names).unwrap().name, "/");
    }

    #[test]
    fn what_is_below_a_file_does_not_exist() {
        let error = Entry::read(Path::new("/etc/passwd/x"), &Names::default()).unwrap_err();
        assert!(matches!(error, FsError::NotFound(_)));
    }
}
