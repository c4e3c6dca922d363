//! What can go wrong in a runtime.

use std::{
    io,
    path::{Path, PathBuf},
};

/// The result of a runtime's operation.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed operation: which one, on what, and why.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The capsule does not run, so that the operation has no sense.
    #[error("capsule {id} is not running")]
    NotRunning {
        /// The capsule.
        id: String,
    },
    /// A file operation failed.
    #[error("cannot {action} {path}")]
    File {
        /// What was tried, as in `create`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A system call failed.
    #[error("cannot {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A program ended with an error.
    #[error("{program} failed ({status}): {stderr}")]
    Program {
        /// The program.
        program: String,
        /// How it ended.
        status: String,
        /// The last lines that it wrote, for the operator.
        stderr: String,
    },
    /// A program is not installed.
    #[error("{program} is not installed; {remedy}")]
    ProgramMissing {
        /// The program.
        program: String,
        /// What to do.
        remedy: String,
    },
    /// A file does not have the form that it must have.
    #[error("cannot understand {path}")]
    Malformed {
        /// The file.
        path: PathBuf,
    },
    /// The machine's kernel or its mounts lack a control-group controller.
    #[error("the control-group controller {controller} is not mounted on this machine")]
    ControllerMissing {
        /// Its name.
        controller: &'static str,
    },
    /// The agent inside the capsule did not come up.
    #[error("the agent of capsule {id} did not start: {reason}")]
    Agent {
        /// The capsule.
        id: String,
        /// What is known about the cause, for the operator.
        reason: String,
    },
    /// A virtual machine did not do what it was told.
    #[error("the virtual machine refuses `{action}`: {reason}")]
    Machine {
        /// What it was told.
        action: &'static str,
        /// Why it did not.
        reason: String,
    },
    /// Saved memory cannot be used for the capsule.
    #[error("{path} cannot be used: {reason}")]
    Unusable {
        /// Where it is.
        path: PathBuf,
        /// Why not, and what to do.
        reason: String,
    },
    /// Something took longer than it may.
    #[error("{action} took longer than {limit:?}")]
    Timeout {
        /// What was waited for.
        action: &'static str,
        /// How long.
        limit: std::time::Duration,
    },
}

impl Error {
    /// For `map_err`: a failed `action` on the file `path`.
    pub(crate) fn file<E: Into<io::Error>>(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source: source.into() }
    }

    /// For `map_err`: a failed system call.
    pub(crate) fn system<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { action, source: source.into() }
    }

    pub(crate) fn malformed(path: &Path) -> Self {
        Self::Malformed { path: path.to_owned() }
    }

    /// Whether the cause is that the disk, or the share of it that we may use, is full.
    pub fn is_out_of_space(&self) -> bool {
        match self {
            Self::File { source, .. } | Self::System { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            Self::Program { stderr, .. } => stderr.contains("No space left on device"),
            _ => false,
        }
    }
}
