//! Copies of capsules.

use wrenn_api::{CapsuleId, ForkCapsuleRequest, ForkCapsuleResponse, MAX_FORKS, TeamId};
use wrenn_host::HostError;

use crate::{Control, ControlError, Result, convert};

impl Control {
    /// Makes copies of a running or paused capsule, all or none; `invalid_state` in other states, `no_hosts_available` when
    /// there is no room for all. After ten seconds answers all the same, with copies still in the making.
    pub async fn fork_capsule(
        &self,
        team: &TeamId,
        id: &CapsuleId,
        request: &ForkCapsuleRequest,
    ) -> Result<ForkCapsuleResponse> {
        let count = request.count();
        if !(1..=MAX_FORKS).contains(&count) {
            return Err(ControlError::invalid(format!("Set `count` to a number from 1 to {MAX_FORKS}.")));
        }
        let record = self.live(team, id).await?.record;
        let copies = match self.inner.host.fork(id, count as usize).await {
            Err(HostError::NotFound { .. }) => return Err(self.not_live(team, id).await),
            copies => copies?,
        };
        let runtime = self.inner.host.runtimes().get(record.runtime);
        Ok(ForkCapsuleResponse {
            capsules: copies.iter().map(convert::capsule).collect(),
            memory: runtime.is_some_and(|runtime| runtime.capabilities().forks_memory),
        })
    }
}
