//! Where a capsule is in its life.
//!
//! ```text
//!                 create
//!                   │
//!                   ▼
//!               Starting ───────────────┐ creation failed
//!                   │                   │
//!                   ▼         pause     │
//!     ┌───────── Running ──► Pausing    │
//!     │             ▲           │       │
//!     │ died        │           ▼       │      destroy, in any state but the last two
//!     ├──────── Resuming ◄── Paused     │            │
//!     │                resume           │            ▼
//!     ▼                                 │        Stopping
//!   Failed ◄────────────────────────────┘            │
//!                                                    ▼
//!                                                 Stopped
//! ```
//!
//! Snapshots and forks are taken in `Running` (the capsule is frozen meanwhile, which is not a state) and in `Paused`; the
//! children of a fork begin in `Starting`. A capsule that dies by itself fails from any of the five states on the left.

use serde::{Deserialize, Serialize};
use wrenn_api::CapsuleStatus;

/// A capsule's state. On disk only those stand in which it can rest, and `Starting` and `Stopping`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Being made.
    Starting,
    /// Usable.
    Running,
    /// Being frozen.
    Pausing,
    /// Frozen.
    Paused,
    /// Being thawed.
    Resuming,
    /// Being destroyed.
    Stopping,
    /// Destroyed.
    Stopped,
    /// Died by itself, or could not be made.
    Failed,
}

/// What can be asked of a capsule's state machine, beside its destruction, which is always possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ask {
    Pause,
    Resume,
    Snapshot,
    Fork,
    Network,
}

impl State {
    /// The state in which the capsule is while it does what is asked; `None` when it cannot be asked in this state.
    pub(crate) fn asked(self, ask: Ask) -> Option<Self> {
        match (ask, self) {
            (Ask::Pause, Self::Running) => Some(Self::Pausing),
            (Ask::Resume, Self::Paused) => Some(Self::Resuming),
            (Ask::Snapshot | Ask::Fork | Ask::Network, Self::Running | Self::Paused) => Some(self),
            (
                Ask::Pause,
                Self::Starting
                | Self::Pausing
                | Self::Paused
                | Self::Resuming
                | Self::Stopping
                | Self::Stopped
                | Self::Failed,
            )
            | (
                Ask::Resume,
                Self::Starting
                | Self::Running
                | Self::Pausing
                | Self::Resuming
                | Self::Stopping
                | Self::Stopped
                | Self::Failed,
            )
            | (
                Ask::Snapshot | Ask::Fork | Ask::Network,
                Self::Starting
                | Self::Pausing
                | Self::Resuming
                | Self::Stopping
                | Self::Stopped
                | Self::Failed,
            ) => None,
        }
    }

    /// Whether nothing more happens to the capsule.
    pub fn is_final(self) -> bool {
        match self {
            Self::Stopped | Self::Failed => true,
            Self::Starting
            | Self::Running
            | Self::Pausing
            | Self::Paused
            | Self::Resuming
            | Self::Stopping => false,
        }
    }

    /// The state's name in the API.
    pub fn status(self) -> CapsuleStatus {
        match self {
            Self::Starting => CapsuleStatus::Starting,
            Self::Running => CapsuleStatus::Running,
            Self::Pausing => CapsuleStatus::Pausing,
            Self::Paused => CapsuleStatus::Paused,
            Self::Resuming => CapsuleStatus::Resuming,
            Self::Stopping => CapsuleStatus::Stopping,
            Self::Stopped => CapsuleStatus::Stopped,
            Self::Failed => CapsuleStatus::Error,
        }
    }
}
