//! How far the command is that a template starts with its capsules.

use serde::{Deserialize, Serialize};

/// The tag of the start command's process, by which it is found among a capsule's processes.
pub const START_TAG: &str = "start";

/// How far a capsule's start command is.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "lowercase")]
pub enum Startup {
    /// Its template has none.
    #[default]
    None,
    /// It has not been started yet.
    Pending,
    /// It runs and is not ready yet.
    Begun,
    /// It is ready, and as far as is known it runs.
    Ready,
    /// It has done what it had to.
    Done,
    /// It could not be started, or has ended before its time.
    Failed {
        /// Why, for people.
        reason: String,
    },
}

impl Startup {
    /// Whether nothing of it is waited for any more, because there is nothing or it is ready.
    pub fn is_ready(&self) -> bool {
        match self {
            Self::None | Self::Ready | Self::Done => true,
            Self::Pending | Self::Begun | Self::Failed { .. } => false,
        }
    }

    /// Why it failed, if it did.
    pub fn failure(&self) -> Option<&str> {
        match self {
            Self::Failed { reason } => Some(reason),
            Self::None | Self::Pending | Self::Begun | Self::Ready | Self::Done => None,
        }
    }

    /// Whether the record need not mention it.
    pub(crate) fn is_none(&self) -> bool {
        *self == Self::None
    }
}
