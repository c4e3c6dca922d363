//! The `Filesystem` service, and the work on files that the plain HTTP routes share with it.
//!
//! ```text
//!   service, watchers   translate calls           http::files    bytes up and down
//!          │                                            │
//!        ops (list, make, move, remove), entry, atomic, watch
//!          │
//!       identity: the kernel checks permissions for the calling user
//! ```

pub(crate) mod atomic;
pub(crate) mod entry;
pub(crate) mod error;
pub(crate) mod identity;
mod message;
pub(crate) mod metadata;
mod names;
mod ops;
mod service;
mod temporary;
mod watch;
mod watchers;

use std::sync::Arc;

use wrenn_agent_proto::filesystem::FilesystemExt as _;

use crate::agent::Agent;

/// Adds the service's methods to the router.
pub(crate) fn register(router: connectrpc::Router, agent: &Agent) -> connectrpc::Router {
    Arc::new(service::Service::new(agent.clone())).register(router)
}
