//! The `Process` service: starts processes and terminals, watches, feeds and signals them.
//!
//! ```text
//!  child ──pipe or terminal──▶ pump ──▶ Log (bounded) ──▶ Reader, one per stream
//!    │                                    ▲
//!    └─ pidfd ──▶ wait ── exit status ────┘ (the last entry)
//! ```
//! A process's [`log::Log`] keeps the latest of its output for those who connect later. A reader that is slower than
//! the process holds the pump back, so nothing is lost to it and nothing piles up; one that does not move at all is
//! cut off after a while, so that it cannot hold the process up for ever.

mod children;
mod environment;
mod event;
mod finished;
mod input;
mod launch;
mod log;
mod oom;
mod pump;
mod registry;
mod running;
mod selector;
mod service;
mod spawn;
mod status;
mod stream;
mod terminal;

pub(crate) use registry::Processes;
pub(crate) use spawn::raise_files_limit;

use std::sync::Arc;

use wrenn_agent_proto::process::ProcessExt as _;

use crate::agent::Agent;

/// Adds the service's methods to the router.
pub(crate) fn register(router: connectrpc::Router, agent: &Agent) -> connectrpc::Router {
    Arc::new(service::Service::new(agent.clone())).register(router)
}
