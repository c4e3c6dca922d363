//! Connections to ports.

use wrenn_agent_proto::Tunnel;
use wrenn_api::CapsuleId;

use crate::{Control, Result, session::during};

/// Bytes to and from a port. Shutting down the writing side tells the other end; reading goes on.
pub type PortStream = Tunnel;

impl Control {
    /// Connects to a port of a running capsule, for a visitor who was let in; `agent_error` at once when nothing listens
    /// there. The connection by itself does not keep the capsule awake.
    pub async fn connect_port(&self, id: &CapsuleId, port: u16) -> Result<PortStream> {
        let (agent, guard) = self.inner.host.agent(id)?;
        Ok(during(&guard, agent.tunnel(port)).await?)
    }
}
