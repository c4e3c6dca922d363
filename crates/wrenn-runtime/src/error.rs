//! What can go wrong in a runtime.

use std::path::PathBuf;

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
        source: std::io::Error,
    },
    /// A system call failed.
    #[error("cannot {action}")]
    System {
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        source: std::io::Error,
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
    /// Something took longer than it may.
    #[error("{action} took longer than {limit:?}")]
    Timeout {
        /// What was waited for.
        action: &'static str,
        /// How long.
        limit: std::time::Duration,
    },
}
