//! What can go wrong with the network.

use std::{io, path::PathBuf};

use ipnet::Ipv4Net;

/// The result of an operation on the network.
pub type Result<T> = std::result::Result<T, Error>;

/// A failed operation on the network.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// `nft` is missing, or refuses our rules.
    #[error("cannot {action} with nft; is the package nftables installed? {detail}")]
    Rules {
        /// What was tried.
        action: &'static str,
        /// What `nft` said.
        detail: String,
    },
    /// The kernel refuses a link, an address or a route.
    #[error("cannot {action}")]
    Link {
        /// What was tried.
        action: &'static str,
        /// Why not.
        #[source]
        source: rtnetlink::Error,
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
    /// A file operation failed.
    #[error("cannot {action} {path}")]
    File {
        /// What was tried, as in `write`.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why not.
        #[source]
        source: io::Error,
    },
    /// A namespace could not be made or entered.
    #[error(transparent)]
    Namespace(#[from] wrenn_runtime::Error),
    /// The machine uses addresses of the range itself.
    #[error(
        "the range {range} of capsules overlaps {other} of this machine; choose another one with --network-range"
    )]
    RangeInUse {
        /// The range.
        range: Ipv4Net,
        /// A route of the machine's.
        other: Ipv4Net,
    },
    /// Names of a policy have more addresses than are kept.
    #[error("the names that a capsule may reach have more than {limit} addresses at a time")]
    TooManyAddresses {
        /// The most that are kept.
        limit: usize,
    },
    /// Every address of the range is taken.
    #[error("no address is free in {range}; give capsules a wider one with --network-range")]
    RangeFull {
        /// The range.
        range: Ipv4Net,
    },
}

impl Error {
    pub(crate) fn link(action: &'static str) -> impl FnOnce(rtnetlink::Error) -> Self {
        move |source| Self::Link { action, source }
    }

    pub(crate) fn system<E: Into<io::Error>>(action: &'static str) -> impl FnOnce(E) -> Self {
        move |source| Self::System { action, source: source.into() }
    }

    pub(crate) fn file<E: Into<io::Error>>(
        action: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(E) -> Self {
        let path = path.into();
        move |source| Self::File { action, path, source: source.into() }
    }
}
