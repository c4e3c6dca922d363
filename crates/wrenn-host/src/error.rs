//! What a host refuses, and what can go wrong on it.

use std::{path::PathBuf, time::Duration};

use wrenn_api::CapsuleId;
use wrenn_runtime::Kind;

use crate::State;

/// The result of a host's operation.
pub type Result<T> = std::result::Result<T, HostError>;

/// A refused or failed operation.
#[derive(Debug, thiserror::Error)]
pub enum HostError {
    /// The host has no such capsule; it may have had.
    #[error("capsule {id} is not on this host")]
    NotFound {
        /// The capsule.
        id: CapsuleId,
    },
    /// The capsule's state does not allow it.
    #[error("cannot {action} capsule {id}: it is {}", state.status())]
    WrongState {
        /// The capsule.
        id: CapsuleId,
        /// What was asked, as in `pause`.
        action: &'static str,
        /// Its state.
        state: State,
    },
    /// The capsule was destroyed, or died, before the operation was done.
    #[error("capsule {id} ended: {reason}")]
    Ended {
        /// The capsule.
        id: CapsuleId,
        /// Why it ended.
        reason: String,
    },
    /// The host has as many capsules as it may.
    #[error("the host has {limit} capsules, and may have no more")]
    Full {
        /// How many.
        limit: usize,
    },
    /// Every range of user ids is taken.
    #[error("no range of user ids is free in {registry}")]
    NoIds {
        /// Where the ranges are noted.
        registry: PathBuf,
    },
    /// The host has no runtime of that kind.
    #[error("this host has no runtime {kind}, only {}", names(offered))]
    NotOffered {
        /// What was asked for.
        kind: Kind,
        /// What there is, the default first.
        offered: Vec<Kind>,
    },
    /// A copy that was to be made with others was not, because one of them could not be.
    #[error("capsule {id} was not made, because its original or another copy failed")]
    NotForked {
        /// The copy.
        id: CapsuleId,
    },
    /// The runtime failed.
    #[error("cannot {action} capsule {id}")]
    Runtime {
        /// What it was to do.
        action: &'static str,
        /// The capsule.
        id: CapsuleId,
        /// Why it failed.
        #[source]
        source: wrenn_runtime::Error,
    },
    /// The capsule's agent could not be set up.
    #[error("cannot set up the agent of capsule {id}")]
    Agent {
        /// The capsule.
        id: CapsuleId,
        /// Why not.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The capsule could not be removed so far; the host goes on trying.
    #[error("capsule {id} is not gone after {waited:?}")]
    Stuck {
        /// The capsule.
        id: CapsuleId,
        /// How long the caller waited.
        waited: Duration,
    },
    /// A file operation failed.
    #[error("cannot {action} {path}")]
    File {
        /// What was tried, as in `create`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        #[source]
        source: std::io::Error,
    },
    /// A capsule's network could not be made or changed.
    #[error("cannot {action} the network of capsule {id}")]
    Network {
        /// What it was to do.
        action: &'static str,
        /// The capsule.
        id: CapsuleId,
        /// Why it failed.
        #[source]
        source: Box<wrenn_network::Error>,
    },
    /// A network policy cannot be kept.
    #[error(transparent)]
    InvalidPolicy(#[from] wrenn_network::InvalidPolicy),
    /// The host is going down.
    #[error("the host is shutting down")]
    ShuttingDown,
}

impl HostError {
    pub(crate) fn file(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source }
    }

    pub(crate) fn network(action: &'static str, id: &CapsuleId) -> impl FnOnce(wrenn_network::Error) -> Self {
        let id = id.clone();
        move |source| Self::Network { action, id, source: Box::new(source) }
    }

    pub(crate) fn runtime(action: &'static str, id: &CapsuleId) -> impl FnOnce(wrenn_runtime::Error) -> Self {
        let id = id.clone();
        move |source| Self::Runtime { action, id, source }
    }
}

fn names(kinds: &[Kind]) -> String {
    kinds.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" and ")
}
