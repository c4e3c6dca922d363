//! Why a machine could not be made.

use std::io;

/// A step of the start that failed.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action}")]
pub struct BootError {
    action: String,
    #[source]
    source: io::Error,
}

impl BootError {
    /// For `map_err`: a failed `action`.
    pub(super) fn at<E: Into<io::Error>>(action: impl Into<String>) -> impl FnOnce(E) -> Self {
        let action = action.into();
        move |source| Self { action, source: source.into() }
    }
}
