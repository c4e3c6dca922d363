//! What a capsule may reach.

use wrenn_api::{CapsuleId, NetworkPolicy, TeamId};
use wrenn_host::HostError;

use crate::{Control, Result};

impl Control {
    /// What a team's capsule may reach; `invalid_state` when it has ended.
    pub async fn capsule_network(&self, team: &TeamId, id: &CapsuleId) -> Result<NetworkPolicy> {
        Ok(self.live(team, id).await?.record.network)
    }

    /// Changes what a team's capsule may reach, from now on. Connections that are not allowed any more end.
    pub async fn set_capsule_network(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        policy: NetworkPolicy,
    ) -> Result<NetworkPolicy> {
        self.live(team, id).await?;
        match self.inner.host.set_network(id, policy).await {
            // It ended between the look and the request.
            Err(HostError::NotFound { .. }) => Err(self.not_live(team, id).await),
            view => Ok(view?.record.network),
        }
    }
}
