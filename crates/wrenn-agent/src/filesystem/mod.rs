//! The `Filesystem` service.

use crate::agent::Agent;

/// Adds the service's methods to the router.
pub(crate) fn register(router: connectrpc::Router, agent: &Agent) -> connectrpc::Router {
    tracing::trace!(settings = ?agent.settings(), "no filesystem methods yet");
    router
}
