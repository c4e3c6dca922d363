//! The `Process` service.

use crate::agent::Agent;

/// Every process that a call started.
#[derive(Debug, Default)]
pub(crate) struct Processes {}

/// Adds the service's methods to the router.
pub(crate) fn register(router: connectrpc::Router, agent: &Agent) -> connectrpc::Router {
    tracing::trace!(processes = ?agent.processes(), "no process methods yet");
    router
}
