//! Writing a file so that a reader sees the old content or the new, never half of it.

use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek as _};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use rustix::fs::{Access, AtFlags, CWD, accessat};
use rustix::io::Errno;

use super::error::{Attempt, FsError};
use super::ops::make_parents;
use super::{metadata, temporary};

/// How many symbolic links a path may lead through; the kernel's own limit.
const MOST_LINKS: usize = 40;

/// A file being written. Dropped without [`Self::commit`], it leaves nothing behind.
#[derive(Debug)]
pub(crate) struct AtomicFile {
    /// `None` once all is written and a name is enough.
    file: Option<File>,
    target: PathBuf,
    /// Where the bytes are until then; `None` for a file without a name, whose bytes are copied over.
    partial: Option<PathBuf>,
}

impl AtomicFile {
    /// Begins to write what will be at `path`. A symbolic link there is kept and leads to the new
    /// content; missing directories are made; a file that is replaced keeps its mode.
    ///
    /// # Errors
    /// A directory or device is there, or the user may not write it.
    pub(crate) fn create(path: &Path, notes: &HashMap<String, String>) -> Result<Self, FsError> {
        let target = behind_links(path)?;
        let existing = match fs::symlink_metadata(&target) {
            Ok(found) if found.is_dir() => return Err(FsError::IsDirectory(target)),
            Ok(found) if !found.is_file() => return Err(FsError::NotRegular(target)),
            Ok(found) => {
                // Renaming needs no right to the file itself, so that is asked for separately.
                accessat(CWD, &target, Access::WRITE_OK, AtFlags::EACCESS).attempt("write", &target)?;
                Some(found)
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                make_parents(&target)?;
                None
            }
            Err(error) => return Err(FsError::from_io("write", &target, error)),
        };
        let written = Self::open(target, existing.is_some())?;
        let file = written.file();
        if let Some(found) = existing {
            let kept = fs::Permissions::from_mode(found.mode() & 0o777);
            file.set_permissions(kept).attempt("write", &written.target)?;
        }
        metadata::write(file, notes).attempt("keep metadata of", &written.target)?;
        Ok(written)
    }

    /// Where the bytes go.
    ///
    /// # Panics
    /// After [`Self::seal`].
    pub(crate) fn file(&self) -> &File {
        self.file.as_ref().expect("nothing is written after sealing")
    }

    /// Nothing more will be written: gives the descriptor back, if the file can do without.
    pub(crate) fn seal(&mut self) {
        if self.partial.is_some() {
            self.file = None;
        }
    }

    /// Where the file will be, behind all symbolic links.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// Puts the file in its place.
    ///
    /// # Errors
    /// When that fails; the old content is still there then.
    pub(crate) fn commit(mut self) -> Result<(), FsError> {
        if let Some(partial) = &self.partial {
            match rustix::fs::rename(partial, &self.target) {
                Ok(()) => {
                    self.partial = None;
                    return Ok(());
                }
                // A file that something is mounted on cannot be replaced, only written.
                Err(Errno::BUSY) => {}
                Err(error) => return Err(FsError::from_io("write", &self.target, error.into())),
            }
        }
        self.copy_over().attempt("write", &self.target)
    }

    fn open(target: PathBuf, replaces: bool) -> Result<Self, FsError> {
        let partial = temporary::sibling(&target, !replaces);
        let opened = OpenOptions::new().read(true).write(true).create_new(true).mode(0o666).open(&partial);
        match opened {
            Ok(file) => Ok(Self { file: Some(file), target, partial: Some(partial) }),
            // The user may write the file but put nothing beside it: then it can only be overwritten.
            Err(error) if replaces && not_writable(&error) => {
                let file = nameless().attempt("write", &target)?;
                Ok(Self { file: Some(file), target, partial: None })
            }
            Err(error) => Err(FsError::from_io("write", &target, error)),
        }
    }

    fn copy_over(&self) -> io::Result<()> {
        let mut content = match (&self.file, &self.partial) {
            (_, Some(partial)) => File::open(partial)?,
            (Some(file), None) => file.try_clone()?,
            (None, None) => return Err(io::ErrorKind::NotFound.into()),
        };
        content.rewind()?;
        let mut place = OpenOptions::new().write(true).truncate(true).open(&self.target)?;
        io::copy(&mut content, &mut place)?;
        Ok(())
    }
}

impl Drop for AtomicFile {
    fn drop(&mut self) {
        if let Some(partial) = &self.partial {
            let _ = fs::remove_file(partial);
        }
    }
}

/// A file without a name, gone when closed.
fn nameless() -> io::Result<File> {
    OpenOptions::new().read(true).write(true).mode(0o600).custom_flags(libc::O_TMPFILE).open("/tmp")
}

fn not_writable(error: &io::Error) -> bool {
    matches!(Errno::from_io_error(error), Some(Errno::ACCESS | Errno::PERM | Errno::ROFS))
}

/// Where the symbolic links lead that are at the end of `path`, also when nothing is there yet.
fn behind_links(path: &Path) -> Result<PathBuf, FsError> {
    let mut at = path.to_path_buf();
    for _ in 0..MOST_LINKS {
        match fs::read_link(&at) {
            // The text of a link is relative to its directory; the kernel takes care of `..` in it.
            Ok(next) => at = at.parent().unwrap_or(Path::new("/")).join(next),
            Err(_) => return Ok(at),
        }
    }
    Err(FsError::from_io("write", path, Errno::LOOP.into()))
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::os::unix::fs::symlink;

    use super::*;

    fn write(path: &Path, content: &str) -> Result<(), FsError> {
        let file = AtomicFile::create(path, &HashMap::new())?;
        file.file().write_all(content.as_bytes()).unwrap();
        file.commit()
    }

    fn names(dir: &Path) -> Vec<String> {
        let mut names: Vec<_> =
            fs::read_dir(dir).unwrap().map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn parents_are_made_and_mode_is_kept() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a/b/c.txt");
        write(&path, "one").unwrap();
        fs::set_permissions(&path, fs::Permissions::from_mode(0o751)).unwrap();
        write(&path, "two").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "two");
        assert_eq!(fs::metadata(&path).unwrap().mode() & 0o7777, 0o751);
        assert_eq!(names(&dir.path().join("a/b")), ["c.txt"]);
    }

    #[test]
    fn what_is_not_committed_leaves_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("kept");
        fs::write(&path, "old").unwrap();
        let file = AtomicFile::create(&path, &HashMap::new()).unwrap();
        file.file().write_all(b"new").unwrap();
        drop(file);
        assert_eq!(fs::read_to_string(&path).unwrap(), "old");
        assert_eq!(names(dir.path()), ["kept"]);
    }

    #[test]
    fn links_stay_links() {
        let dir = tempfile::tempdir().unwrap();
        let at = |name: &str| dir.path().join(name);
        symlink("real", at("link")).unwrap();
        write(&at("link"), "through").unwrap();
        assert_eq!(fs::read_to_string(at("real")).unwrap(), "through");
        assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
        symlink("circle", at("circle")).unwrap();
        assert!(matches!(write(&at("circle"), ""), Err(FsError::Impossible { .. })));
    }

    #[test]
    fn only_regular_files_are_replaced() {
        let dir = tempfile::tempdir().unwrap();
        assert!(matches!(write(dir.path(), ""), Err(FsError::IsDirectory(_))));
        assert!(matches!(write(Path::new("/dev/null"), ""), Err(FsError::NotRegular(_))));
        assert!(matches!(write(Path::new("/etc/passwd/x"), ""), Err(FsError::NotDirectory(_))));
    }
}
