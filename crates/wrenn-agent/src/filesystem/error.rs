//! What can go wrong with a file, in words for the one who asked.

use std::io;
use std::path::{Path, PathBuf};

use rustix::io::Errno;

use crate::paths::PathError;

/// A refused or failed operation on a file.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FsError {
    /// The path itself can name nothing.
    #[error(transparent)]
    Path(#[from] PathError),
    /// Nothing is there.
    #[error("path '{}' does not exist", .0.display())]
    NotFound(PathBuf),
    /// Something is there already.
    #[error("path '{}' already exists", .0.display())]
    AlreadyExists(PathBuf),
    /// A directory, where a file was expected.
    #[error("path '{}' is a directory", .0.display())]
    IsDirectory(PathBuf),
    /// Not a directory, where one was expected.
    #[error("path '{}' is not a directory", .0.display())]
    NotDirectory(PathBuf),
    /// Neither a file nor a directory, so its bytes cannot be read or replaced.
    #[error("path '{}' is not a regular file", .0.display())]
    NotRegular(PathBuf),
    /// The user may not do that.
    #[error("permission denied: cannot {operation} '{}' as this user", .path.display())]
    Denied {
        /// What was to be done.
        operation: &'static str,
        /// To what.
        path: PathBuf,
    },
    /// The disk, or the user's share of it, is full.
    #[error("not enough disk space to {operation} '{}'", .path.display())]
    NoSpace {
        /// What was to be done.
        operation: &'static str,
        /// To what.
        path: PathBuf,
    },
    /// It cannot be done there, for the reason given.
    #[error("cannot {operation} '{}': {reason}", .path.display())]
    Refused {
        /// What was to be done.
        operation: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// There can be no such thing, for the reason given.
    #[error("cannot {operation} '{}': {reason}", .path.display())]
    Impossible {
        /// What was to be done.
        operation: &'static str,
        /// To what.
        path: PathBuf,
        /// Why not.
        reason: &'static str,
    },
    /// Anything else that the kernel had to say.
    #[error("cannot {operation} '{}'", .path.display())]
    Io {
        /// What was to be done.
        operation: &'static str,
        /// To what.
        path: PathBuf,
        /// What the kernel said.
        source: io::Error,
    },
}

/// The kinds of failure that a caller can act on; each transport has its own code for them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The request is wrong.
    Invalid,
    /// Nothing is there.
    NotFound,
    /// Something is there already.
    Exists,
    /// Something else is in the way.
    InTheWay,
    /// Not for this user.
    Denied,
    /// The disk is full.
    Full,
    /// Not the caller's fault.
    Internal,
}

impl FsError {
    /// What an error of the kernel means for `operation` on `path`.
    pub(crate) fn from_io(operation: &'static str, path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        let refused = |path, reason| Self::Refused { operation, path, reason };
        let impossible = |path, reason| Self::Impossible { operation, path, reason };
        match Errno::from_io_error(&source) {
            Some(Errno::NOENT) => Self::NotFound(path),
            Some(Errno::EXIST) => Self::AlreadyExists(path),
            Some(Errno::ISDIR) => Self::IsDirectory(path),
            Some(Errno::NOTDIR) => Self::NotDirectory(path),
            Some(Errno::ACCESS | Errno::PERM) => Self::Denied { operation, path },
            Some(Errno::NOSPC | Errno::DQUOT | Errno::FBIG) => Self::NoSpace { operation, path },
            Some(Errno::NAMETOOLONG) => impossible(path, "a part of the path is too long"),
            Some(Errno::INVAL) => impossible(path, "the path is not valid there"),
            Some(Errno::LOOP) => impossible(path, "it leads through too many symbolic links"),
            Some(Errno::NOTEMPTY) => refused(path, "the directory is not empty"),
            Some(Errno::ROFS) => refused(path, "the filesystem is read-only"),
            Some(Errno::BUSY) => refused(path, "it is a mount point or in use"),
            _ => Self::Io { operation, path, source },
        }
    }

    /// The kind of failure.
    pub(crate) fn fault(&self) -> Fault {
        match self {
            Self::Path(_)
            | Self::IsDirectory(_)
            | Self::NotDirectory(_)
            | Self::NotRegular(_)
            | Self::Impossible { .. } => Fault::Invalid,
            Self::NotFound(_) => Fault::NotFound,
            Self::AlreadyExists(_) => Fault::Exists,
            Self::Refused { .. } => Fault::InTheWay,
            Self::Denied { .. } => Fault::Denied,
            Self::NoSpace { .. } => Fault::Full,
            Self::Io { .. } => Fault::Internal,
        }
    }

    /// The same, where a path that leads through a file simply does not exist.
    pub(crate) fn or_not_found(self) -> Self {
        match self {
            Self::NotDirectory(path) => Self::NotFound(path),
            other => other,
        }
    }
}

/// Adds to a result of the standard library what was attempted.
pub(crate) trait Attempt<T> {
    /// The error as [`FsError::from_io`] has it.
    ///
    /// # Errors
    /// The one there was.
    fn attempt(self, operation: &'static str, path: &Path) -> Result<T, FsError>;
}

impl<T, E: Into<io::Error>> Attempt<T> for Result<T, E> {
    fn attempt(self, operation: &'static str, path: &Path) -> Result<T, FsError> {
        self.map_err(|error| FsError::from_io(operation, path, error.into()))
    }
}
